/**
 * One structural record: the only thing that is ever kept, sent or hashed.
 *
 * Field names are the wire names, so what is read in code is what was hashed. Every field is a
 * string or an integer, absent means absent. docs/protocol.md describes each of them.
 */

/** Closed lists; their order is the order of docs/protocol.md. */
export const CATEGORIES = [
  "lifecycle",
  "tool_api",
  "reasoning",
  "identity",
  "data_movement",
  "approval",
  "environment",
] as const;
export const STATUSES = [
  "ok",
  "error",
  "not_found",
  "timeout",
  "rate_limited",
  "denied",
  "rejected",
  "pending",
  "cancelled",
  "unresolved",
  "answered",
  "unknown",
] as const;
export const OPS = [
  "read",
  "search",
  "write",
  "test",
  "run",
  "vcs",
  "install",
  "net",
  "wait",
  "plan",
  "act",
  "end",
  "other",
] as const;
export const LAYERS = ["framework", "hook", "model", "mcp", "door", "import", "telemetry"] as const;
export const VIEWS = ["full", "one_server", "one_client"] as const;

export type Category = (typeof CATEGORIES)[number];
export type Status = (typeof STATUSES)[number];
export type Op = (typeof OPS)[number];
/** Where the writer of a run stands; `layer-choice.ts` has which of them is fuller. */
export type Layer = (typeof LAYERS)[number];
/** How much of the session the writer can see. */
export type View = (typeof VIEWS)[number];

/** Fields that every record has, and those that any record may have. */
export interface Envelope {
  readonly schemaVersion: "1.0";
  readonly eventId: string;
  readonly agentId: string;
  readonly sessionId: string;
  readonly runId: string;
  readonly sourceTimestamp: string;
  readonly previousHash: string;
  readonly traceId?: string;
  readonly correlationId?: string;
  readonly parentEventId?: string;
  readonly causationEventId?: string;
  readonly agentVersion?: string;
  readonly toolType?: string;
  readonly targetSystem?: string;
  readonly operation?: string;
  readonly initiatorType?: "human" | "agent" | "system";
  readonly initiatorId?: string;
  readonly sourceFramework?: string;
  readonly actorType?: string;
  readonly actorId?: string;
}

/** What a sender that writes no chain of its own claimed; keyed, never part of our link. */
interface ForeignClaims {
  readonly sourcePreviousHash?: string;
  readonly sourceRunId?: string;
}

interface Sequenced extends ForeignClaims {
  /** Position in the run, from 0. */
  readonly seq: number;
}

export interface OpenPayload extends Sequenced {
  readonly type: "open";
  readonly writer: string;
  readonly writerVersion: string;
  readonly layer: Layer;
  readonly view: View;
  readonly digestKeyId: string;
  readonly digestKeyCommitment: string;
  /** Verifier key (C2SP vkey text) of the writer, when it signs. */
  readonly writerKey?: string;
  readonly agentName?: string;
  readonly team?: string;
  readonly workflow?: string;
  readonly taskTag?: string;
  readonly cohort?: string;
  readonly baselineCostNanoUsd?: number;
  readonly continuesRun?: string;
  readonly continuesHead?: string;
}

export interface ClosePayload extends Sequenced {
  readonly type: "close";
  /** Records of this run before this one. */
  readonly events: number;
  /** Events that were assessed but not recorded. */
  readonly dropped: number;
}

export interface DropPayload extends Sequenced {
  readonly type: "drop";
  readonly count: number;
  readonly reason: string;
}

export interface HolePayload extends Sequenced {
  readonly type: "hole";
  /** First and last seq that the writer no longer has. */
  readonly from: number;
  readonly to: number;
}

export interface EndPayload extends Sequenced {
  readonly type: "end";
  readonly resolved?: "true" | "false";
}

export interface KeyRotatePayload extends Sequenced {
  readonly type: "key_rotate";
  /** Verifier key (C2SP vkey text) that signs from here on. */
  readonly newKey: string;
}

export type LifecyclePayload =
  | OpenPayload
  | ClosePayload
  | DropPayload
  | HolePayload
  | EndPayload
  | KeyRotatePayload;

/** Digests (64 hex), sizes and the type signature of one call; no field can hold content. */
export interface ToolPayload extends Sequenced {
  readonly toolName: string;
  readonly status: Status;
  readonly toolCallId?: string;
  readonly op?: Op;
  readonly phase?: string;
  readonly responseStatus?: number;
  readonly errorClass?: string;
  readonly argumentsHash?: string;
  readonly argumentsNormHash?: string;
  readonly argumentsShapeHash?: string;
  readonly argumentsSignature?: string;
  readonly argumentsBytes?: number;
  readonly resultHash?: string;
  readonly resultNormHash?: string;
  readonly resultShapeHash?: string;
  readonly resultBytes?: number;
  /** Which side was longer than what is digested. */
  readonly truncated?: "arguments" | "result" | "both";
  readonly durationMs?: number;
  /** The duration is a bound, not a measurement: the call was still open or its start unseen. */
  readonly durationIsBound?: "lower" | "upper";
  readonly inputTokens?: number;
  readonly outputTokens?: number;
  readonly totalTokens?: number;
  readonly costNanoUsd?: number;
  readonly stateId?: string;
  readonly endpointHash?: string;
  readonly serverTag?: string;
  readonly agentTag?: string;
}

export interface ReasoningPayload extends Sequenced {
  readonly kind: "turn" | "message";
  readonly status: Status;
  readonly role?: "user" | "assistant" | "system" | "agent";
  readonly provider?: string;
  readonly model?: string;
  readonly responseId?: string;
  readonly finishReason?: string;
  readonly inputTokens?: number;
  readonly outputTokens?: number;
  readonly cacheReadTokens?: number;
  readonly cacheWriteTokens?: number;
  readonly reasoningTokens?: number;
  readonly costNanoUsd?: number;
  readonly durationMs?: number;
  /** How many tool calls the turn asked for. */
  readonly requestedTools?: number;
  readonly messageHash?: string;
  readonly messageBytes?: number;
  readonly agentTag?: string;
}

export interface IdentityPayload extends Sequenced {
  readonly capabilityCount?: number;
}

export interface DataMovementPayload extends Sequenced {
  readonly operation: "read" | "write" | "delete" | "export";
  readonly objectCount?: number;
  readonly objectsHash?: string;
}

export interface ApprovalPayload extends Sequenced {
  readonly decision: "granted" | "denied" | "pending" | "unknown";
  readonly scopeHash?: string;
}

export interface EnvironmentPayload extends Sequenced {
  readonly kind: string;
  readonly subject?: string;
  readonly changeHash?: string;
}

/** Which payload belongs to which category. */
export interface PayloadByCategory {
  readonly lifecycle: LifecyclePayload;
  readonly tool_api: ToolPayload;
  readonly reasoning: ReasoningPayload;
  readonly identity: IdentityPayload;
  readonly data_movement: DataMovementPayload;
  readonly approval: ApprovalPayload;
  readonly environment: EnvironmentPayload;
}

/** A record of one category. */
export type RecordOf<C extends Category> = C extends Category
  ? Envelope & { readonly category: C; readonly payload: PayloadByCategory[C] }
  : never;

/** Any record. */
export type StructuralRecord = RecordOf<Category>;

/** A payload that has no place in a run yet. */
export type Unplaced<P> = P extends unknown ? Omit<P, "seq"> : never;

/** A category with its payload, ready for a run writer. */
export type PayloadDraft = {
  [C in Category]: { readonly category: C; readonly payload: Unplaced<PayloadByCategory[C]> };
}[Category];
