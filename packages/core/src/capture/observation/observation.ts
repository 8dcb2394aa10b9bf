/**
 * What an adapter tells about one thing the agent did. The values in it are digested in memory and
 * gone: `payloadOf` is the only way from an observation to a record.
 */
import type { SessionKeys } from "../keys/session-keys.ts";
import type { ToolAnnotations } from "../operation.ts";
import type { Envelope, Op, PayloadDraft, Status } from "../record.ts";
import type { Shape } from "../shape/shape.ts";

/** Who says a message. */
export const ROLES = ["user", "assistant", "system", "agent"] as const;
/** What a duration is a bound of. */
export const BOUNDS = ["lower", "upper"] as const;

export interface Usage {
  readonly inputTokens?: number | undefined;
  readonly outputTokens?: number | undefined;
  readonly totalTokens?: number | undefined;
  /** US dollars; kept as an integer of nano-dollars. */
  readonly costUsd?: number | undefined;
  readonly durationMs?: number | undefined;
}

/** Where in the work something happened. Ids are digested and texts become tags. */
export interface PlaceInWork {
  /** Id of the model turn it belongs to: the calls that one answer asked for share it. */
  readonly parent?: string | undefined;
  /** Which agent of a team did it; absent for the only one, or for the main one. */
  readonly agent?: string | undefined;
  /** In place of `agent`, for one that was keyed where it passed. */
  readonly agentTag?: string | undefined;
  /** The trace context that it came with, as a W3C `traceparent`; kept as two keyed ids. */
  readonly traceparent?: string | undefined;
}

/** A tool call, when it has ended, was given up, or has been open for long (`pending`). */
export interface ToolObservation extends Usage, PlaceInWork {
  readonly kind?: "tool";
  readonly tool: string;
  /** Absent when unknown; null and "" are values. */
  readonly arguments?: unknown;
  /** In place of `arguments`, for a value that was digested where it passed. */
  readonly argumentsShape?: Shape | undefined;
  readonly argumentsSignature?: string | undefined;
  readonly result?: unknown;
  readonly resultShape?: Shape | undefined;
  readonly status?: Status | undefined;
  readonly toolCallId?: string | undefined;
  /** In place of `toolCallId`, for an id that was digested where it passed. */
  readonly toolCallDigest?: string | undefined;
  /** What the call does; worked out from tool and arguments when absent. */
  readonly op?: Op | undefined;
  readonly annotations?: ToolAnnotations | undefined;
  readonly phase?: string | undefined;
  readonly errorClass?: string | undefined;
  readonly responseStatus?: number | undefined;
  readonly durationIsBound?: (typeof BOUNDS)[number] | undefined;
  /** The sender's own identity of the state after the call. */
  readonly stateId?: string | undefined;
  readonly endpoint?: string | undefined;
  /** Which of several servers answered: anything that tells it from the others, always keyed. */
  readonly server?: string | undefined;
  /** What a person called the server; kept as a label, in place of `server`. */
  readonly serverName?: string | undefined;
}

/** A turn of the model, or a message of somebody. */
export interface ReasoningObservation extends Usage, PlaceInWork {
  readonly kind: "turn" | "message";
  readonly role?: (typeof ROLES)[number] | undefined;
  readonly status?: Status | undefined;
  readonly content?: unknown;
  /** In place of `content`, for a value that was digested where it passed. */
  readonly contentShape?: Shape | undefined;
  readonly provider?: string | undefined;
  readonly model?: string | undefined;
  readonly responseId?: string | undefined;
  readonly finishReason?: string | undefined;
  readonly cacheReadTokens?: number | undefined;
  readonly cacheWriteTokens?: number | undefined;
  readonly reasoningTokens?: number | undefined;
  readonly requestedTools?: number | undefined;
}

/** Something around the agent changed, for example the definition of a tool. */
export interface EnvironmentObservation {
  readonly kind: "environment";
  readonly change: string;
  readonly subject?: string | undefined;
  readonly value?: unknown;
}

export type Observation = ToolObservation | ReasoningObservation | EnvironmentObservation;

/** What of a record an observation fills: the payload, the turn it belongs to, and what caused it. */
export type ObservedDraft = PayloadDraft &
  Pick<Envelope, "parentEventId" | "traceId" | "causationEventId">;

/** How names and values become structure in one session. */
export interface CaptureContext {
  readonly keys: SessionKeys;
  /** Replace every label by its keyed tag. */
  readonly hashNames: boolean;
}
