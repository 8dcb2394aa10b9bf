import { fromUtf8 } from "./bytes.ts";

const MAX_LINE_BYTES = 16_384;
const TOMBSTONE =
  /^\{"tombstone":\{"leaf":"([0-9a-f]{64})","run":"([0-9a-f]{32})","seq":([1-9]\d{0,14})\}\}$/;

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
  const [, leaf, run, seq] = TOMBSTONE.exec(text) ?? [];
  if (leaf !== undefined && run !== undefined) {
    const gone = { previousHash: undefined, sessionId: undefined, lifecycle: undefined };
    return { ...gone, leaf, run, seq: Number(seq) };
  }
  try {
    const record: unknown = JSON.parse(text);
    return canonical(record) === text ? lineOf(record) : undefined;
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

/** RFC 8785, for values as records hold them: objects, strings, integers and booleans. */
function canonical(value: unknown): string {
  if (!isObject(value)) return JSON.stringify(value);
  const members = Object.keys(value)
    .sort()
    .map((name) => `${JSON.stringify(name)}:${canonical(value[name])}`);
  return `{${members.join(",")}}`;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
