/** JSON-RPC messages as the recorder sees them: what is needed to pair and to digest them. */
import type { Line } from "../../relay/tapped/line-framer.ts";
import { readCutLine } from "./cut-message.ts";
import { type Fields, fieldsOf } from "./fields.ts";

export type RequestId = string | number;

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
}

export interface Reply {
  readonly kind: "reply";
  readonly id: RequestId;
  /** Present when the reply is a JSON-RPC error; 0 when it has no code. */
  readonly errorCode?: number;
  /** Absent when it is an error, or no object. */
  readonly result?: Fields;
  /** Beside what could be read of `result`, when the line was too long. */
  readonly cut?: CutValue;
}

export type Message = Request | Notification | Reply;

/** Every message of a line: none when it is noise, several when it is a batch. */
export function messagesOf(line: Line): readonly Message[] {
  if (line.tail) return present(readCutLine(line.head, line.tail, line.byteLength));
  return messagesOfText(line.head.toString("utf8"));
}

export function messagesOfText(text: string): readonly Message[] {
  const parsed = parse(text);
  if (Array.isArray(parsed)) return parsed.flatMap((one) => present(messageOf(one)));
  return present(messageOf(parsed));
}

/** The message that a parsed value is, if it is one. */
export function messageOf(value: unknown): Message | undefined {
  const fields = fieldsOf(value);
  if (!fields) return undefined;
  const { id, method } = fields;
  const hasId = typeof id === "string" || typeof id === "number";
  if (typeof method === "string") {
    const params = fieldsOf(fields.params) ?? {};
    return hasId
      ? { kind: "request", id, method, params }
      : { kind: "notification", method, params };
  }
  return hasId ? replyOf(id, fields) : undefined;
}

function replyOf(id: RequestId, fields: Fields): Reply | undefined {
  if ("error" in fields) {
    const code = fieldsOf(fields.error)?.code;
    return { kind: "reply", id, errorCode: typeof code === "number" ? code : 0 };
  }
  if (!("result" in fields)) return undefined;
  const result = fieldsOf(fields.result);
  return { kind: "reply", id, ...(result ? { result } : {}) };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function present<T>(value: T | undefined): readonly T[] {
  return value === undefined ? [] : [value];
}
