/** One leaf, its way to the root and the signed root, as one text (C2SP tlog-proof). */
import { EvidenceError } from "../error.ts";
import { fromHex, fromUtf8, strictBase64, toBase64, toHex } from "../rules/bytes.ts";
import { HASH_BYTES } from "../tree/inclusion.ts";
import { parseSize } from "./checkpoint.ts";

/** Room for a path of 64 hashes beside the longest note. */
export const MAX_PROOF_BYTES = 147_456;
const HEADER = "c2sp.org/tlog-proof@v1";
/** A tree of 2^53 leaves is 53 levels deep. */
const MAX_HASHES = 64;

export interface TlogProof {
  readonly index: number;
  /** Siblings from the leaf up, 64 hex each. */
  readonly hashes: readonly string[];
  /** The signed checkpoint, byte for byte. */
  readonly note: string;
}

export function formatTlogProof(proof: TlogProof): string {
  const hashes = proof.hashes.map((hash) => `${toBase64(fromHex(hash))}\n`);
  return `${HEADER}\nindex ${proof.index}\n${hashes.join("")}\n${proof.note}`;
}

/** @throws {EvidenceError} when the bytes are no proof; the note in it is not looked at */
export function parseTlogProof(bytes: Uint8Array): TlogProof {
  const text = bytes.length > MAX_PROOF_BYTES ? undefined : fromUtf8(bytes);
  if (text === undefined) throw invalid("it is too long or not UTF-8");
  const split = text.indexOf("\n\n");
  if (split === -1) throw invalid("it holds no checkpoint");
  const [header, ...fields] = text.slice(0, split).split("\n");
  if (header !== HEADER) throw invalid("its first line names no known format");
  if (fields[0]?.startsWith("extra ")) {
    const extra = fields.shift() ?? "";
    if (strictBase64(extra.slice("extra ".length)) === undefined) throw invalid("bad extra line");
  }
  const indexLine = fields.shift() ?? "";
  const index = indexLine.startsWith("index ") ? parseSize(indexLine.slice(6)) : undefined;
  if (index === undefined) throw invalid("its index is no number");
  if (fields.length > MAX_HASHES) throw invalid("it holds more hashes than any tree is deep");
  return { index, hashes: fields.map(parseHash), note: text.slice(split + 2) };
}

function parseHash(line: string): string {
  const hash = strictBase64(line);
  if (hash?.length !== HASH_BYTES) throw invalid("a hash is malformed");
  return toHex(hash);
}

function invalid(why: string): EvidenceError {
  return new EvidenceError("invalid_proof", `not a proof: ${why}`);
}
