/** From an observation to what is kept of it. */

import { errorClassOf } from "../error-class.ts";
import type { SessionKeys } from "../keys/session-keys.ts";
import { knownWord, labelOf, ownLabelOf } from "../label.ts";
import { opOf } from "../operation.ts";
import { type Envelope, OPS, type PayloadByCategory, STATUSES, type Unplaced } from "../record.ts";
import type { Shape } from "../shape/shape.ts";
import {
  agentTagOf,
  optionalDigest,
  optionalTag,
  shapeOrDigest,
  signatureOrWritten,
  toolCallDigestOf,
} from "./keyed-facts.ts";
import { NANO_USD_PER_USD } from "./nano-usd.ts";
import {
  BOUNDS,
  type CaptureContext,
  type EnvironmentObservation,
  type Observation,
  type ObservedDraft,
  type PlaceInWork,
  type ReasoningObservation,
  ROLES,
  type ToolObservation,
  type Usage,
} from "./observation.ts";
import { readTraceParent, traceLinkOf } from "./trace-parent.ts";

type Placed = "parentEventId" | "traceId" | "causationEventId";

/** The structure of an observation: nothing of its content is left in the answer. */
export function payloadOf(observation: Observation, context: CaptureContext): ObservedDraft {
  switch (observation.kind) {
    case "turn":
    case "message":
      return {
        category: "reasoning",
        payload: reasoningPayload(observation, context),
        ...placeOf(observation, context.keys),
      };
    case "environment":
      return { category: "environment", payload: environmentPayload(observation, context) };
    default:
      return {
        category: "tool_api",
        payload: toolPayload(observation, context),
        ...placeOf(observation, context.keys),
      };
  }
}

/** A parent that is no text, or is empty, groups nothing. */
function placeOf({ parent, traceparent }: PlaceInWork, keys: SessionKeys): Pick<Envelope, Placed> {
  const trace = traceparent === undefined ? undefined : readTraceParent(traceparent);
  const link = trace && traceLinkOf(trace, keys);
  if (typeof parent !== "string" || parent === "") return link ?? {};
  return { parentEventId: keys.parentIdOf(parent), ...link };
}

function toolPayload(
  call: ToolObservation,
  context: CaptureContext,
): Unplaced<PayloadByCategory["tool_api"]> {
  const { keys } = context;
  const label = (text: string | undefined) => optionalLabel(text, context);
  const argumentsShape = shapeOrDigest(call.argumentsShape, call.arguments, "args", keys);
  const resultShape = shapeOrDigest(call.resultShape, call.result, "result", keys);
  return absentWhereUndefined({
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
    inputTokens: count(call.inputTokens),
    outputTokens: count(call.outputTokens),
    costNanoUsd: costOf(call),
    durationMs: count(call.durationMs),
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
  return absentWhereUndefined({
    kind: turn.kind,
    status: knownWord(STATUSES, turn.status ?? "ok") ?? "unknown",
    role: knownWord(ROLES, turn.role),
    provider: optionalLabel(turn.provider, context),
    model: optionalLabel(turn.model, context),
    responseId: optionalDigest(turn.responseId, keys),
    finishReason: optionalLabel(turn.finishReason, context),
    inputTokens: count(turn.inputTokens),
    outputTokens: count(turn.outputTokens),
    costNanoUsd: costOf(turn),
    durationMs: count(turn.durationMs),
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
  return absentWhereUndefined({
    kind: labelOf(change.change, context.keys, false),
    subject: optionalLabel(change.subject, context),
    changeHash: shape?.hash,
  });
}

function costOf({ costUsd }: Usage): number | undefined {
  return costUsd === undefined ? undefined : count(costUsd * NANO_USD_PER_USD);
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

/** The name is the person's, from the client's file; what starts a server may be anything. */
function serverTagOf(
  { serverName, server }: ToolObservation,
  { keys, hashNames }: CaptureContext,
): string | undefined {
  if (serverName !== undefined) return ownLabelOf(serverName, keys, hashNames);
  return optionalTag(server, keys);
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

/**
 * What is undefined is absent: who writes a record leaves it out. The keys stay, so that all payloads
 * of a kind are objects of one form, which V8 reads several times as fast.
 */
function absentWhereUndefined<T extends object>(fields: T): Defined<T> {
  // Nobody asks whether a key is there, only what its value is.
  return fields as Defined<T>;
}
