/** Proofs of C2SP tlog-proof at their edges; the note in one is not looked at. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { formatTlogProof, parseTlogProof } from "../../../src/evidence/note/tlog-proof.ts";
import { hexOf } from "../records.ts";
import { told } from "../told.ts";

const bytes = (text: string) => Buffer.from(text);
const base64 = (length: number) => Buffer.alloc(length, 1).toString("base64");
const LINE = `\u2014 a ${base64(68)}`;
const NOTE = `text\n\n${LINE}\n`;
const proof = (why: string) => `invalid_proof: not a proof: ${why}`;
const HASH = Buffer.from(hexOf(3, 64), "hex").toString("base64");
const proofOf = (...fields: readonly string[]) =>
  ["c2sp.org/tlog-proof@v1", ...fields, "", NOTE].join("\n");

test.each<[string, string, object | string]>([
  ["no hash", proofOf("index 0"), { index: 0, hashes: [], note: NOTE }],
  ["a hash", proofOf("index 7", HASH), { index: 7, hashes: [hexOf(3, 64)], note: NOTE }],
  [
    "an extra line",
    proofOf(`extra ${base64(9)}`, "index 7", HASH),
    { index: 7, hashes: [hexOf(3, 64)], note: NOTE },
  ],
  ["an empty extra line", proofOf("extra ", "index 7"), { index: 7, hashes: [], note: NOTE }],
  ["an extra line that is no base64", proofOf("extra !", "index 7"), proof("bad extra line")],
  [
    "an extra line behind the index",
    proofOf("index 7", "extra AAAA"),
    proof("a hash is malformed"),
  ],
  [
    "two extra lines",
    proofOf("extra AAAA", "extra AAAA", "index 7"),
    proof("its index is no number"),
  ],
  ["no index", proofOf(HASH), proof("its index is no number")],
  ["nothing", proofOf(), proof("its index is no number")],
  ["a padded index", proofOf("index 07"), proof("its index is no number")],
  ["an index without its word", proofOf("7"), proof("its index is no number")],
  ["an index with another word", proofOf("indey 7"), proof("its index is no number")],
  [
    "another version",
    proofOf("index 0").replace("@v1", "@v2"),
    proof("its first line names no known format"),
  ],
  ["no checkpoint", "c2sp.org/tlog-proof@v1\nindex 0\n", proof("it holds no checkpoint")],
  ["a hash of 31 bytes", proofOf("index 0", base64(31)), proof("a hash is malformed")],
  ["a hash of 33 bytes", proofOf("index 0", base64(33)), proof("a hash is malformed")],
  ["a hash that is no base64", proofOf("index 0", "x"), proof("a hash is malformed")],
])("a proof with %s", (_what, text, expected) => {
  expect(told(() => parseTlogProof(bytes(text)))).toEqual(expected);
});

test("a proof of 64 hashes and of 144 KiB is read, and nothing longer", () => {
  const deep = (count: number) =>
    told(() =>
      parseTlogProof(bytes(proofOf("index 0", ...Array.from({ length: count }, () => HASH)))),
    );
  expect(deep(64)).toMatchObject({ hashes: { length: 64 } });
  expect(deep(65)).toBe(proof("it holds more hashes than any tree is deep"));
  const start = proofOf("index 0");
  const sized = (more: number) =>
    told(() =>
      parseTlogProof(
        bytes(start.padEnd(147_456 - Buffer.byteLength(start) + start.length + more, "x")),
      ),
    );
  expect(sized(0)).toMatchObject({ index: 0 });
  expect(sized(1)).toBe(proof("it is too long or not UTF-8"));
  expect(told(() => parseTlogProof(Buffer.from("\xff", "latin1")))).toBe(
    proof("it is too long or not UTF-8"),
  );
});

test("a proof is written as it is read", () => {
  const hashes = fc.array(fc.stringMatching(/^[0-9a-f]{64}$/), { maxLength: 5 });
  fc.assert(
    fc.property(fc.maxSafeNat(), hashes, (index, path) => {
      const written = { index, hashes: path, note: NOTE };
      expect(parseTlogProof(bytes(formatTlogProof(written)))).toEqual(written);
    }),
  );
});
