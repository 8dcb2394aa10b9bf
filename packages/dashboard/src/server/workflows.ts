/** What is remembered of workflows. */
import { getJson, sendJson } from "./request.ts";

/** How a workflow stands; `learning` while too few sessions are known to compare with. */
export type CardState = "learning" | "quiet" | "drift_watch" | "high_review";

/** Goes over the wire under its own names. */
export interface Card {
  readonly state: CardState;
  readonly baseline: Baseline;
  /** The latest sessions that are held against it. */
  readonly latest: number;
  /** The strongest first. */
  readonly moved: readonly Moved[];
}

/** What is normal. */
export interface Baseline {
  readonly sessions: number;
  /** Sessions that are missing before anything is compared. */
  readonly missing: number;
  /** Absent where nobody chose it. */
  readonly choice?:
    | { readonly kind: "range"; readonly sinceMs: number; readonly untilMs: number }
    | { readonly kind: "cohort"; readonly cohort: string };
}

/** What the collector takes as a choice; `until` is the first moment that is not in it. */
export type Chosen =
  | { readonly kind: "range"; readonly since: string; readonly until: string }
  | { readonly kind: "cohort"; readonly cohort: string }
  | { readonly kind: "latest" };

/** What moved, from what is normal to what is seen since. */
export interface Moved {
  /** Such as `length`, `retries` or `tools`. */
  readonly channel: string;
  /** Which operation, transition, tool or model, where the channel has several. */
  readonly name?: string;
  readonly unit: string;
  readonly direction: "up" | "down";
  readonly from: number;
  readonly to: { readonly value: number; readonly low: number; readonly high: number };
  /** Sessions since then of which it is known. */
  readonly sessions: number;
  /** The first session that is likely to be different. */
  readonly since: { readonly startedMs: number; readonly sessionId?: string };
  readonly sinceBetween: readonly [number, number];
  readonly state: CardState;
}

export interface Day {
  /** `YYYY-MM-DD`, UTC. */
  readonly day: string;
  readonly sessions: number;
  readonly looping: number;
}

export interface Workflow {
  readonly name: string;
  readonly sessions: number;
  readonly lastMs: number;
  readonly recent: {
    readonly days: number;
    readonly sessions: number;
    readonly looping: number;
  };
  /** Absent while nothing is said of it. */
  readonly card: Card | undefined;
}

interface WireWorkflow {
  readonly name: string;
  readonly sessions: number;
  readonly last_active_at: string;
  readonly recent: {
    readonly days: number;
    readonly sessions: number;
    readonly looping_sessions: number;
  };
  readonly card: Card | null;
}

/** What is remembered under. */
export type MemoryKind = "workflow" | "agent" | "client" | "server";

export async function listWorkflows(kind: MemoryKind = "workflow"): Promise<{
  readonly workflows: readonly Workflow[];
  readonly isLast: boolean;
}> {
  const { workflows, next_cursor: next } = await getJson<{
    workflows: readonly WireWorkflow[];
    next_cursor: string | null;
  }>(`/v1/workflows?kind=${kind}`);
  return { workflows: workflows.map(workflowOf), isLast: next === null };
}

/** What is remembered under a name of this kind. */
export async function listNames(kind: MemoryKind): Promise<readonly string[]> {
  const path = `/v1/workflows?kind=${kind}`;
  const { workflows } = await getJson<{ workflows: readonly { name: string }[] }>(path);
  return workflows.map(({ name }) => name);
}

const DAYS = 30;
const DAY_MS = 86_400_000;

/** With its last days, the earliest first and none left out. */
export async function readWorkflow(
  name: string,
): Promise<{ readonly workflow: Workflow; readonly days: readonly Day[] }> {
  const { workflow, days } = await getJson<{
    workflow: WireWorkflow;
    days: readonly {
      readonly day: string;
      readonly figures: { readonly sessions: number; readonly looping_sessions: number };
    }[];
  }>(`/v1/workflows/${encodeURIComponent(name)}?days=${DAYS}`);
  const known = new Map(days.map(({ day, figures }) => [day, figures]));
  return { workflow: workflowOf(workflow), days: lastDays().map((day) => dayOf(day, known)) };
}

function dayOf(
  day: string,
  known: ReadonlyMap<string, { readonly sessions: number; readonly looping_sessions: number }>,
): Day {
  const { sessions = 0, looping_sessions: looping = 0 } = known.get(day) ?? {};
  return { day, sessions, looping };
}

function lastDays(): readonly string[] {
  return Array.from({ length: DAYS }, (_, at) => {
    const ms = Date.now() - (DAYS - 1 - at) * DAY_MS;
    return new Date(ms).toISOString().slice(0, "2026-01-01".length);
  });
}

function workflowOf({ name, sessions, recent, card, ...wire }: WireWorkflow): Workflow {
  return {
    name,
    sessions,
    lastMs: Date.parse(wire.last_active_at),
    recent: { days: recent.days, sessions: recent.sessions, looping: recent.looping_sessions },
    card: card ?? undefined,
  };
}

export function chooseBaseline(workflow: string, chosen: Chosen): Promise<unknown> {
  return sendJson("POST", `/v1/workflows/${encodeURIComponent(workflow)}/baseline`, chosen);
}

/** Why no risk is calibrated. */
export type Uncalibrated = "too_few_outcomes" | "one_outcome" | "risk_tells_nothing";

/** Sessions of which the same was said, and how they ended. */
export interface ReliabilityBin {
  readonly sessions: number;
  readonly said: number;
  readonly failed: number;
  readonly low: number;
  readonly high: number;
}

export interface Outcome {
  readonly outcomes: number;
  readonly failures: number;
  /** As many are needed before a risk is calibrated. */
  readonly needed: number;
  readonly reason: Uncalibrated | undefined;
  /** Empty where nothing is said. */
  readonly bins: readonly ReliabilityBin[];
}

export async function readOutcome(workflow: string): Promise<Outcome> {
  const path = `/v1/workflows/${encodeURIComponent(workflow)}/outcome`;
  const answer = await getJson<{
    outcomes: number;
    failures: number;
    fewest: number;
    reason: Uncalibrated | null;
    reliability: readonly ReliabilityBin[];
  }>(path);
  const { outcomes, failures, fewest: needed, reason, reliability: bins } = answer;
  return { outcomes, failures, needed, reason: reason ?? undefined, bins };
}
