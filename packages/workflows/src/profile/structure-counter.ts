/** Counts what a session does while it happens: constant work for each record, and no content. */
import type { Layer } from "@caum/core";
import type { Assessment, Pattern } from "@caum/core/health";
import type { RecordOf, StructuralRecord } from "@caum/core/verify";
import { bucketOf } from "./log-histogram.ts";
import { RecentSteps, type SavedSteps } from "./recent-steps.ts";
import {
  MAX_LOOP_KINDS,
  MAX_MODELS,
  MAX_TOOLS,
  OPERATIONS,
  type SessionStructure,
} from "./session-profile.ts";
import { type Counts, noCounts, structureOf, type ToolCount } from "./structure-counts.ts";

type Call = RecordOf<"tool_api">["payload"];
type Turn = RecordOf<"reasoning">["payload"];

/** What was found with a record. */
type Found = Pick<Assessment, "step" | "eventType" | "publicClass" | "pattern">;

/** What else is known with it. */
export interface TakenWith {
  /** That of the record's run. */
  readonly layer: Layer;
  /** What the session's cost grew by. */
  readonly costNanoUsd: number;
  /** The session's alert stood before this record. */
  readonly isAlerted: boolean;
}

/** A counter as plain JSON. */
export interface SavedCounter {
  readonly counts: Counts;
  readonly recent: SavedSteps;
}

const OP_INDEX: Readonly<Record<string, number>> = Object.fromEntries(
  OPERATIONS.map((op, index) => [op, index]),
);
const OTHER = OPERATIONS.length - 1;
const NO_TOOL = -1;
/** Calls that wait; more are counted, and stay. */
const MAX_WAITING = 64;
const FAILING: ReadonlySet<string> = new Set<Call["status"]>([
  "error",
  "not_found",
  "timeout",
  "rate_limited",
  "denied",
  "rejected",
]);

/**
 * What is remembered of one session, counted record by record, in the order in which they are judged.
 *
 * A call counts where it was judged, which is when the assessment's step moved on. Where steps are
 * counted anew, because a fuller layer took over, so is everything here but what layers tell by
 * themselves: tokens, times, models, and which calls wait.
 */
export class StructureCounter {
  #counts: Counts;
  #recent: RecentSteps;

  /** @param saved a counter goes on from it, and keeps what is in it */
  constructor(saved?: SavedCounter) {
    this.#counts = saved?.counts ?? noCounts();
    this.#recent = new RecentSteps(saved?.recent);
  }

  get structure(): SessionStructure {
    return structureOf(this.#counts);
  }

  save(): SavedCounter {
    return { counts: structuredClone(this.#counts), recent: this.#recent.save() };
  }

  /** Takes a record with what was found at it. */
  take(record: StructuralRecord, found: Found, taken: TakenWith): void {
    if (found.step < this.#counts.steps) this.#beginAnew();
    const isStep = found.step > this.#counts.steps;
    if (record.category === "tool_api") {
      this.#spend(record.payload, taken);
      this.#noteWaiting(record.payload, isStep);
      if (isStep) this.#recent.add(found.step, this.#takeCall(record.payload));
    } else if (record.category === "reasoning") {
      this.#spend(record.payload, taken);
      this.#noteModel(record.payload, taken.layer);
      if (isStep) {
        this.#counts.turns += 1;
        this.#recent.add(found.step, NO_TOOL);
      }
    }
    if (!isStep) return;
    this.#counts.steps = found.step;
    if (taken.isAlerted) this.#counts.afterAlert.steps += 1;
    this.#noteClient(record);
    this.#noteFinding(found);
  }

  #beginAnew(): void {
    const { told, waiting, models } = this.#counts;
    this.#counts = { ...noCounts(), told, waiting, models };
    this.#recent = new RecentSteps();
  }

  /** Two layers may report the same: what is spent is what the layer grows by that reported most. */
  #spend(payload: Call | Turn, { layer, costNanoUsd, isAlerted }: TakenWith): void {
    const { told, afterAlert } = this.#counts;
    const tokens = tokensOf(payload);
    const ms = payload.durationMs ?? 0;
    if (tokens + ms + costNanoUsd === 0) return;
    const before = mostOf(told);
    const own = told[layer] ?? { tokens: 0, ms: 0 };
    told[layer] = { tokens: plus(own.tokens, tokens), ms: plus(own.ms, ms) };
    const after = mostOf(told);
    const grown = { tokens: after.tokens - before.tokens, ms: after.ms - before.ms };
    this.#recent.spend(grown.tokens, grown.ms, costNanoUsd);
    if (!isAlerted) return;
    afterAlert.tokens = plus(afterAlert.tokens, grown.tokens);
    afterAlert.ms = plus(afterAlert.ms, grown.ms);
    afterAlert.costNanoUsd = plus(afterAlert.costNanoUsd, costNanoUsd);
  }

  /** A call that was given up counts until its answer comes after all. */
  #noteWaiting({ status, toolCallId }: Call, isStep: boolean): void {
    const { waiting } = this.#counts;
    const waits = status === "pending" || (status === "unresolved" && isStep);
    const at = toolCallId === undefined ? -1 : waiting.ids.indexOf(toolCallId);
    if (!waits && at >= 0) waiting.ids.splice(at, 1);
    if (!waits || at >= 0) return;
    if (toolCallId === undefined || waiting.ids.length >= MAX_WAITING) waiting.others += 1;
    else waiting.ids.push(toolCallId);
  }

  /** @returns the place of its tool */
  #takeCall(call: Call): number {
    const counts = this.#counts;
    const op = OP_INDEX[call.op ?? "other"] ?? OTHER;
    counts.calls += 1;
    counts.ops[op] = (counts.ops[op] ?? 0) + 1;
    if (counts.lastOp >= 0) countIn(counts.transitions, counts.lastOp * OPERATIONS.length + op);
    counts.lastOp = op;
    const isFailure = hasFailed(call);
    if (isFailure) counts.failures += 1;
    if (call.status === "denied") counts.denied += 1;
    const place = this.#placeOf(call);
    const tool = counts.tools[place];
    if (tool !== undefined) {
      noteTool(tool, call, isFailure);
      this.#noteRetry(place, call, isFailure);
    }
    return place;
  }

