import type { FieldCase } from "../../packages/core/test/health/field/field-case.ts";
import type { Detector } from "./detector.ts";
import type { DwellFigures } from "./dwell.ts";
import type { Evaluation } from "./evaluate.ts";
import { type FieldOutcome, outcomeOf } from "./field-cases.ts";
import type { FieldFigures } from "./field-sessions.ts";
import type { Figures } from "./score.ts";

const HEADER = [
  "",
  "prec",
  "recall",
  "F1",
  "FA/1k",
  "look-alikes",
  "clean real",
  "waits",
  "delay",
  "p90",
  "soft",
  "noise",
  "T4/1k",
  "T4/1k late",
  "us",
];

/** One row per detector: loops of all sessions, false alarms where they matter. */
export function detectorTable(evaluations: readonly Evaluation[]): string {
  return align([HEADER, ...evaluations.map(detectorRow)]);
}

function detectorRow({ detector, figures, medianUs }: Evaluation): string[] {
  const all = figures.get("all");
  const real = figures.get("all real");
  const predictsHealth = real?.tally.unhealthyShown !== 0;
  return [
    detector,
    fixed(all?.precision, 3),
    fixed(all?.recall, 3),
    fixed(all?.f1, 3),
    fixed(real?.falsePer1000, 2),
    percent(figures.get("look-alikes (healthy)")?.cleanAlerted),
    percent(real?.cleanAlerted),
    percent(all?.waitsAlerted),
    fixed(all?.delay, 0),
    fixed(all?.delayP90, 0),
    predictsHealth ? fixed(all?.softShown, 2) : "-",
    predictsHealth ? percent(all?.noise) : "-",
    predictsHealth ? fixed(real?.tierEntriesPer1000, 2) : "-",
    predictsHealth ? fixed(real?.lateTierEntriesPer1000, 2) : "-",
    fixed(medianUs, 1),
  ];
}

/** One row per group of sessions, for one detector. */
export function groupTable(evaluation: Evaluation): string {
  const header = [
    "",
    "sessions",
    "steps",
    "loops",
    "false",
    ...GROUP_COLUMNS.map(([name]) => name),
  ];
  const groups = [...evaluation.figures.keys()].sort();
  const rows = groups.map((group) => {
    const one = evaluation.figures.get(group);
    if (one === undefined) return [group];
    const { sessions, steps, loops, falseEpisodes } = one.tally;
    const counts = [sessions, steps, loops, falseEpisodes].map(String);
    return [group, ...counts, ...GROUP_COLUMNS.map(([, column]) => column(one))];
  });
  return align([header, ...rows]);
}

const GROUP_COLUMNS: readonly (readonly [string, (figures: Figures) => string])[] = [
  ["prec", (one) => fixed(one.precision, 3)],
  ["recall", (one) => fixed(one.recall, 3)],
  ["F1", (one) => fixed(one.f1, 3)],
  ["FA/1k", (one) => fixed(one.falsePer1000, 2)],
  ["clean", (one) => percent(one.cleanAlerted)],
  ["delay", (one) => fixed(one.delay, 0)],
  ["p90", (one) => fixed(one.delayP90, 0)],
  ["vs proven p90", (one) => fixed(one.afterProofP90, 0)],
  ["soft", (one) => fixed(one.softShown, 3)],
  ["waits", (one) => percent(one.waitsAlerted)],
  ["noise", (one) => percent(one.noise)],
];

/** How well failure_risk tells failed sessions from solved ones. */
export function failureTable(evaluation: Evaluation): string {
  const header = [
    "",
    "n",
    "told",
    "fail rate",
    "AUC@5",
    "@10",
    "@20",
    "end",
    "Brier",
    "base",
    "1-UDS",
  ];
  const rows = [...evaluation.failure].map(([source, one]) => [
    source,
    String(one.sessions),
    percent(one.told),
    fixed(one.failRate, 2),
    ...[one.aucAt5, one.aucAt10, one.aucAt20, one.aucAtEnd].map((auc) => fixed(auc, 2)),
    fixed(one.brier, 3),
    fixed(one.brierOfBaseRate, 3),
    fixed(one.aucOfUds, 2),
  ]);
  return align([header, ...rows]);
}

/** What fires on healthy work and how late loops are told, without a dwell and with one. */
export function dwellTable(figures: readonly DwellFigures[]): string {
  const header = ["", "dwell", "FA/1k", "loops told", "delay"];
  const rows = figures.map(({ condition, dwellSteps, falsePer1000, found, delay }) => [
    condition,
    String(dwellSteps),
    fixed(falsePer1000, 2),
    percent(found),
    fixed(delay, 0),
  ]);
  return align([header, ...rows]);
}

/** Of one kind of case: at which step each detector raised what it should, or should not. */
export function fieldTable(cases: readonly FieldCase[], detectors: readonly Detector[]): string {
  const header = ["", "expected", ...detectors.map(({ name }) => name)];
  const rows = cases.map((one) => [
    one.name,
    one.expect === "loop" ? `loop by ${one.latestStep}` : "work",
    ...detectors.map((detector) => cellOf(one, outcomeOf(one, detector))),
  ]);
  return align([header, ...rows]);
}

function cellOf({ expect }: FieldCase, { hard, fired, isRight }: FieldOutcome): string {
  const at = expect === "loop" ? hard : fired;
  return `${at ?? "none"}${isRight ? "" : expect === "work" ? " false" : at ? " late" : " missed"}`;
}

/** One row per detector: what it says of real sessions in which no loop is known. */
export function fieldSessionsTable(
  figures: readonly (readonly [name: string, FieldFigures])[],
): string {
  const header = ["", "sessions", "steps", "hard alerts", "sessions alerted", "unhealthy", "tier"];
  const rows = figures.map(([name, one]) => [
    name,
    String(one.sessions),
    String(one.steps),
    String(one.hardEpisodes),
    percent(one.sessionsWithHard / one.sessions),
    `${(one.unhealthySteps * 100).toFixed(2)} %`,
    percent(one.tierSessions),
  ]);
  return align([header, ...rows]);
}

function fixed(value: number | undefined, digits: number): string {
  return value === undefined ? "-" : value.toFixed(digits);
}

function percent(share: number | undefined): string {
  return share === undefined ? "-" : `${(share * 100).toFixed(1)} %`;
}

export function align(rows: readonly (readonly string[])[]): string {
  const columns = Math.max(...rows.map((row) => row.length));
  const widths = Array.from({ length: columns }, (_, column) =>
    Math.max(...rows.map((row) => row[column]?.length ?? 0)),
  );
  const lines = rows.map((row) =>
    row
      .map((cell, column) =>
        column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0),
      )
      .join("  ")
      .trimEnd(),
  );
  return `${lines.join("\n")}\n`;
}
