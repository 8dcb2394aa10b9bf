import { canonicalJson, MAX_LINE_BYTES, parseTombstone } from "@caum/core/verify/rules";
import { fromUtf8 } from "./bytes.ts";

/** A line of the records file: a record, or what is left of a deleted one. */
export interface Line {
  readonly run: string;
  readonly seq: number;
  /** What it says the leaf before it is; undefined for a tombstone, which no longer says it. */
  readonly previousHash: string | undefined;
  readonly sessionId: string | undefined;
  /** Known without hashing only for a tombstone. */
  readonly leaf: string | undefined;
  /** Of a lifecycle record: its payload. */
  readonly lifecycle: Readonly<Record<string, unknown>> | undefined;
}

/** @returns undefined when the line is not its own canonical form, or no record */
export function readLine(bytes: Uint8Array): Line | undefined {
  const text = bytes.length > MAX_LINE_BYTES ? undefined : fromUtf8(bytes);
  if (text === undefined) return undefined;
  const tombstone = parseTombstone(text);
  if (tombstone !== undefined) {
    return { previousHash: undefined, sessionId: undefined, lifecycle: undefined, ...tombstone };
  }
  try {
    const record: unknown = JSON.parse(text);
    return canonicalJson(record) === text ? lineOf(record) : undefined;
  } catch {
    return undefined;
  }
}

function lineOf(record: unknown): Line | undefined {
  if (!isObject(record) || !isObject(record.payload)) return undefined;
  const { runId: run, sessionId, previousHash, category, payload } = record;
  const { seq } = payload;
  if (typeof run !== "string" || typeof sessionId !== "string") return undefined;
  if (typeof previousHash !== "string" || !Number.isSafeInteger(seq)) return undefined;
  const lifecycle = category === "lifecycle" ? payload : undefined;
  return { run, sessionId, previousHash, seq: Number(seq), leaf: undefined, lifecycle };
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
