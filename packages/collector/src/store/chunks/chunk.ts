/**
 * Records of one session that stand together, compressed. A record names its agent, its run, its tools
 * and its findings as the record before it does: together they take a sixth of the bytes.
 */
import zlib from "node:zlib";
import { integer, type Row } from "../columns/columns.ts";
import type { KeptRecord } from "../columns/ledger-columns.ts";

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

/** The first byte of a body. Only from Node 22.15 on is there Zstandard, which takes a third of the time. */
const DEFLATE = 1;
const ZSTANDARD = 2;
/** Higher levels take longer and give nothing: half of what is left of a record are digests. */
const LEVEL = 1;
/** The fields of a record, and the next record. None of the texts has a line feed. */
const SEPARATOR = "\n";
const FIELDS = 3;

/** @param records at most {@link CHUNK_RECORDS}, in their order, without a gap */
function encodeChunk(records: readonly KeptRecord[]): Chunk {
  let beforeMs = 0;
  const fields = records.flatMap(({ receivedMs, line, standing }) => {
    const later = receivedMs - beforeMs;
    beforeMs = receivedMs;
    return [String(later), line, standing ?? ""];
  });
  const first = records[0]?.index ?? 0;
  return { first, count: records.length, body: compress(fields.join(SEPARATOR)) };
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

/** @throws {Error} where this Node does not know how it was compressed, or it is damaged */
export function decodeChunk({ first, count, body }: Chunk): readonly KeptRecord[] {
  const fields = expand(body).split(SEPARATOR);
  if (fields.length !== count * FIELDS) throw new Error("a chunk of records is damaged");
  let receivedMs = 0;
  return Array.from({ length: count }, (_, at) => {
    const [later, line = "", standing] = fields.slice(at * FIELDS, (at + 1) * FIELDS);
    receivedMs += Number(later);
    return { index: first + at, line, receivedMs, standing: standing || undefined };
  });
}

function compress(text: string): Uint8Array {
  const { zstdCompressSync, constants } = zlib;
  if (zstdCompressSync === undefined) {
    return Buffer.concat([Buffer.of(DEFLATE), zlib.deflateRawSync(text, { level: LEVEL })]);
  }
  const params = { [constants.ZSTD_c_compressionLevel]: LEVEL };
  return Buffer.concat([Buffer.of(ZSTANDARD), zstdCompressSync(text, { params })]);
}

function expand(body: Uint8Array): string {
  const packed = body.subarray(1);
  if (body[0] === DEFLATE) return zlib.inflateRawSync(packed).toString("utf8");
  if (body[0] !== ZSTANDARD) throw new Error("a chunk of records of a newer program: update caum");
  if (zlib.zstdDecompressSync === undefined) {
    throw new Error("records were compressed with Zstandard: Node 22.15 or later reads them");
  }
  return zlib.zstdDecompressSync(packed).toString("utf8");
}
