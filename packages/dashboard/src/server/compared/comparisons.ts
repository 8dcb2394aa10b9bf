/** Sessions that are built alike, loops that come back, and what loops cost. */
import { getJson } from "../request.ts";

export interface SimilarSession {
  readonly id: string;
  readonly title: string;
  readonly workflow: string | undefined;
  readonly steps: number;
  readonly loops: number;
  readonly resolved: boolean | undefined;
  readonly costUsd: number | undefined;
  readonly lastMs: number;
  /** From 0, the same, to 1, nothing in common. */
  readonly distance: number;
  /** What differs most, and by how much. */
  readonly differs: readonly (readonly [part: string, distance: number])[];
}

export interface SimilarList {
  readonly isKnown: boolean;
  readonly compared: number;
  readonly ofWorkflow: number;
  readonly isComplete: boolean;
  readonly sessions: readonly SimilarSession[];
}

interface WireSimilar {
  readonly known: boolean;
  readonly compared: {
    readonly sessions: number;
    readonly of_workflow: number;
    readonly complete: boolean;
  };
  readonly sessions: readonly {
    readonly session_id: string;
    readonly title: string;
    readonly workflow: string | null;
    readonly steps: number;
    readonly loop_count: number;
    readonly resolved: boolean | null;
    readonly total_cost_usd: number | null;
    readonly last_seen: string;
    readonly distance: number;
    readonly parts: Readonly<Record<string, number | null>>;
  }[];
}

/** A part that differs less says nothing to a person. */
const WORTH_SAYING = 0.1;
const NAMED_PARTS = 2;

export async function listSimilar(id: string): Promise<SimilarList> {
  const path = `/v1/session/${encodeURIComponent(id)}/similar?limit=8`;
  const { known, compared, sessions } = await getJson<WireSimilar>(path);
  return {
    isKnown: known,
    compared: compared.sessions,
    ofWorkflow: compared.of_workflow,
    isComplete: compared.complete,
    sessions: sessions.map((session) => ({
      id: session.session_id,
      title: session.title,
      workflow: session.workflow ?? undefined,
      steps: session.steps,
      loops: session.loop_count,
      resolved: session.resolved ?? undefined,
      costUsd: session.total_cost_usd ?? undefined,
      lastMs: Date.parse(session.last_seen),
      distance: session.distance,
      differs: Object.entries(session.parts)
        .flatMap(([part, apart]) => (apart === null ? [] : [[part, apart] as const]))
        .filter(([, apart]) => apart >= WORTH_SAYING)
        .sort(([, one], [, other]) => other - one)
        .slice(0, NAMED_PARTS),
    })),
  };
}

export interface RecurringLoop {
  readonly rule: string;
  readonly period: number;
  readonly tools: readonly string[];
  readonly sessions: number;
  readonly loops: number;
  readonly steps: number;
  readonly firstMs: number;
  readonly lastMs: number;
  readonly costUsd: number | undefined;
  /** Sessions that say what anything cost. */
  readonly costKnown: number;
  readonly latest: readonly string[];
  readonly workflows: readonly string[];
}

export interface Recurring {
  readonly sessions: number;
  readonly looping: number;
  readonly unnamed: number;
  readonly isComplete: boolean;
  readonly loops: readonly RecurringLoop[];
  readonly more: number;
}

interface WireRecurring {
  readonly sessions: number;
  readonly looping_sessions: number;
  readonly unnamed_sessions: number;
  readonly complete: boolean;
  readonly more: number;
  readonly loops: readonly {
    readonly rule: string;
    readonly period: number;
    readonly tools: readonly string[];
    readonly sessions: number;
    readonly loops: number;
    readonly steps: number;
    readonly first_seen: string;
    readonly last_seen: string;
    readonly cost_usd: number | null;
    readonly cost_known: number;
    readonly latest_sessions: readonly string[];
    readonly workflows: readonly string[];
  }[];
}

export async function listRecurring(sinceMs: number, workflow?: string): Promise<Recurring> {
  const since = new Date(sinceMs).toISOString();
  const query = new URLSearchParams({ since, ...(workflow !== undefined && { workflow }) });
  const answer = await getJson<WireRecurring>(`/v1/recurring?${query}`);
  return {
    sessions: answer.sessions,
    looping: answer.looping_sessions,
    unnamed: answer.unnamed_sessions,
    isComplete: answer.complete,
    more: answer.more,
    loops: answer.loops.map((loop) => ({
      rule: loop.rule,
      period: loop.period,
      tools: loop.tools,
      sessions: loop.sessions,
      loops: loop.loops,
      steps: loop.steps,
      firstMs: Date.parse(loop.first_seen),
      lastMs: Date.parse(loop.last_seen),
      costUsd: loop.cost_usd ?? undefined,
      costKnown: loop.cost_known,
      latest: loop.latest_sessions,
      workflows: loop.workflows,
    })),
  };
}

/** Sums over the sessions of which they are known. */
export interface Amount {
  readonly known: number;
  readonly total: number;
  readonly inLoops: number;
  readonly afterAlert: number;
}

export const MEASURES = ["costUsd", "tokens", "durationMs"] as const;
export type Measure = (typeof MEASURES)[number];

export interface Exposure extends Readonly<Record<Measure, Amount | undefined>> {
  /** The Monday of a week, or the tag of a task; undefined for sessions without a task. */
  readonly name: string | undefined;
  readonly sessions: number;
  readonly looping: number;
  readonly alerted: number;
}

export interface WorkflowExposure {
  readonly all: Exposure;
  readonly weeks: readonly Exposure[];
  readonly tasks: readonly Exposure[];
  readonly otherTasks: number;
  readonly isComplete: boolean;
  readonly assumed: readonly string[];
}

interface WireAmount {
  readonly known: number;
  readonly total: number;
  readonly in_loops: number;
  readonly after_alert: number;
}

interface WireExposure {
  readonly sessions: number;
  readonly looping_sessions: number;
  readonly alerted_sessions: number;
  readonly tokens: WireAmount | null;
  readonly cost_usd: WireAmount | null;
  readonly duration_ms: WireAmount | null;
}

interface WireWorkflowExposure extends WireExposure {
  readonly weeks: readonly (WireExposure & { readonly week: string })[];
  readonly tasks: readonly (WireExposure & { readonly task: string | null })[];
  readonly other_tasks: number;
  readonly complete: boolean;
  readonly assumed: readonly string[];
}

export async function readExposure(workflow: string): Promise<WorkflowExposure> {
  const path = `/v1/workflows/${encodeURIComponent(workflow)}/exposure`;
  const answer = await getJson<WireWorkflowExposure>(path);
  return {
    all: exposureOf(answer, undefined),
    weeks: answer.weeks.map((week) => exposureOf(week, week.week)),
    tasks: answer.tasks.map((task) => exposureOf(task, task.task ?? undefined)),
    otherTasks: answer.other_tasks,
    isComplete: answer.complete,
    assumed: answer.assumed,
  };
}

function exposureOf(wire: WireExposure, name: string | undefined): Exposure {
  return {
    name,
    sessions: wire.sessions,
    looping: wire.looping_sessions,
    alerted: wire.alerted_sessions,
    costUsd: amountOf(wire.cost_usd),
    tokens: amountOf(wire.tokens),
    durationMs: amountOf(wire.duration_ms),
  };
}

function amountOf(wire: WireAmount | null): Amount | undefined {
  if (wire === null) return undefined;
  const { known, total, in_loops: inLoops, after_alert: afterAlert } = wire;
  return { known, total, inLoops, afterAlert };
}
