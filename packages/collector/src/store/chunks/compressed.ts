/** Texts that are stored compressed. A byte before each says how. */
import zlib from "node:zlib";

const DEFLATE = 1;
/** Only from Node 22.15 on; it takes a third of the time. */
const ZSTANDARD = 2;
/** Higher levels take longer and give nothing here: what is left of our texts are digests. */
const LEVEL = 1;

export function compress(text: string): Uint8Array {
  const { zstdCompressSync, constants } = zlib;
  if (zstdCompressSync === undefined) {
    return Buffer.concat([Buffer.of(DEFLATE), zlib.deflateRawSync(text, { level: LEVEL })]);
  }
  const params = { [constants.ZSTD_c_compressionLevel]: LEVEL };
  return Buffer.concat([Buffer.of(ZSTANDARD), zstdCompressSync(text, { params })]);
}

/** Whether there may be something that this Node is too old to read. */
export function isOldNode(): boolean {
  return zlib.zstdDecompressSync === undefined;
}

/** Whether only a newer Node reads it. */
export function isOfNewerNode([how]: Uint8Array): boolean {
  return how === ZSTANDARD && isOldNode();
}

/** @throws {Error} where this Node does not know how it was compressed, or it is damaged */
export function expand(compressed: Uint8Array): string {
  const [how] = compressed;
  const bytes = compressed.subarray(1);
  if (how === DEFLATE) return zlib.inflateRawSync(bytes).toString("utf8");
  if (how !== ZSTANDARD) throw new Error("it was compressed by a newer program: update caum");
  if (zlib.zstdDecompressSync === undefined) {
    throw new Error("it was compressed with Zstandard, which Node 22.15 or later reads");
  }
  return zlib.zstdDecompressSync(bytes).toString("utf8");
}
