/** Gzips, field by field (RFC 1952), and what any compressed file must give. */
import { crc32, deflateRawSync, gzipSync } from "node:zlib";
import fc from "fast-check";
import { expect, test } from "vitest";
import {
  archiveKind,
  checkTotal,
  checkUnpacked,
  MAX_UNPACKED_BYTES,
  type Packed,
  readGzip,
} from "../../../src/evidence/bundle/packed.ts";
import { told } from "../told.ts";

const CUT = "invalid_bundle: it is cut short";
const UNKNOWN = "invalid_bundle: it is compressed in an unknown way";
const TOO_LONG =
  "invalid_bundle: it is too long to be unpacked in memory: unpack it, then verify the folder";
const bytesOf = (buffer: Uint8Array) => new Uint8Array(buffer);

test.each([
  ["gzip", "\x1f\x8b\x08\x00", "gzip"],
  ["two bytes of gzip", "\x1f\x8b", "gzip"],
  ["one byte of gzip", "\x1f", "tar"],
  ["the second byte of gzip", "\x1e\x8b\x08\x00", "tar"],
  ["the first byte of gzip", "\x1f\x8c\x08\x00", "tar"],
  ["zip", "PK\x03\x04", "zip"],
  ["three bytes of zip", "PK\x03", "tar"],
  ["the end of a zip", "PK\x05\x06", "tar"],
  ["zip and more", "PK\x03\x04more", "zip"],
  ["nothing", "", "tar"],
])("an archive that begins as %s is told by its first bytes", (_what, start, kind) => {
  expect(archiveKind(Buffer.from(start, "latin1"))).toBe(kind);
});

const TEXT = Buffer.from("text of a file\n");
const DEFLATED = deflateRawSync(TEXT);
const END = gzipSync(TEXT).subarray(-8);
const gzipWith = (flags: number, fields: string, method = 8) =>
  bytesOf(
    Buffer.concat([
      Buffer.of(0x1f, 0x8b, method, flags, 1, 2, 3, 4, 5, 6),
      Buffer.from(fields, "latin1"),
      DEFLATED,
      END,
    ]),
  );

test.each([
  ["no field", 0, ""],
  ["a mark that it is text", 1, ""],
  ["a checksum of its header", 2, "\x12\x34"],
  ["an extra field", 4, "\x03\x00abc"],
  ["an empty extra field", 4, "\x00\x00"],
  ["an extra field of 258 bytes", 4, `\x02\x01${"x".repeat(258)}`],
  ["a name", 8, "name\0"],
  ["an empty name", 8, "\0"],
  ["a comment", 16, "comment\0"],
  ["all of them", 31, "\x01\x00xname\0comment\0\x12\x34"],
])("a gzip with %s gives where its bytes lie", (_what, flags, fields) => {
  const packed = readGzip(gzipWith(flags, fields));
  expect(packed).toEqual({
    bytes: bytesOf(DEFLATED),
    isDeflated: true,
    crc: crc32(TEXT),
    byteLength: TEXT.length,
  });
});

test.each([
  ["another method", gzipWith(0, "", 7), UNKNOWN],
  ["a flag that nobody knows", gzipWith(32, ""), UNKNOWN],
  ["every flag", gzipWith(255, ""), UNKNOWN],
  ["nothing", new Uint8Array(0), UNKNOWN],
  ["a name without an end", gzipWith(8, "").fill(1, 10), CUT],
  ["a comment without an end", gzipWith(16, "").fill(1, 10), CUT],
  ["an extra field that is longer than it", gzipWith(4, "\xff\xff"), CUT],
  ["a header alone", gzipWith(0, "").subarray(0, 10), CUT],
  ["one byte less than header and end", gzipWith(0, "").subarray(0, 17), CUT],
])("a gzip with %s is refused", (_what, bytes, why) => {
  expect(told(() => readGzip(bytesOf(bytes)))).toBe(why);
});

test("a gzip of a header and an end gives no bytes, and says how long they would be", () => {
  const bytes = Buffer.concat([
    gzipWith(0, "").subarray(0, 10),
    Buffer.from("0100000002000000", "hex"),
  ]);
  expect(readGzip(bytesOf(bytes))).toMatchObject({ bytes: { length: 0 }, crc: 1, byteLength: 2 });
});

test("a gzip says how long it gets, up to what may be unpacked in memory", () => {
  const sized = (byteLength: number) => {
    const bytes = gzipWith(0, "");
    new DataView(bytes.buffer).setUint32(bytes.length - 4, byteLength, true);
    return told(() => readGzip(bytes));
  };
  expect(sized(MAX_UNPACKED_BYTES)).toMatchObject({ byteLength: 268_435_456 });
  expect(sized(MAX_UNPACKED_BYTES + 1)).toBe(TOO_LONG);
});

const packedOf = (byteLength: number): Packed => ({
  bytes: new Uint8Array(0),
  isDeflated: false,
  crc: 0,
  byteLength,
});

test("all files together may be as long as one", () => {
  const half = MAX_UNPACKED_BYTES / 2;
  expect(told(() => checkTotal([packedOf(half), packedOf(half)]))).toBeUndefined();
  expect(told(() => checkTotal([packedOf(half), packedOf(half), packedOf(1)]))).toBe(TOO_LONG);
  expect(told(() => checkTotal([]))).toBeUndefined();
});

test("what is unpacked has the length and the checksum that were said, or it is not what was packed", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 60 }), fc.nat(), (content, at) => {
      const bytes = bytesOf(content);
      const packed = { bytes, isDeflated: false, crc: crc32(bytes), byteLength: bytes.length };
      expect(checkUnpacked(packed, bytes)).toEqual(bytes);
      const why = told(() => checkUnpacked(packed, undefined));
      expect(why).toEqual(expect.any(String));
      expect(told(() => checkUnpacked(packed, bytesOf([...bytes, 0] as never)))).toBe(why);
      expect(told(() => checkUnpacked({ ...packed, byteLength: bytes.length + 1 }, bytes))).toBe(
        why,
      );
      if (bytes.length === 0) return;
      const changed = bytes.with(at % bytes.length, (bytes[at % bytes.length] ?? 0) ^ 1);
      expect(told(() => checkUnpacked(packed, bytesOf(changed)))).toBe(why);
    }),
  );
});
