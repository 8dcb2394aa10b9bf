import type { Interval, LabelledSession } from "./trace-set.ts";

/** What a detector says after one event. */
export interface Prediction {
  readonly alert: boolean;
  readonly regime?: string;
  readonly uds?: number;
  /** Null where the detector knows of none. */
  readonly failureRisk?: number | null;
  /** Whether a `tier>=T4` alert stands. */
  readonly tierAlert?: boolean;
}

/** Predictions of a session by step, from 1; place 0 is empty. */
export type Predictions = readonly (Prediction | undefined)[];

/** Counts over sessions, in the words of the table. */
export interface Tally {
  sessions: number;
  steps: number;
  healthySteps: number;
  loops: number;
  found: number;
  falseEpisodes: number;
  delays: number[];
  afterProof: number[];
  cleanSessions: number;
  cleanAlerted: number;
  soft: number;
  softShown: number;
  waits: number;
  waitsAlerted: number;
  unhealthyShown: number;
  tierEntries: number;
  tierEntriesLate: number;
  healthyStepsLate: number;
}

export function emptyTally(): Tally {
  return {
    sessions: 0,
    steps: 0,
    healthySteps: 0,
    loops: 0,
    found: 0,
    falseEpisodes: 0,
    delays: [],
    afterProof: [],
    cleanSessions: 0,
    cleanAlerted: 0,
    soft: 0,
    softShown: 0,
    waits: 0,
    waitsAlerted: 0,
    unhealthyShown: 0,
    tierEntries: 0,
    tierEntriesLate: 0,
    healthyStepsLate: 0,
  };
}

const UNHEALTHY: ReadonlySet<string | undefined> = new Set([
  "GRIND",
  "LOOP",
  "REASONING_LOOP",
  "STAGNATION",
  "FUNNEL_TRAP",
]);
export function isUnhealthy(regime: string | undefined): boolean {
  return UNHEALTHY.has(regime);
}

/** An alert this long after an interval still belongs to it. */
const TAIL = 2;
/** Steps at which a session has only begun. */
const BEGINNING = 8;

/** Adds one session to the tally. */
export function scoreSession(
  tally: Tally,
  session: LabelledSession,
  predictions: Predictions,
): void {
  const troubled = troubledSteps(session);
  const episodes = episodesOf(session, predictions);
  tally.sessions += 1;
  tally.steps += session.n;
  tally.falseEpisodes += episodes.filter((steps) => !steps.some((at) => troubled[at])).length;
  if (session.intervals.every((interval) => interval.verdict === "wait")) {
    tally.cleanSessions += 1;
    if (episodes.length > 0) tally.cleanAlerted += 1;
  }
  scoreHealthySteps(tally, troubled, predictions, session.n);
  for (const interval of session.intervals) scoreInterval(tally, session, interval, predictions);
}

/** Steps that belong to an interval in which an alert is not false, by step. */
export function troubledSteps(session: LabelledSession): readonly boolean[] {
  const troubled = new Array<boolean>(session.n + 1).fill(false);
  for (const { verdict, start, end } of session.intervals) {
    if (verdict === "wait") continue;
    for (let at = start; at <= Math.min(session.n, end + TAIL); at++) troubled[at] = true;
  }
  return troubled;
}

/** Alerts at most one step apart are one episode. */
function episodesOf(session: LabelledSession, predictions: Predictions): number[][] {
  const episodes: number[][] = [];
  for (let at = 1; at <= session.n; at++) {
    if (predictions[at]?.alert !== true) continue;
    const latest = episodes.at(-1);
    if (latest !== undefined && (latest.at(-1) ?? 0) >= at - 2) latest.push(at);
    else episodes.push([at]);
  }
  return episodes;
}

