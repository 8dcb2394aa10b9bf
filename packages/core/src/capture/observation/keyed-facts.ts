/** Facts of an observation that are kept as digests, tags and shapes. */
import type { SessionKeys } from "../keys/session-keys.ts";
import { isShape, type Shape, shapeOf, shapeOfArguments } from "../shape/shape.ts";
import { isSignature, signatureOf } from "../shape/signature.ts";
import type { PlaceInWork, ToolObservation } from "./observation.ts";

const ID = /^[0-9a-f]{32}$/;
const TAG = /^x-[0-9a-f]{8}$/;

export function signatureOrWritten(call: ToolObservation, keys: SessionKeys): string | undefined {
  const { argumentsSignature: given, arguments: value } = call;
  if (given !== undefined && isSignature(given)) return given;
  return value === undefined ? undefined : signatureOf(value, keys);
}

export function shapeOrDigest(
  shape: Shape | undefined,
  value: unknown,
  purpose: "args" | "result" | "message" | "state",
  keys: SessionKeys,
): Shape | undefined {
  if (shape !== undefined && isShape(shape)) return shape;
  if (value === undefined) return undefined;
  return purpose === "args" ? shapeOfArguments(value, keys) : shapeOf(value, purpose, keys);
}

/** Ids are correlation, not content, but a host may put anything into them. */
export function optionalDigest(text: string | undefined, keys: SessionKeys): string | undefined {
  return text === undefined ? undefined : keys.idOf(text);
}

export function optionalTag(text: string | undefined, keys: SessionKeys): string | undefined {
  return text === undefined ? undefined : keys.tag(text);
}

export function toolCallDigestOf(call: ToolObservation, keys: SessionKeys): string | undefined {
  const { toolCallDigest: given } = call;
  return given !== undefined && ID.test(given) ? given : optionalDigest(call.toolCallId, keys);
}

/** An agent without a name is nobody in particular. */
export function agentTagOf(
  { agent, agentTag }: PlaceInWork,
  keys: SessionKeys,
): string | undefined {
  if (agentTag !== undefined && TAG.test(agentTag)) return agentTag;
  return typeof agent === "string" && agent !== "" ? keys.tag(agent) : undefined;
}
