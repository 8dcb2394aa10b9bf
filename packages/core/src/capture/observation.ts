/**
 * What an adapter tells about one thing the agent did. The values in it are digested in memory and
 * gone: `payloadOf` is the only way from an observation to a record.
 */
import type { SessionKeys } from "./digest.ts";
import { errorClassOf } from "./error-class.ts";
import { knownWord, labelOf, ownLabelOf } from "./label.ts";
import { opOf, type ToolAnnotations } from "./operation.ts";
import {
  type Category,
  type Envelope,
  OPS,
  type Op,
  type PayloadByCategory,
  STATUSES,
  type Status,
} from "./record.ts";
import { isShape, type Shape, shapeOf, shapeOfArguments } from "./shape.ts";
import { isSignature, signatureOf } from "./signature.ts";

interface Usage {
  readonly inputTokens?: number | undefined;
  readonly outputTokens?: number | undefined;
  readonly totalTokens?: number | undefined;
  /** US dollars; kept as an integer of nano-dollars. */
  readonly costUsd?: number | undefined;
  readonly durationMs?: number | undefined;
}

/** Where in the work something happened. Ids are digested and texts become tags. */
interface Place {
  /** Id of the model turn it belongs to: the calls that one answer asked for share it. */
  readonly parent?: string | undefined;
  /** Which agent of a team did it; absent for the only one, or for the main one. */
  readonly agent?: string | undefined;
  /** In place of `agent`, for one that was keyed where it passed. */
  readonly agentTag?: string | undefined;
}

