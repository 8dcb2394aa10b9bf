/**
 * Fits the global weights of failure_risk and writes the file that core ships:
 * `node bench/health/fit.ts --date YYYY-MM-DD [--traces FOLDER]`.
 *
 * Logistic regression by gradient descent on what the engine sees at steps 5, 10, 20 and the last
 * of each session, where it tells a risk at all (docs/decisions/0088-no-number-without-meaning.md).
 * Each source is predicted by weights that were fitted on the others. Every source weighs alike, whatever its number of sessions, and in a source
 * every session. No weight is negative: more repetition never means less risk.
 */
import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { FEATURES, type Features } from "../../packages/core/src/health/failure-risk.ts";
import { Health } from "../../packages/core/src/health/health.ts";
import { aucOf } from "./failure-score.ts";
import { type LabelledSession, readTraceSet, type TraceSet } from "./trace-set.ts";

const OURS = fileURLToPath(new URL("data", import.meta.url));
const TARGET = fileURLToPath(
  new URL("../../packages/core/src/health/failure-risk-weights.ts", import.meta.url),
);
const RESAMPLES = 400;
const ROUNDS = 1_500;
const RATE = 2;
const SHRINK = 0.002;
const AT_STEPS = [5, 10, 20];
/** Sessions of each outcome that a source must have. */
const FEWEST = 10;

interface Sample {
  readonly source: string;
  readonly failed: number;
  readonly isLast: boolean;
  readonly weight: number;
  readonly features: Features;
}

type Weights = Record<"bias" | (typeof FEATURES)[number], number>;

const { values } = parseArgs({
  options: { traces: { type: "string" }, date: { type: "string" } },
});
const folder = values.traces ?? process.env.CAUM_TRACES ?? OURS;
const samples = samplesOf(readTraceSet(folder, "full"));
const sources = [...new Set(samples.map((sample) => sample.source))].sort();
const aucs = sources.map((source) => {
  const weights = learnWeights(samples.filter((sample) => sample.source !== source));
  const last = samples.filter((sample) => sample.source === source && sample.isLast);
  const scored = last.map(({ features, failed }) => [score(weights, features), failed] as const);
  return { source, sessions: last.length, auc: aucOf(scored) ?? Number.NaN, ...intervalOf(scored) };
});
const macro = aucs.reduce((sum, { auc }) => sum + auc, 0) / aucs.length;
const figures = [
  ...aucs.map(({ source, sessions, auc, low, high }) => {
    const interval = `${low.toFixed(2)} to ${high.toFixed(2)}`;
    return `${source} ${auc.toFixed(2)} (${interval}; ${sessions} sessions)`;
  }),
  `all sources alike: ${macro.toFixed(2)}`,
];
const weights = learnWeights(samples);
writeFileSync(TARGET, sourceOf(weights, figures));
process.stdout.write(`${figures.join("\n")}\n${JSON.stringify(weights, undefined, 2)}\n`);

/** 95 % of what comes of drawing the sessions anew; the same numbers on every machine. */
function intervalOf(scored: readonly (readonly [number, number])[]): {
  readonly low: number;
  readonly high: number;
} {
  let state = 1;
  const draw = () => {
    // xorshift32.
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return scored[(state >>> 0) % scored.length] ?? [0, 0];
  };
  const drawn = Array.from({ length: RESAMPLES }, () => aucOf(scored.map(draw)) ?? Number.NaN)
    .filter((auc) => !Number.isNaN(auc))
    .sort((a, b) => a - b);
  const at = (share: number) => drawn[Math.floor(share * drawn.length)] ?? Number.NaN;
  return { low: at(0.025), high: at(0.975) };
}

function samplesOf(traces: TraceSet): readonly Sample[] {
  const told = traces.sessions.filter((session) => isTold(traces, session));
  const known = told.filter(isTelling(told));
  const perSource = new Map<string, number>();
  for (const { source } of known) perSource.set(source, (perSource.get(source) ?? 0) + 1);
  const sources = perSource.size;
  return known.flatMap((session) => {
    const share = 1 / (sources * (perSource.get(session.source) ?? 1));
    return samplesOfSession(traces, session, share);
  });
}

