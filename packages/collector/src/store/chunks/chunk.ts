/**
 * Records of one session that stand together, compressed. A record names its agent, its run, its tools
 * and its findings as the record before it does: together they take a sixth of the bytes.
 */
import { integer, type Row } from "../columns/columns.ts";
import { type KeptRecord, leafOf } from "../columns/ledger-columns.ts";
import { compress, expand, isOfNewerNode } from "./compressed.ts";

/** Records of a session at positions that follow each other. */
export interface Chunk {
  /** Position of the first one. */
  readonly first: number;
  readonly count: number;
  readonly body: Uint8Array;
}

/** More records are several chunks: whoever reads one record reads its chunk. */
export const CHUNK_RECORDS = 256;
/** A group with so many records of a session writes them as chunks; fewer gain little. */
export const WORTH_A_CHUNK = 32;

/** A body begins with the leaves, which nothing makes smaller; behind them is the text, compressed. */
const LEAF_BYTES = 32;
/** Before a leaf that is among them; of a line nothing that a sender can name has quotes. */
const LINK = '"previousHash":';
const TOMBSTONE = '{"tombstone":{"leaf":';
/** In place of such a leaf: no JSON has it there. */
const KNOWN = "^";

/** The fields of a record, and the next record. None of the texts has a line feed. */
const SEPARATOR = "\n";
const FIELDS = 3;

/** @param records at most {@link CHUNK_RECORDS}, in their order, without a gap */
function encodeChunk(records: readonly KeptRecord[]): Chunk {
  const leaves = records.map(leafOf);
  const fields: string[] = [];
  let beforeMs = 0;
  for (const [at, { receivedMs, line, standing = "" }] of records.entries()) {
    fields.push(String(receivedMs - beforeMs), withoutLeaf(line, leaves, at), standing);
    beforeMs = receivedMs;
  }
  const first = records[0]?.index ?? 0;
  const body = Buffer.concat([
    Buffer.from(leaves.join(""), "hex"),
    compress(fields.join(SEPARATOR)),
  ]);
  return { first, count: records.length, body };
}

/** As many as the records need. @param records in their order, without a gap */
export function encodeChunks(records: readonly KeptRecord[]): readonly Chunk[] {
  const chunks: Chunk[] = [];
  for (let from = 0; from < records.length; from += CHUNK_RECORDS) {
    chunks.push(encodeChunk(records.slice(from, from + CHUNK_RECORDS)));
  }
  return chunks;
}

export function chunkOf(row: Row): Chunk {
  const { body } = row;
  if (!(body instanceof Uint8Array)) throw new TypeError("a chunk without a body");
  return { first: integer(row, "first"), count: integer(row, "count"), body };
}

/** Whether this Node is too old to read it. */
export function isUnreadable({ count, body }: Chunk): boolean {
  return isOfNewerNode(body.subarray(count * LEAF_BYTES));
}

/** @throws {Error} where this Node does not know how it was compressed, or it is damaged */
export function decodeChunk({ first, count, body }: Chunk): readonly KeptRecord[] {
  const fields = expand(body.subarray(count * LEAF_BYTES)).split(SEPARATOR);
  if (fields.length !== count * FIELDS) throw new Error("a chunk of records is damaged");
  const leaves = Array.from({ length: count }, (_, at) => leafAt(body, at));
  let receivedMs = 0;
  return leaves.map((leaf, at) => {
    const [later, line = "", standing] = fields.slice(at * FIELDS, (at + 1) * FIELDS);
    receivedMs += Number(later);
    return {
      index: first + at,
      leaf,
      line: withLeaf(line, leaves, at),
      receivedMs,
      standing: standing || undefined,
    };
  });
}

function leafAt({ buffer, byteOffset }: Uint8Array, at: number): string {
  return Buffer.from(buffer, byteOffset + at * LEAF_BYTES, LEAF_BYTES).toString("hex");
}

/** The line without the leaf in it that is known: of the record before it, or its own. */
function withoutLeaf(line: string, leaves: readonly string[], at: number): string {
  const isTombstone = line.startsWith(TOMBSTONE);
  const start = isTombstone ? TOMBSTONE : LINK;
  const known = isTombstone ? leaves[at] : leaves[at - 1];
  const found = isTombstone ? 0 : line.indexOf(start);
  const from = found + start.length;
  // Between quotes.
  if (known === undefined || found < 0 || !line.startsWith(known, from + 1)) return line;
  return `${line.slice(0, from)}${KNOWN}${line.slice(from + known.length + 2)}`;
}

function withLeaf(line: string, leaves: readonly string[], at: number): string {
  const isTombstone = line.startsWith(TOMBSTONE);
  const start = isTombstone ? TOMBSTONE : LINK;
  const found = line.indexOf(`${start}${KNOWN}`);
  if (found < 0) return line;
  const end = found + start.length;
  const known = isTombstone ? leaves[at] : leaves[at - 1];
  return `${line.slice(0, end)}"${known}"${line.slice(end + KNOWN.length)}`;
}
