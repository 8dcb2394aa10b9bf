/** Sessions as rows of a terminal. */

import { printable } from "../../terminal/printable.ts";
import type { SessionSummary } from "../source/session-source.ts";

const TITLE_WIDTH = 32;

const COLUMNS: readonly (readonly [
  title: string,
  width: number,
  of: (session: SessionSummary) => string,
])[] = [
  ["last seen", 16, ({ last_seen }) => localTime(last_seen)],
  ["steps", 5, ({ steps }) => String(steps).padStart(5)],
  ["tier", 4, ({ tier }) => tier],
  ["worst", 5, ({ worst_tier }) => worst_tier],
  ["loops", 22, loopsOf],
  ["state", 9, stateOf],
  ["title", TITLE_WIDTH, ({ title }) => printable(title, TITLE_WIDTH)],
  ["session", 0, ({ session_id }) => printable(session_id)],
];

export function sessionTable(sessions: readonly SessionSummary[]): readonly string[] {
  const head = COLUMNS.map(([title, width]) => title.padEnd(width));
  const rows = sessions.map((session) => COLUMNS.map(([, width, of]) => of(session).padEnd(width)));
  return [head, ...rows].map((row) => row.join("  ").trimEnd());
}

/** How often, over how many steps and for how much; marked until somebody has looked. */
function loopsOf(session: SessionSummary): string {
  const { loop_count: count, loop_steps: steps, loop_cost_usd: cost, marked } = session;
  if (count === 0) return "-";
  const price = cost > 0 ? ` $${cost.toFixed(2)}` : "";
  return `${count} (${steps} steps)${price}${marked ? " !" : ""}`;
}

function stateOf({ live_alert, ended }: SessionSummary): string {
  if (live_alert) return "LOOPS NOW";
  return ended ? "ended" : "";
}

/** To the minute, on the clock of whoever reads it. */
export function localTime(iso: string): string {
  const at = new Date(iso);
  const two = (value: number) => String(value).padStart(2, "0");
  const day = `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
  return `${day} ${two(at.getHours())}:${two(at.getMinutes())}`;
}
