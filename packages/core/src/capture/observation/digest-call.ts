/** Observations that wait, for their end or on a disk: their values are digested already. */
import { knownWord, labelOf } from "../label.ts";
import { opOf } from "../operation.ts";
import { OPS } from "../record.ts";
import { agentTagOf, shapeOrDigest, signatureOrWritten, toolCallDigestOf } from "./keyed-facts.ts";
import type { CaptureContext, ReasoningObservation, ToolObservation } from "./observation.ts";

/**
 * The same call with its values already digested, so that it can wait for its end without holding
 * content and without minding what becomes of the values.
 */
export function digestCall(call: ToolObservation, context: CaptureContext): ToolObservation {
  const { keys } = context;
  const { arguments: values, result } = call;
  // Set over, not left out: to copy all but some fields takes V8 three times as long.
  return {
    ...call,
    arguments: undefined,
    result: undefined,
    op: knownWord(OPS, call.op) ?? opOf(call.tool, values, call.annotations),
    argumentsShape: shapeOrDigest(call.argumentsShape, values, "args", keys),
    argumentsSignature: signatureOrWritten(call, keys),
    resultShape: shapeOrDigest(call.resultShape, result, "result", keys),
  };
}

/** The same call with its ids and its agent keyed too, so that it can be left on a disk. */
export function keyCall(call: ToolObservation, context: CaptureContext): ToolObservation {
  const { keys, hashNames } = context;
  const digested = digestCall(call, context);
  const { toolCallId: _id, agent: _agent, traceparent: _trace, tool, ...rest } = digested;
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
  const contentShape = shapeOrDigest(turn.contentShape, turn.content, "message", context.keys);
  return { ...turn, content: undefined, contentShape };
}
