/**
 * The message of a line that is too long to be kept: SDK clients and servers write `id` behind the
 * long value, others before it, so both ends are read.
 */
import { type Fields, fieldsOf } from "./fields.ts";
import { endingOf, type Member, membersOf, valueAt } from "./json-outline.ts";
import type { CutValue, Message } from "./message.ts";

/** Members of `params` and `result` that matter here; the long one is never among them. */
const SMALL_MEMBERS = ["name", "uri", "_meta", "isError", "resultType", "requestState", "taskId"];

interface CutLine {
  readonly head: Buffer;
  readonly members: readonly Member[];
  /** Members of the message that stand behind the long value. */
  readonly behind: ReadonlyMap<string, unknown>;
  /** The end of the long value, as text, and how many bytes stand behind it. */
  readonly longEnding: string;
  readonly behindBytes: number;
  readonly byteLength: number;
}

export function readCutLine(head: Buffer, tail: Buffer, byteLength: number): Message | undefined {
  const text = tail.toString("latin1");
  const ending = endingOf(text);
  const line: CutLine = {
    head,
    members: membersOf(head, 0),
    behind: ending.members,
    longEnding: ending.rest,
    behindBytes: text.length - ending.rest.length,
    byteLength,
  };
  const id = memberOf(line, "id");
  const method = memberOf(line, "method");
  if (typeof id !== "string" && typeof id !== "number") return undefined;
  if (typeof method === "string") return { kind: "request", id, method, ...paramsOf(line) };
  const result = line.members.find((member) => member.key === "result");
  if (result) {
    return { kind: "reply", id, result: smallMembers(line, result), cut: cutOf(line, result) };
  }
  return line.members.some((member) => member.key === "error")
    ? { kind: "reply", id, errorCode: errorCodeOf(line) }
    : undefined;
}

function memberOf(line: CutLine, key: string): unknown {
  const before = line.members.find((member) => member.key === key);
  return before ? valueAt(line.head, before) : line.behind.get(key);
}

/** `params` with the long arguments left out, and those as bytes. */
function paramsOf(line: CutLine): { readonly params: Fields; readonly cut?: CutValue } {
  const params = line.members.find((member) => member.key === "params");
  if (!params) return { params: {} };
  if (params.end !== undefined) return { params: fieldsOf(valueAt(line.head, params)) ?? {} };
  const long = membersOf(line.head, params.start).find((member) => member.end === undefined);
  return {
    params: smallMembers(line, params),
    cut: cutOf(line, long?.key === "arguments" ? long : params),
  };
}

function smallMembers(line: CutLine, parent: Member): Fields {
  const fields: Record<string, unknown> = {};
  for (const member of membersOf(line.head, parent.start)) {
    if (SMALL_MEMBERS.includes(member.key)) fields[member.key] = valueAt(line.head, member);
  }
  if (parent.end === undefined) {
    for (const [key, value] of endingOf(line.longEnding).members) {
      if (SMALL_MEMBERS.includes(key)) fields[key] ??= value;
    }
  }
  return fields;
}

function cutOf(line: CutLine, long: Member): CutValue {
  return {
    head: line.head.subarray(long.start, long.end),
    byteLength: (long.end ?? line.byteLength - line.behindBytes) - long.start,
  };
}

function errorCodeOf(line: CutLine): number {
  const error = line.members.find((member) => member.key === "error");
  const members = error ? membersOf(line.head, error.start) : [];
  const code = valueAt(
    line.head,
    members.find((member) => member.key === "code"),
  );
  return typeof code === "number" ? code : 0;
}
