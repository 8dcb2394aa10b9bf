import { hash } from "node:crypto";
import type { ToolAnswer, ToolRequest } from "./dialects/model-turn.ts";

/** A call that a model asked for, as far as later requests and answers may speak of it. */
export interface AskedCall {
  /** Unique in the process, which the ids of compatible servers are not. */
  readonly place: string;
  readonly name: string;
  /** Under which id it is recorded. */
  readonly id: string | undefined;
  /** Equal for calls of one tool with equal arguments. */
  readonly trace: string;
  readonly choice: number;
  readonly isVendors: boolean;
  /** Every id it is known by: another answer to choose from may ask for the same. */
  ids: readonly string[];
  isSettled: boolean;
}

/**
 * The call that an answer is of: the first open one with its id, else with its name. Servers give
 * the same id to several calls, or none; answers come in the order of the calls then.
 */
export function callAnsweredBy<Call extends Pick<AskedCall, "ids" | "name" | "isSettled">>(
  calls: readonly Call[],
  { id, name }: Pick<ToolAnswer, "id" | "name">,
): Call | undefined {
  const open = calls.filter(({ isSettled }) => !isSettled);
  if (id !== undefined) return open.find(({ ids }) => ids.includes(id));
  const nameless = open.filter(({ ids }) => ids.length === 0);
  const likely = nameless.length > 0 ? nameless : open;
  return likely.find((call) => name === undefined || call.name === name);
}

/** A call with what the answer says of it. */
export type Asked = readonly [AskedCall, ToolRequest];

/** The calls of an answer; what several answers to choose from ask for alike is one call. */
export function askedCalls(requests: readonly ToolRequest[], turn: string): Asked[] {
  const asked: Asked[] = [];
  for (const request of requests) {
    const call = askedCall(request, `${turn}/${asked.length}`);
    const twin = asked.find(([{ choice, trace }]) => choice < call.choice && trace === call.trace);
    if (twin === undefined) asked.push([call, request]);
    else twin[0].ids = [...twin[0].ids, ...call.ids];
  }
  return asked;
}

export function askedCall(request: ToolRequest, place: string): AskedCall {
  const { id, name, choice = 0, isVendors = false } = request;
  const ids = id === undefined ? [] : [id];
  const isSettled = false;
  return { place, name, id, ids, choice, isVendors, isSettled, trace: traceOf(request) };
}

/** What is looked at of arguments: enough to tell calls apart. */
const MAX_TRACED = 4_096;

/** Tool and arguments, so that a call is known again; it stays in memory. */
export function traceOf({ name, arguments: values }: ToolRequest): string {
  const written: string[] = [name];
  write(values, written, MAX_TRACED);
  return hash("sha256", written.join("\n"), "base64");
}

/** Writes a value down up to a length, whatever order its keys come in. */
function write(value: unknown, written: string[], room: number): number {
  if (room <= 0) return 0;
  if (typeof value !== "object" || value === null) {
    const text = typeof value === "string" ? `"${value.slice(0, room)}` : String(value);
    written.push(text);
    return room - text.length - 1;
  }
  let left = room;
  const entries = Array.isArray(value) ? value.entries() : sortedEntries(value);
  for (const [key, entry] of entries) {
    if (left <= 0) return 0;
    written.push(`${key}:`);
    left = write(entry, written, left - String(key).length - 2);
  }
  written.push(Array.isArray(value) ? "]" : "}");
  return left - 2;
}

function sortedEntries(value: object): [string, unknown][] {
  return Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
}