function scoreHealthySteps(
  tally: Tally,
  troubled: readonly boolean[],
  predictions: Predictions,
  steps: number,
): void {
  for (let at = 1; at <= steps; at++) {
    if (troubled[at]) continue;
    const now = predictions[at];
    const late = at > BEGINNING ? 1 : 0;
    const enters = now?.tierAlert === true && predictions[at - 1]?.tierAlert !== true ? 1 : 0;
    tally.healthySteps += 1;
    tally.healthyStepsLate += late;
    tally.tierEntries += enters;
    tally.tierEntriesLate += enters * late;
    if (UNHEALTHY.has(now?.regime)) tally.unhealthyShown += 1;
  }
}

function scoreInterval(
  tally: Tally,
  session: LabelledSession,
  interval: Interval,
  predictions: Predictions,
): void {
  const { verdict, start, onset, proven, end } = interval;
  const last = Math.min(session.n, end + 1);
  const first = (from: number, to: number, is: (one?: Prediction) => boolean) => {
    for (let at = from; at <= to; at++) if (is(predictions[at])) return at;
    return undefined;
  };
  const alerts = (one?: Prediction) => one?.alert === true;
  if (verdict === "loop") {
    tally.loops += 1;
    const at = first(onset, last, alerts);
    if (at === undefined) return;
    tally.found += 1;
    tally.delays.push(at - onset);
    tally.afterProof.push(at - proven);
  } else if (verdict === "stagnation") {
    tally.soft += 1;
    const shown = first(onset, last, (one) => UNHEALTHY.has(one?.regime));
    if (shown !== undefined) tally.softShown += 1;
  } else if (verdict === "wait") {
    tally.waits += 1;
    if (first(start, end, alerts) !== undefined) tally.waitsAlerted += 1;
  }
}

/** The figures of a table row; undefined where there is nothing to divide by. */
export interface Figures {
  readonly precision: number | undefined;
  readonly recall: number | undefined;
  readonly f1: number | undefined;
  readonly falsePer1000: number | undefined;
  readonly cleanAlerted: number | undefined;
  readonly delay: number | undefined;
  readonly delayP90: number | undefined;
  readonly afterProofP90: number | undefined;
  readonly softShown: number | undefined;
  readonly waitsAlerted: number | undefined;
  readonly noise: number | undefined;
  readonly tierEntriesPer1000: number | undefined;
  readonly lateTierEntriesPer1000: number | undefined;
}

export function figuresOf(tally: Tally): Figures {
  const precision = share(tally.found, tally.found + tally.falseEpisodes);
  const recall = share(tally.found, tally.loops);
  return {
    precision,
    recall,
    f1: harmonicMean(precision, recall),
    falsePer1000: share(1000 * tally.falseEpisodes, tally.healthySteps),
    cleanAlerted: share(tally.cleanAlerted, tally.cleanSessions),
    delay: quantile(tally.delays, 0.5),
    delayP90: quantile(tally.delays, 0.9),
    afterProofP90: quantile(tally.afterProof, 0.9),
    softShown: share(tally.softShown, tally.soft),
    waitsAlerted: share(tally.waitsAlerted, tally.waits),
    noise: share(tally.unhealthyShown, tally.healthySteps),
    tierEntriesPer1000: share(1000 * tally.tierEntries, tally.healthySteps),
    lateTierEntriesPer1000: share(1000 * tally.tierEntriesLate, tally.healthyStepsLate),
  };
}

function share(part: number, whole: number): number | undefined {
  return whole === 0 ? undefined : part / whole;
}

function harmonicMean(a: number | undefined, b: number | undefined): number | undefined {
  if (b === 0) return 0;
  if (a === undefined || b === undefined || a + b === 0) return undefined;
  return (2 * a * b) / (a + b);
}

/** The lower median at 0.5. */
function quantile(values: readonly number[], at: number): number | undefined {
  const sorted = [...values].sort((a, b) => a - b);
  const place = at === 0.5 ? (sorted.length - 1) / 2 : sorted.length * at;
  return sorted[Math.min(sorted.length - 1, Math.floor(place))];
}
