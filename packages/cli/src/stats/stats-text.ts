/** Figures of tools and servers as tables. */
import type { CallFigures, SessionStats } from "@caum/workflows";
import { counted } from "../terminal/counted.ts";

const SHOWN = 50;

export function statsText({
  sessions,
  calls,
  otherCalls,
  looping,
  tools,
  servers,
}: SessionStats): readonly string[] {
  const rows = tools.map(({ tool, server, ...figures }) => [
    server === null ? (tool ?? KEYED) : `${tool ?? KEYED} (${server})`,
    ...cellsOf(figures),
  ]);
  const ofServers = servers.map(({ server, tools: count, ...figures }) => [
    `${server}, ${counted(count, "tool")}`,
    ...cellsOf(figures),
  ]);
  return [
    `${counted(sessions, "session")}, ${looping} with a loop; ${counted(calls, "call")}`,
    ...(rows.length === 0 ? [] : ["", ...table("tool", rows)]),
    ...(ofServers.length === 0 ? [] : ["", ...table("server", ofServers)]),
    ...(otherCalls === 0
      ? []
      : ["", `${otherCalls} calls are of tools beyond the first 16 of their session`]),
    ...(rows.length === 0 ? [] : ["", LEGEND]),
  ];
}

/** Names that are another one in every session. */
const KEYED = "keyed names";
const LEGEND =
  "failed, loops: sessions in which a call failed or was a step of a loop; errors: of the tool, of the " +
  "protocol; times: of calls whose duration is known";

const HEAD = ["calls", "sessions", "failed", "errors", "protocol", "p50", "p95", "p99", "loops"];

function cellsOf(figures: CallFigures): readonly string[] {
  const { calls, sessions, failedSessions, toolErrors, protocolErrors, loopingSessions } = figures;
  const times = [figures.p50Ms, figures.p95Ms, figures.p99Ms].map(timeOf);
  const counts = [calls, sessions, failedSessions, toolErrors, protocolErrors].map(String);
  return [...counts, ...times, String(loopingSessions)];
}

function timeOf(ms: number | null): string {
  if (ms === null) return "-";
  return ms < 10_000 ? `${Math.round(ms)} ms` : `${(ms / 1_000).toFixed(1)} s`;
}

function table(title: string, rows: readonly (readonly string[])[]): readonly string[] {
  const shown = [[title, ...HEAD], ...rows.slice(0, SHOWN)];
  const widths = HEAD.map((_, at) => Math.max(...shown.map((row) => row[at + 1]?.length ?? 0)));
  const first = Math.max(...shown.map(([name = ""]) => name.length));
  const lines = shown.map(([name = "", ...cells]) =>
    [name.padEnd(first), ...cells.map((cell, at) => cell.padStart(widths[at] ?? 0))].join("  "),
  );
  return rows.length > SHOWN ? [...lines, `and ${rows.length - SHOWN} more`] : lines;
}
