/** JSON-RPC messages as the recorder sees them: what is needed to pair and to digest them. */
import { parseJson } from "@caum/core/adapter";
import { type Fields, fieldsOf, textOf } from "./fields.ts";
import { elementsOf, memberOf, type TextPlace } from "./json-outline.ts";

/** A number that no double can hold is a bigint: two of them must not become one. */
export type RequestId = string | number | bigint;

/** A value too long to be parsed: its first bytes and its whole length. */
export interface CutValue {
  readonly head: Buffer;
  readonly byteLength: number;
}

export interface Request {
  readonly kind: "request";
  readonly id: RequestId;
  readonly method: string;
  readonly params: Fields;
  /** In place of the arguments, when the line was too long. */
  readonly cut?: CutValue;
}

export interface Notification {
  readonly kind: "notification";
  readonly method: string;
  readonly params: Fields;
  /** The request that it is about. */
  readonly requestId?: RequestId;
}

export interface Reply {
  readonly kind: "reply";
  /** Absent in an answer to something that the other side could not read. */
  readonly id?: RequestId;
  /** Present when the reply is a JSON-RPC error; 0 when it has no code. */
  readonly errorCode?: number;
  /** The error says that time ran out. */
  readonly isTimeout?: boolean;
  /** Absent when it is an error, or no object. */
  readonly result?: Fields;
  /** Beside what could be read of `result`, when the line was too long. */
  readonly cut?: CutValue;
  /** Bytes of its middle are missing: what was not found in it may stand there. */
  readonly isCut?: true;
}

export type Message = Request | Notification | Reply;

/** How clients and servers say in words that they waited for too long. */
const TIMEOUT = /time[d]?[- ]?out|deadline/i;

/** The messages of a text: one, or those of a batch. */
export function messagesOfText(bytes: Buffer): readonly Message[] {
  const parsed = parseJson(bytes.toString("utf8"));
  if (!Array.isArray(parsed)) return present(messageOf(parsed, bytes));
  const elements = parsed.some(hasUnsafeId) ? elementsOf(bytes, 0) : [];
  return parsed.flatMap((one, index) => {
    const place = elements[index];
    return present(messageOf(one, place && bytes.subarray(place.start, place.end)));
  });
}

/**
 * The message that a parsed value is, if it is one.
 *
 * @param bytes what it was parsed from, for ids that lose digits in it
 */
export function messageOf(value: unknown, bytes?: Buffer): Message | undefined {
  const fields = fieldsOf(value);
  if (!fields) return undefined;
  const { method } = fields;
  const id = idOf(fields.id, bytes, ["id"]);
  if (typeof method !== "string") return replyOf(id, fields);
  const params = fieldsOf(fields.params) ?? {};
  if (id !== undefined) return { kind: "request", id, method, params };
  const requestId = idOf(params.requestId, bytes, ["params", "requestId"]);
  return {
    kind: "notification",
    method,
    params,
    ...(requestId === undefined ? {} : { requestId }),
  };
}

/** Whether words of the other side say that time ran out. */
export function saysTimeout(words: unknown): boolean {
  return TIMEOUT.test(textOf(words) ?? "");
}

function replyOf(id: RequestId | undefined, fields: Fields): Reply | undefined {
  const named = id === undefined ? {} : { id };
  if ("error" in fields) {
    const error = fieldsOf(fields.error);
    const errorCode = typeof error?.code === "number" ? error.code : 0;
    // Without an id, much that is no answer has an error: lines of a log, refusals of OAuth.
    if (id === undefined && (fields.jsonrpc !== "2.0" || errorCode === 0)) return undefined;
    return { kind: "reply", ...named, errorCode, isTimeout: saysTimeout(error?.message) };
  }
  if (!("result" in fields) || id === undefined) return undefined;
  const result = fieldsOf(fields.result);
  return { kind: "reply", id, ...(result ? { result } : {}) };
}

function idOf(value: unknown, bytes: Buffer | undefined, path: string[]): RequestId | undefined {
  if (typeof value === "string") return value;
  if (typeof value !== "number") return undefined;
  if (Number.isSafeInteger(value) || !bytes) return value;
  let member: TextPlace | undefined = { start: 0 };
  for (const key of path) member &&= memberOf(bytes, member.start, key);
  const text = member && bytes.toString("latin1", member.start, member.end);
  return text !== undefined && /^-?\d+$/.test(text) ? BigInt(text) : value;
}

function hasUnsafeId(value: unknown): boolean {
  const fields = fieldsOf(value);
  const ids = [fields?.id, fieldsOf(fields?.params)?.requestId];
  return ids.some((id) => typeof id === "number" && !Number.isSafeInteger(id));
}

function present<T>(value: T | undefined): readonly T[] {
  return value === undefined ? [] : [value];
}