/** A tool call, when it has ended, was given up, or has been open for long (`pending`). */
export interface ToolObservation extends Usage, Place {
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
export interface ReasoningObservation extends Usage, Place {
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

/** A payload that has no place in a run yet. */
export type Unplaced<P> = P extends unknown ? Omit<P, "seq"> : never;

/** A category with its payload, ready for a run writer. */
export type PayloadDraft = {
  [C in Category]: { readonly category: C; readonly payload: Unplaced<PayloadByCategory[C]> };
}[Category];

/** What of a record an observation fills: the payload, and the turn it belongs to. */
export type ObservedDraft = PayloadDraft & Pick<Envelope, "parentEventId">;

/** How names and values become structure in one session. */
export interface CaptureContext {
  readonly keys: SessionKeys;
  /** Replace every label by its keyed tag. */
  readonly hashNames: boolean;
}

/** Costs are recorded as whole nano-dollars. */
export const NANO_USD_PER_USD = 1e9;
const ID = /^[0-9a-f]{32}$/;
const TAG = /^x-[0-9a-f]{8}$/;
const ROLES = ["user", "assistant", "system", "agent"] as const;
const BOUNDS = ["lower", "upper"] as const;

/** The structure of an observation: nothing of its content is left in the answer. */
export function payloadOf(observation: Observation, context: CaptureContext): ObservedDraft {
  switch (observation.kind) {
    case "turn":
    case "message":
      return {
        category: "reasoning",
        payload: reasoningPayload(observation, context),
        ...parentOf(observation, context.keys),
      };
    case "environment":
      return { category: "environment", payload: environmentPayload(observation, context) };
    default:
      return {
        category: "tool_api",
        payload: toolPayload(observation, context),
        ...parentOf(observation, context.keys),
      };
  }
}

/** A parent that is no text, or is empty, groups nothing. */
function parentOf({ parent }: Place, keys: SessionKeys): Pick<Envelope, "parentEventId"> {
  if (typeof parent !== "string" || parent === "") return {};
  return { parentEventId: keys.parentIdOf(parent) };
}

function toolPayload(
  call: ToolObservation,
  context: CaptureContext,
): Unplaced<PayloadByCategory["tool_api"]> {
  const { keys } = context;
  const label = (text: string | undefined) => optionalLabel(text, context);
  const argumentsShape = shapeOrDigest(call.argumentsShape, call.arguments, "args", keys);
  const resultShape = shapeOrDigest(call.resultShape, call.result, "result", keys);
  return defined({
    toolName: labelOf(call.tool, keys, context.hashNames),
    status: knownWord(STATUSES, call.status) ?? "unknown",
    toolCallId: toolCallDigestOf(call, keys),
    op: knownWord(OPS, call.op) ?? opOf(call.tool, call.arguments, call.annotations),
    phase: label(call.phase),
    responseStatus: integer(call.responseStatus),
    errorClass: call.errorClass === undefined ? undefined : errorClassOf(call.errorClass),
    argumentsHash: argumentsShape?.hash,
    argumentsNormHash: argumentsShape?.normHash,
    argumentsShapeHash: argumentsShape?.shapeHash,
    argumentsSignature: signatureOrWritten(call, keys),
    argumentsBytes: argumentsShape?.bytes,
    resultHash: resultShape?.hash,
    resultNormHash: resultShape?.normHash,
    resultShapeHash: resultShape?.shapeHash,
    resultBytes: resultShape?.bytes,
    truncated: truncatedSides(argumentsShape, resultShape),
    ...usageOf(call),
    durationIsBound: knownWord(BOUNDS, call.durationIsBound),
    totalTokens: count(call.totalTokens),
    stateId: call.stateId === undefined ? undefined : keys.digest("state", call.stateId),
    endpointHash: call.endpoint === undefined ? undefined : keys.digest("name", call.endpoint),
    serverTag: serverTagOf(call, context),
    agentTag: agentTagOf(call, keys),
  });
}

function reasoningPayload(
  turn: ReasoningObservation,
  context: CaptureContext,
): Unplaced<PayloadByCategory["reasoning"]> {
  const { keys } = context;
  const shape = shapeOrDigest(turn.contentShape, turn.content, "message", keys);
  return defined({
    kind: turn.kind,
    status: knownWord(STATUSES, turn.status ?? "ok") ?? "unknown",
    role: knownWord(ROLES, turn.role),
    provider: optionalLabel(turn.provider, context),
    model: optionalLabel(turn.model, context),
    responseId: optionalDigest(turn.responseId, keys),
    finishReason: optionalLabel(turn.finishReason, context),
    ...usageOf(turn),
    cacheReadTokens: count(turn.cacheReadTokens),
    cacheWriteTokens: count(turn.cacheWriteTokens),
    reasoningTokens: count(turn.reasoningTokens),
    requestedTools: count(turn.requestedTools),
    messageHash: shape?.normHash ?? shape?.hash,
    messageBytes: shape?.bytes,
    agentTag: agentTagOf(turn, keys),
  });
}

function environmentPayload(
  change: EnvironmentObservation,
  context: CaptureContext,
): Unplaced<PayloadByCategory["environment"]> {
  const shape = shapeOrDigest(undefined, change.value, "state", context.keys);
  return defined({
    kind: labelOf(change.change, context.keys, false),
    subject: optionalLabel(change.subject, context),
    changeHash: shape?.hash,
  });
}

function usageOf(usage: Usage) {
  return {
    inputTokens: count(usage.inputTokens),
    outputTokens: count(usage.outputTokens),
    costNanoUsd: usage.costUsd === undefined ? undefined : count(usage.costUsd * NANO_USD_PER_USD),
    durationMs: count(usage.durationMs),
  };
}

/**
 * The same call with its values already digested, so that it can wait for its end without holding
 * content and without minding what becomes of the values.
 */
export function digestCall(call: ToolObservation, context: CaptureContext): ToolObservation {
  const { keys } = context;
  const { arguments: values, result, ...rest } = call;
  return {
    ...rest,
    op: knownWord(OPS, call.op) ?? opOf(call.tool, values, call.annotations),
    argumentsShape: shapeOrDigest(call.argumentsShape, values, "args", keys),
    argumentsSignature: signatureOrWritten(call, keys),
    resultShape: shapeOrDigest(call.resultShape, result, "result", keys),
  };
}

/** The same call with its ids and its agent keyed too, so that it can be left on a disk. */
export function keyCall(call: ToolObservation, context: CaptureContext): ToolObservation {
  const { keys, hashNames } = context;
  const { toolCallId: _id, agent: _agent, tool, ...rest } = digestCall(call, context);
  const toolCallDigest = toolCallDigestOf(call, keys);
  const agentTag = agentTagOf(call, keys);
  return {
    ...rest,
    tool: labelOf(tool, keys, hashNames),
    ...(toolCallDigest !== undefined && { toolCallDigest }),
    ...(agentTag !== undefined && { agentTag }),
  };
}

/** The same turn with its content already digested. */
export function digestTurn(
  turn: ReasoningObservation,
  context: CaptureContext,
): ReasoningObservation {
  const { content, ...rest } = turn;
  const contentShape = shapeOrDigest(turn.contentShape, content, "message", context.keys);
  return { ...rest, contentShape };
}

function signatureOrWritten(call: ToolObservation, keys: SessionKeys): string | undefined {
  const { argumentsSignature: given, arguments: value } = call;
  if (given !== undefined && isSignature(given)) return given;
  return value === undefined ? undefined : signatureOf(value, keys);
}

function shapeOrDigest(
  shape: Shape | undefined,
  value: unknown,
  purpose: "args" | "result" | "message" | "state",
  keys: SessionKeys,
): Shape | undefined {
  if (shape !== undefined && isShape(shape)) return shape;
  if (value === undefined) return undefined;
  return purpose === "args" ? shapeOfArguments(value, keys) : shapeOf(value, purpose, keys);
}

function truncatedSides(
  argumentsShape: Shape | undefined,
  resultShape: Shape | undefined,
): PayloadByCategory["tool_api"]["truncated"] {
  if (argumentsShape?.truncated) return resultShape?.truncated ? "both" : "arguments";
  return resultShape?.truncated ? "result" : undefined;
}

function optionalLabel(text: string | undefined, context: CaptureContext): string | undefined {
  return text === undefined ? undefined : labelOf(text, context.keys, context.hashNames);
}

/** Ids are correlation, not content, but a host may put anything into them. */
function optionalDigest(text: string | undefined, keys: SessionKeys): string | undefined {
  return text === undefined ? undefined : keys.idOf(text);
}

function optionalTag(text: string | undefined, keys: SessionKeys): string | undefined {
  return text === undefined ? undefined : keys.tag(text);
}

function toolCallDigestOf(call: ToolObservation, keys: SessionKeys): string | undefined {
  const { toolCallDigest: given } = call;
  return given !== undefined && ID.test(given) ? given : optionalDigest(call.toolCallId, keys);
}

/** The name is the person's, from the client's file; what starts a server may be anything. */
function serverTagOf(
  { serverName, server }: ToolObservation,
  { keys, hashNames }: CaptureContext,
): string | undefined {
  if (serverName !== undefined) return ownLabelOf(serverName, keys, hashNames);
  return optionalTag(server, keys);
}

/** An agent without a name is nobody in particular. */
function agentTagOf({ agent, agentTag }: Place, keys: SessionKeys): string | undefined {
  if (agentTag !== undefined && TAG.test(agentTag)) return agentTag;
  return typeof agent === "string" && agent !== "" ? keys.tag(agent) : undefined;
}

/** A host's number as a count, or nothing when it is none. */
function count(value: number | undefined): number | undefined {
  if (value === undefined) return undefined;
  const rounded = Math.round(value);
  return Number.isSafeInteger(rounded) && rounded >= 0 ? rounded : undefined;
}

function integer(value: number | undefined): number | undefined {
  return Number.isSafeInteger(value) ? value : undefined;
}

type Defined<T> = { [K in keyof T as undefined extends T[K] ? never : K]: T[K] } & {
  [K in keyof T as undefined extends T[K] ? K : never]?: Exclude<T[K], undefined>;
};

/** The same object without the keys that are undefined: absent means absent. */
function defined<T extends object>(fields: T): Defined<T> {
  const kept: Record<string, unknown> = {};
  for (const key in fields) {
    if (fields[key] !== undefined) kept[key] = fields[key];
  }
  // True because a key is dropped exactly when its value is undefined, as `Defined` says.
  return kept as Defined<T>;
}
