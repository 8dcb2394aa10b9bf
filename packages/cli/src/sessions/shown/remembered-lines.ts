/** What is remembered, as rows of a terminal. */
import { printable } from "../../terminal/printable.ts";
import type { Remembered, RememberedOne } from "../source/remembered.ts";
import { localTime } from "./session-table.ts";

const TITLE_WIDTH = 13;

type Column = readonly [title: string, width: number, of: (one: Remembered) => string];

const STATE: Column = ["state", 12, stateOf];
const COUNTS: readonly Column[] = [
  ["last active", 16, ({ last_active_at: at }) => localTime(at)],
  ["sessions", 8, ({ sessions }) => String(sessions).padStart(8)],
  ["7 days", 6, ({ recent }) => String(recent.sessions).padStart(6)],
  ["with a loop", 11, loopsOf],
  ["name", 0, ({ name }) => printable(name)],
];

/** The state is only said of workflows. */
export function rememberedTable(all: readonly Remembered[], kind: string): readonly string[] {
  if (all.length === 0) return [`no ${kind} is remembered yet: a session is when it is over`];
  const columns = kind === "workflow" ? [STATE, ...COUNTS] : COUNTS;
  const head = columns.map(([title, width]) => title.padEnd(width));
  const rows = all.map((one) => columns.map(([, width, of]) => of(one).padEnd(width)));
  return [head, ...rows].map((row) => row.join("  ").trimEnd());
}

export function rememberedLines(
  { workflow, total }: RememberedOne,
  days: number,
): readonly string[] {
  const { sessions, looping_sessions: looping, outcomes } = total;
  const card = workflow.card === null ? [] : [`state        ${stateOf(workflow)}`];
  const moved = workflow.card?.moved.map(({ channel, name, direction }) => {
    return `moved        ${channel}${name === undefined ? "" : ` ${printable(name)}`}, ${direction}`;
  });
  return [
    `${workflow.kind} ${printable(workflow.name)}: ${sessionsOf(workflow.sessions)}, active until ${localTime(workflow.last_active_at)}`,
    ...card,
    ...(moved ?? []),
    `${`${days} days`.padEnd(TITLE_WIDTH)}${sessionsOf(sessions)}, ${looping} with a loop`,
    ...(outcomes.known === 0 ? [] : [`resolved     ${outcomes.resolved} of ${outcomes.known}`]),
    `calls        ${total.calls}, ${total.failures} failed, ${total.retries} made again`,
    amountLine("steps", total.steps, (value) => String(Math.round(value))),
    amountLine("tokens", total.tokens, (value) => String(Math.round(value))),
    amountLine("cost", total.cost_usd, (value) => `$${value.toFixed(4)}`),
    amountLine("duration", total.duration_ms, (value) => `${(value / 1_000).toFixed(1)} s`),
  ].filter((line) => line !== "");
}

/** Nothing where no session said any. */
function amountLine(
  title: string,
  { known, total, p50, p95 }: RememberedOne["total"]["steps"],
  words: (value: number) => string,
): string {
  if (known === 0 || p50 === null || p95 === null) return "";
  const spread = `half of the sessions within ${words(p50)}, 95 of 100 within ${words(p95)}`;
  return `${title.padEnd(TITLE_WIDTH)}${words(total)}; ${spread}`;
}

function stateOf({ card }: Remembered): string {
  return card === null ? "-" : card.state.replace("_", " ");
}

function sessionsOf(count: number): string {
  return `${count} ${count === 1 ? "session" : "sessions"}`;
}

function loopsOf({ recent }: Remembered): string {
  return recent.looping_sessions === 0 ? "-" : String(recent.looping_sessions);
}
