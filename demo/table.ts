/** The demo's live table: one row per step, plain text that reads the same without colour. */
import type { Step } from "./place.ts";

const COLUMNS = [
  ["agent", 7],
  ["step", 4],
  ["tool", 24],
  ["op", 7],
  ["status", 7],
  ["regime", 15],
  ["UDS", 4],
  ["tier", 4],
  ["alert", 0],
] as const;

const RED = "\u001b[31m";
const PLAIN = "\u001b[39m";

/** The head of the table with a rule under it. */
export function tableHead(): string {
  const names = line(COLUMNS.map(([name]) => name));
  return `${names}\n${"-".repeat(92)}`;
}

/** One step of one agent. */
export function tableRow(agent: string, step: Step, colour: boolean): string {
  const isAlert = step.public_class === "hard_alert";
  const cells = line([
    agent,
    String(step.step),
    step.name,
    step.op ?? "-",
    step.status ?? "-",
    step.regime ?? "-",
    step.uds?.toFixed(2) ?? "-",
    step.tier ?? "-",
    isAlert ? `${step.event_type} (${step.reasons?.[0]})` : "-",
  ]);
  return isAlert && colour ? `${RED}${cells}${PLAIN}` : cells;
}

/** Long text in lines of a terminal's width. */
export function wrapped(text: string): string {
  return (text.match(/.{1,108}/gu) ?? []).map((part) => `    ${part}`).join("\n");
}

function line(cells: readonly string[]): string {
  return cells
    .map((cell, index) =>
      cell.slice(0, COLUMNS[index]?.[1] || undefined).padEnd(COLUMNS[index]?.[1] ?? 0),
    )
    .join("  ")
    .trimEnd();
}