/** In a source where nearly all sessions end alike there is nothing to learn. */
function isTelling(sessions: readonly LabelledSession[]): (session: LabelledSession) => boolean {
  const ended = (source: string, outcome: string) =>
    sessions.filter((one) => one.source === source && one.outcome === outcome).length;
  const sources = [...new Set(sessions.map((session) => session.source))].filter(
    (source) => Math.min(ended(source, "success"), ended(source, "fail")) >= FEWEST,
  );
  return (session) => sources.includes(session.source) && session.outcome !== "unknown";
}

/** Whether a risk is told at the end of the session. */
function isTold(traces: TraceSet, session: LabelledSession): boolean {
  const health = new Health();
  for (const event of traces.events.get(session.session_id) ?? []) health.observe(event.observed);
  return health.current().failureRisk !== null;
}

function samplesOfSession(
  traces: TraceSet,
  session: LabelledSession,
  share: number,
): readonly Sample[] {
  const health = new Health();
  const samples: Omit<Sample, "weight">[] = [];
  for (const event of traces.events.get(session.session_id) ?? []) {
    const { failureRisk } = health.observe(event.observed);
    const isLast = event.step === session.n;
    const counts = isLast || AT_STEPS.includes(event.step ?? 0);
    if (!counts || failureRisk === null) continue;
    samples.push({
      source: session.source,
      failed: session.outcome === "fail" ? 1 : 0,
      isLast,
      features: health.features(),
    });
  }
  return samples.map((sample) => ({ ...sample, weight: share / samples.length }));
}

function learnWeights(from: readonly Sample[]): Weights {
  const total = from.reduce((sum, sample) => sum + sample.weight, 0);
  const rows = from.map((sample) => ({
    values: Float64Array.from([1, ...FEATURES.map((name) => sample.features[name])]),
    failed: sample.failed,
    weight: sample.weight / total,
  }));
  const fitted = new Float64Array(1 + FEATURES.length);
  for (let round = 0; round < ROUNDS; round++) {
    const slope = fitted.map((value, index) => (index === 0 ? 0 : SHRINK * value));
    for (const row of rows) {
      const z = row.values.reduce((sum, value, index) => sum + value * (fitted[index] ?? 0), 0);
      const error = (1 / (1 + Math.exp(-z)) - row.failed) * row.weight;
      for (const [index, value] of row.values.entries())
        slope[index] = (slope[index] ?? 0) + error * value;
    }
    for (const [index, value] of slope.entries()) {
      const moved = (fitted[index] ?? 0) - RATE * value;
      fitted[index] = index === 0 ? moved : Math.max(0, moved);
    }
  }
  const names = ["bias", ...FEATURES] as const;
  // Every name of a weight is set.
  return Object.fromEntries(names.map((name, index) => [name, fitted[index] ?? 0])) as Weights;
}

function score(weights: Weights, features: Features): number {
  return FEATURES.reduce((z, name) => z + weights[name] * features[name], weights.bias);
}

function sourceOf(fitted: Weights, lines: readonly string[]): string {
  const rows = (["bias", ...FEATURES] as const).map(
    (name) => `  ${name}: ${Number(fitted[name].toFixed(2))},`,
  );
  return `/**
 * Weights of failure_risk, version 2. Written by bench/health/fit.ts${dated()}; do not edit.
 *
 * Data: ${samples.filter((sample) => sample.isLast).length} sessions of the kind of work of which a risk is told, with a known
 * outcome. AUC at the last step, of each source by weights that were fitted on the others, with the
 * interval of 95 %:
${lines.map((line) => ` * - ${line}`).join("\n")}
 *
 * 0.5 is chance: of other kinds of work structure says nothing about the outcome, and null is told.
 */
export const WEIGHTS = {
${rows.join("\n")}
} as const;
`;
}

function dated(): string {
  return values.date === undefined ? "" : ` on ${values.date}`;
}
