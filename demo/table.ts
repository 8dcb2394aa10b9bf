/** The demo's live table: one row per step, plain text that reads the same without colour. */
import type { Assessment, RecordOf } from "@caum/core";

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
export function tableRow(
  record: RecordOf<"tool_api">,
  assessment: Assessment,
  colour: boolean,
): string {
  const isAlert = assessment.publicClass === "hard_alert";
  const cells = line([
    record.agentId,
    String(assessment.step),
    record.payload.toolName,
    record.payload.op ?? "-",
    record.payload.status,
    assessment.regime,
    assessment.uds.toFixed(2),
    assessment.tier,
    isAlert ? `${assessment.eventType} (${assessment.reasons[0]})` : "-",
  ]);
  return isAlert && colour ? `${RED}${cells}${PLAIN}` : cells;
}

function line(cells: readonly string[]): string {
  return cells
    .map((cell, index) =>
      cell.slice(0, COLUMNS[index]?.[1] || undefined).padEnd(COLUMNS[index]?.[1] ?? 0),
    )
    .join("  ")
    .trimEnd();
}
