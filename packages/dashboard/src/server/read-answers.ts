/** The collector's snake_case answers as the page uses them: mapped once, here. */
import type { Pattern, Recorded, SessionHead, SessionRow } from "./answers.ts";

export interface WireRow {
  readonly session_id: string;
  readonly agent_name: string;
  readonly team: string | null;
  readonly workflow: string | null;
  readonly steps: number;
  readonly regime: string;
  readonly tier: string;
  readonly uds: number;
  readonly failure_risk: number | null;
  readonly uds_recent: readonly number[];
  readonly public_class: string;
  readonly total_tokens: number;
  readonly total_cost_usd: number;
  readonly first_seen: string;
  readonly last_seen: string;
  readonly changed_at: string;
  readonly ended: boolean;
  readonly title: string;
  readonly live_alert: boolean;
  readonly message: string | null;
  readonly worst_tier: string;
  readonly loop_count: number;
  readonly loop_steps: number;
  readonly loop_cost_usd: number;
  readonly marked: boolean;
  readonly acknowledged_at: string | null;
  readonly acknowledged_by: string | null;
  readonly failed_calls?: number | null;
}

export interface WireHead extends WireRow {
  readonly merkle_root: string;
  readonly tree_size: number;
  readonly chain_head: string;
  readonly receipt_id: string | null;
  readonly advice: string;
  readonly trace_quality: string;
}

/** What is absent is not known, or does not apply. */
export interface WireStep {
  readonly index: number;
  readonly leaf: string;
  readonly at: string;
  readonly run_id: string;
  readonly category: string;
  readonly name?: string;
  readonly op?: string;
  readonly status?: string;
  readonly duration_ms?: number;
  readonly arguments_bytes?: number;
  readonly result_bytes?: number;
  readonly tokens?: number;
  readonly cost_usd?: number;
  readonly agent_tag?: string;
  readonly server_tag?: string;
  /** Of a record that opens a run. */
  readonly run?: {
    readonly layer: string;
    readonly view: string;
    readonly writer: string;
  };
  readonly step?: number;
  readonly regime?: string;
  readonly tier?: string;
  readonly uds?: number;
  readonly failure_risk?: number | null;
  readonly public_class?: string;
  readonly message?: string;
  readonly reasons?: readonly string[];
  readonly pattern?: {
    readonly rule: string;
    readonly period: number;
    readonly cycles: number;
    readonly from_step: number;
  };
}

export function rowOf(row: WireRow): SessionRow {
  return {
    id: row.session_id,
    agent: row.agent_name,
    workflow: row.workflow ?? undefined,
    team: row.team ?? undefined,
    steps: row.steps,
    regime: row.regime,
    tier: row.tier,
    uds: row.uds,
    failureRisk: row.failure_risk,
    recentUds: row.uds_recent,
    publicClass: row.public_class,
    tokens: row.total_tokens,
    costUsd: row.total_cost_usd,
    firstMs: Date.parse(row.first_seen),
    lastMs: Date.parse(row.last_seen),
    changedMs: Date.parse(row.changed_at),
    ended: row.ended,
    title: row.title,
    isLooping: row.live_alert,
    message: row.message ?? undefined,
    failures: row.failed_calls ?? undefined,
    ...loopFactsOf(row),
  };
}

/** Also of a session as the public door tells it. */
export function loopFactsOf(
  row: Omit<WireRow, "changed_at" | "message" | "uds_recent">,
): Pick<
  SessionRow,
  "worstTier" | "loops" | "loopSteps" | "loopCostUsd" | "isMarked" | "acknowledged"
> {
  const { acknowledged_at: at, acknowledged_by: by } = row;
  return {
    worstTier: row.worst_tier,
    loops: row.loop_count,
    loopSteps: row.loop_steps,
    loopCostUsd: row.loop_cost_usd,
    isMarked: row.marked,
    acknowledged: at === null ? undefined : { atMs: Date.parse(at), by: by ?? "somebody" },
  };
}

export function headOf(head: WireHead): SessionHead {
  return {
    row: rowOf(head),
    advice: head.advice,
    traceQuality: head.trace_quality,
    chainHead: head.chain_head,
    root: head.merkle_root,
    size: head.tree_size,
    receiptId: head.receipt_id ?? "",
  };
}

export function recordOf(step: WireStep): Recorded {
  const { run } = step;
  return {
    index: step.index,
    atMs: Date.parse(step.at),
    run: step.run_id,
    opens: run && [run.layer, run.view.replaceAll("_", " "), run.writer].join(", "),
    name: step.name ?? step.category,
    op: step.op,
    status: step.status,
    durationMs: step.duration_ms,
    argumentsBytes: step.arguments_bytes,
    resultBytes: step.result_bytes,
    tokens: step.tokens,
    costUsd: step.cost_usd,
    agentTag: step.agent_tag,
    serverTag: step.server_tag,
    leaf: step.leaf,
    assessed: assessedOf(step),
  };
}

/** Only what moved the session on is a step; other records are evidence alone. */
function assessedOf(step: WireStep): Recorded["assessed"] {
  if (step.step === undefined || step.regime === undefined) return undefined;
  return {
    step: step.step,
    regime: step.regime,
    tier: step.tier ?? "",
    uds: step.uds ?? 0,
    failureRisk: step.failure_risk ?? null,
    publicClass: step.public_class ?? "none",
    reasons: step.reasons ?? [],
    pattern: step.pattern && patternOf(step.pattern),
    message: step.message,
  };
}

function patternOf(pattern: NonNullable<WireStep["pattern"]>): Pattern {
  const { rule, period, cycles, from_step: fromStep } = pattern;
  return { rule, period, cycles, fromStep };
}
