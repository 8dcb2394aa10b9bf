/** Figures as text. */
import type { Calibration } from "@caum/workflows";
import type { DriftFigures, Scenario } from "./drift-figures.ts";
import type { LoopRateFigures } from "./loop-rates.ts";

export function detectionTable(
  figures: readonly DriftFigures[],
  scenarios: readonly Scenario[],
): string {
  const rows = figures.map(({ workflow, detections }) => [
    workflow.name,
    String(workflow.sessions.length),
    ...scenarios.map(({ name }) => {
      const found = detections.get(name);
      if (found === undefined) return "-";
      const after = found.median === undefined ? "" : ` (${found.median})`;
      return `${percent(found.soon / found.runs)}${after}${ofOracle(found.oracle?.soon)}`;
    }),
  ]);
  const all = scenarios.map(({ name }) => {
    const found = figures.flatMap(({ detections }) => detections.get(name) ?? []);
    const runs = found.reduce((sum, one) => sum + one.runs, 0);
    const oracles = found.flatMap(({ oracle }) => oracle?.soon ?? []);
    const oracle = oracles.reduce((sum, one) => sum + one, 0) / oracles.length;
    const soon = found.reduce((sum, one) => sum + one.soon, 0) / runs;
    return `${percent(soon)}${ofOracle(oracles.length === 0 ? undefined : oracle)}`;
  });
  const header = ["", "sessions", ...scenarios.map(({ name }) => name)];
  return align([header, ...rows, ["all", "", ...all]]);
}

const ofOracle = (share: number | undefined) =>
  share === undefined ? "" : ` of ${percent(share)}`;

export function falseAlarmTable(figures: readonly DriftFigures[]): string {
  const sum = (of: (one: DriftFigures) => number) => figures.reduce((all, one) => all + of(one), 0);
  const row = (name: string, first: number, runs: number, later: number, laterRuns: number) => [
    name,
    `${first} of ${runs}`,
    percent(first / runs, 1),
    `${later} of ${laterRuns}`,
    percent(later / laterRuns, 1),
  ];
  return align([
    ["", "first month", "", "later month", ""],
    ...figures.map((one) =>
      row(one.workflow.name, one.inFirstMonth, one.runs, one.inLaterMonth, one.laterRuns),
    ),
    row(
      "all",
      sum((one) => one.inFirstMonth),
      sum((one) => one.runs),
      sum((one) => one.inLaterMonth),
      sum((one) => one.laterRuns),
    ),
  ]);
}

export function channelLine(figures: readonly DriftFigures[]): string {
  const channels = new Map<string, number>();
  for (const one of figures) {
    for (const [channel, count] of one.channels) {
      channels.set(channel, (channels.get(channel) ?? 0) + count);
    }
  }
  const sorted = [...channels].sort(([, one], [, other]) => other - one);
  return sorted.map(([channel, count]) => `${channel} ${count}`).join(", ");
}

export function loopRateTable(figures: readonly LoopRateFigures[]): string {
  return align([
    ["loops in", "first month", "later month", "five more in 100"],
    ...figures.map(({ rate, runs, inFirstMonth, inLaterMonth, soon }) => [
      percent(rate, 1),
      percent(inFirstMonth / runs, 1),
      percent(inLaterMonth / runs, 1),
      percent(soon / runs),
    ]),
  ]);
}

export function calibrationTable(all: readonly (readonly [string, Calibration])[]): string {
  return align([
    ["", "outcomes", "failed", "error", "of share", "said -> failed, by fifths"],
    ...all.map(([name, { outcomes, failures, error, errorOfShare, reason, reliability }]) => [
      name,
      String(outcomes),
      outcomes === 0 ? "-" : percent(failures / outcomes),
      error?.toFixed(3) ?? "-",
      errorOfShare?.toFixed(3) ?? "-",
      reason ??
        reliability.map(({ said, failed }) => `${percent(said)} -> ${percent(failed)}`).join(", "),
    ]),
  ]);
}

export const percent = (share: number, digits = 0): string => `${(100 * share).toFixed(digits)} %`;

function align(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((row) => row[column]?.length ?? 0)),
  );
  return rows
    .map((row) =>
      row
        .map((cell, column) =>
          column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0),
        )
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}