  #noteRetry(place: number, call: Call, isFailure: boolean): void {
    const { failedWith } = this.#counts;
    const before = failedWith[place];
    const asked = call.argumentsNormHash ?? call.argumentsHash;
    if (before !== undefined && asked === before) this.#counts.retries += 1;
    if (isFailure && asked !== undefined) failedWith[place] = asked;
    else if (before !== undefined) delete failedWith[place];
  }

  /** Below 0 where a session has so many tools that this one has no place. */
  #placeOf({ toolName, serverTag }: Call): number {
    const { tools } = this.#counts;
    const known = tools.findIndex(({ tool, server }) => tool === toolName && server === serverTag);
    if (known >= 0 || tools.length >= MAX_TOOLS) return known;
    const named = serverTag === undefined ? {} : { server: serverTag };
    const none = { calls: 0, toolErrors: 0, protocolErrors: 0, loopSteps: 0, durations: {} };
    return tools.push({ tool: toolName, ...named, ...none }) - 1;
  }

  #noteModel({ kind, model, role }: Turn, layer: Layer): void {
    if (kind !== "turn" || model === undefined || role === "user") return;
    this.#counts.models[layer] ??= {};
    const models = this.#counts.models[layer];
    if (Object.hasOwn(models, model)) models[model] = (models[model] ?? 0) + 1;
    else if (Object.keys(models).length < MAX_MODELS) models[model] = 1;
  }

  #noteClient({ sourceFramework }: StructuralRecord): void {
    if (this.#counts.client !== undefined || sourceFramework === undefined) return;
    if (!sourceFramework.startsWith("door:")) this.#counts.client = sourceFramework;
  }

  /** As the summary of a session counts loops: steps of one that were counted are not counted again. */
  #noteFinding({ step, eventType, publicClass, pattern }: Found): void {
    const counts = this.#counts;
    if (publicClass === "review_only") counts.reviewSteps += 1;
    if (publicClass !== "hard_alert" || pattern === undefined) return;
    const isNew = eventType !== "structural_loop_continues" || counts.coveredTo === 0;
    if (isNew) counts.loopKind = this.#kindOf(pattern);
    const before = Math.max(pattern.fromStep - 1, counts.coveredTo);
    const { spent, tools } = this.#recent.since(before);
    counts.inLoops.tokens = plus(counts.inLoops.tokens, spent.tokens);
    counts.inLoops.ms = plus(counts.inLoops.ms, spent.ms);
    for (const place of tools) {
      const tool = counts.tools[place];
      if (tool !== undefined) tool.loopSteps += 1;
    }
    const kind = counts.loopKinds[counts.loopKind];
    if (kind !== undefined) {
      if (isNew) kind.count += 1;
      kind.steps += step - before;
      kind.costNanoUsd = plus(kind.costNanoUsd, spent.costNanoUsd);
    }
    counts.coveredTo = step;
  }

  /** Below 0 where a session has so many kinds that this one has no place. */
  #kindOf({ rule, period, tools }: Pattern): number {
    const { loopKinds } = this.#counts;
    const sorted = tools.toSorted();
    const key = sorted.join("\n");
    const known = loopKinds.findIndex(
      (kind) => kind.rule === rule && kind.period === period && kind.tools.join("\n") === key,
    );
    if (known >= 0 || loopKinds.length >= MAX_LOOP_KINDS) return known;
    return loopKinds.push({ rule, period, tools: sorted, count: 0, steps: 0, costNanoUsd: 0 }) - 1;
  }
}

function noteTool(tool: ToolCount, call: Call, isFailure: boolean): void {
  tool.calls += 1;
  if (isFailure && isOfProtocol(call)) tool.protocolErrors += 1;
  else if (isFailure) tool.toolErrors += 1;
  const { durationMs, durationIsBound } = call;
  if (durationMs !== undefined && durationIsBound === undefined) {
    countIn(tool.durations, bucketOf(durationMs));
  }
}

/** As the health engine has it: to wait until the time is up is no failure. */
function hasFailed({ status, op, argumentsSignature }: Call): boolean {
  if (argumentsSignature?.startsWith("c")) return true;
  return FAILING.has(status) && !(op === "wait" && status === "timeout");
}

function isOfProtocol({ errorClass = "" }: Call): boolean {
  return errorClass.startsWith("jsonrpc:") || errorClass.startsWith("http:");
}

/** A total that was not given is the sum of what was. */
function tokensOf(payload: Call | Turn): number {
  const given = "totalTokens" in payload ? payload.totalTokens : undefined;
  return given ?? (payload.inputTokens ?? 0) + (payload.outputTokens ?? 0);
}

function mostOf(told: Counts["told"]): { readonly tokens: number; readonly ms: number } {
  let [tokens, ms] = [0, 0];
  for (const sums of Object.values(told)) {
    tokens = Math.max(tokens, sums.tokens);
    ms = Math.max(ms, sums.ms);
  }
  return { tokens, ms };
}

function countIn(counts: Record<number, number>, place: number): void {
  counts[place] = (counts[place] ?? 0) + 1;
}

/** Sums of hostile numbers stay integers. */
function plus(one: number, other: number): number {
  return Math.min(one + other, Number.MAX_SAFE_INTEGER);
}
