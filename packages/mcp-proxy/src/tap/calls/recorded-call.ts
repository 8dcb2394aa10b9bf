/** Which requests are recorded as calls, and under what name; the rest is the protocol's own talk. */
import { createHash } from "node:crypto";
import type { Op } from "@caum/core";
import { type Fields, textOf, without } from "../messages/fields.ts";
import type { CutValue, Request } from "../messages/message.ts";
import { type ToldByClient, toldByClient } from "./told-by-client.ts";

export interface RecordedCall {
  readonly method: string;
  readonly tool: string;
  readonly op?: Op;
  readonly arguments?: unknown;
  readonly cutArguments?: CutValue;
  readonly told?: ToldByClient;
}

/** Differ from call to call without meaning anything: progress tokens, trace ids, answers to questions. */
const NOT_ARGUMENTS = ["_meta", "requestState", "inputResponses", "task"];

const EMPTY = Buffer.alloc(0);
/** In characters: what is shorter costs less as it is than its digest. */
const LONGEST_IDENTITY = 256;

const TO_SERVER = new Map<string, Op | undefined>([
  ["tools/call", undefined],
  ["resources/read", "read"],
  ["prompts/get", "read"],
]);
const TO_CLIENT = new Map<string, Op | undefined>([
  ["sampling/createMessage", "other"],
  ["elicitation/create", "other"],
]);

/** The call that a request is; undefined when it is none. */
export function recordedCallOf(request: Request, toServer: boolean): RecordedCall | undefined {
  const kinds = toServer ? TO_SERVER : TO_CLIENT;
  if (!kinds.has(request.method)) return undefined;
  const { method, params } = request;
  if (method === "tools/call") return toolCall(request);
  const op = kinds.get(method);
  return {
    method,
    tool: `mcp:${method}`,
    told: { traceparent: toldByClient(params).traceparent },
    ...(op ? { op } : {}),
    ...(request.cut
      ? { cutArguments: request.cut }
      : { arguments: without(params, NOT_ARGUMENTS) }),
  };
}

function toolCall(request: Request): RecordedCall {
  const tool = textOf(request.params.name) ?? "unnamed";
  const told = toldByClient(request.params);
  if (request.cut) return { method: request.method, tool, told, cutArguments: request.cut };
  return { method: request.method, tool, told, arguments: request.params.arguments ?? {} };
}

/** Whether two calls ask for the same, to the last byte. */
export function isSameCall(one: RecordedCall, other: RecordedCall): boolean {
  if (one === other) return true;
  if (one.method !== other.method || one.tool !== other.tool) return false;
  const [cut, otherCut] = [one.cutArguments, other.cutArguments];
  if (cut || otherCut) {
    return (
      cut?.byteLength === otherCut?.byteLength && cut?.head.equals(otherCut?.head ?? EMPTY) === true
    );
  }
  return JSON.stringify(one.arguments) === JSON.stringify(other.arguments);
}

/** The same for calls that ask for the same, and short however long they are. */
export function identityOf({
  method,
  tool,
  arguments: given,
  cutArguments: cut,
}: RecordedCall): string {
  const text = JSON.stringify([method, tool, cut ? cut.byteLength : given]);
  if (!cut && text.length <= LONGEST_IDENTITY) return text;
  const hash = createHash("sha256").update(text);
  return (cut ? hash.update(cut.head) : hash).digest("base64");
}

/** A result as it is digested: without what the protocol adds around it. */
export function resultContent(result: Fields): Fields {
  return without(result, ["_meta", "resultType", "ttlMs", "cacheScope"]);
}
