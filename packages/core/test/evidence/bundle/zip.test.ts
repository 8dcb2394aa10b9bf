/** Zip archives, field by field (PKWARE APPNOTE). */
import { crc32, deflateRawSync } from "node:zlib";
import fc from "fast-check";
import { expect, test } from "vitest";
import { listZip, MAX_UNPACKED_BYTES } from "../../../src/evidence/bundle/packed.ts";
import { told } from "../told.ts";
import { type ZipFile, zipOf } from "./archives.ts";

const CUT = "invalid_bundle: it is cut short";
const TOO_LONG =
  "invalid_bundle: it is too long to be unpacked in memory: unpack it, then verify the folder";
const bytesOf = (buffer: Uint8Array) => new Uint8Array(buffer);

const zipped = (bytes: Uint8Array) =>
  told(() => [...listZip(bytesOf(bytes))].map(([name, packed]) => ({ name, ...packed })));

const file = fc.record(
  {
    name: fc.stringMatching(/^[a-z0-9_-]{1,12}$/),
    text: fc.string({ maxLength: 100 }),
    isStored: fc.boolean(),
    flags: fc.constantFrom(0, 8),
    mode: fc.constantFrom(0o100644, 0o100600),
  },
  { requiredKeys: ["name", "text", "isStored"] },
);

test("the files of any zip are found, with what they must give", () => {
  const files = fc.uniqueArray(file, { selector: ({ name }) => name, maxLength: 5 });
  fc.assert(
    fc.property(files, fc.stringMatching(/^[a-z ]{0,20}$/), (written, comment) => {
      const expected = written.map(({ name, text, isStored }) => {
        const whole = Buffer.from(text);
        const bytes = bytesOf(isStored ? whole : deflateRawSync(whole));
        return expect.objectContaining({
          name,
          bytes,
          isDeflated: !isStored,
          crc: crc32(whole),
          byteLength: whole.length,
        });
      });
      expect(zipped(zipOf(written as readonly ZipFile[], comment))).toEqual(expected);
    }),
    { numRuns: 100 },
  );
});

const LINK = "invalid_bundle: it holds a link or something else that is no file";
const PARTS = "invalid_bundle: it is a zip archive of several parts, or longer than 4 GiB";
const OTHER = "invalid_bundle: its list names another file than lies there";
const BETWEEN = "invalid_bundle: bytes lie between its files";
const ENCRYPTED = "invalid_bundle: it is encrypted or compressed in an unknown way";
const a: ZipFile = { name: "a", text: "abc", isStored: true };
const b: ZipFile = { name: "b", text: "xyz", isStored: true };
const good = zipOf([a, b]);
/** The good zip with numbers written over; places from the end or from where the list begins. */
const LIST = good.readUInt32LE(good.length - 6);
const at = (place: number, value: number, width = 2, bytes = good) => {
  const other = Buffer.from(bytes);
  other.writeUIntLE(value, place < 0 ? other.length + place : place, width);
  return other;
};
const names = (bytes: Uint8Array) => {
  const found = zipped(bytes);
  return typeof found === "string" ? found : found.map(({ name }) => name);
};

test.each<[string, Buffer, readonly string[] | string]>([
  ["two files", good, ["a", "b"]],
  [
    "its files in another order in the list",
    Buffer.concat([
      good.subarray(0, LIST),
      good.subarray(LIST + 47, LIST + 94),
      good.subarray(LIST, LIST + 47),
      good.subarray(LIST + 94),
    ]),
    ["b", "a"],
  ],
  ["no file", zipOf([]), []],
  ["a comment of 65,535 bytes", zipOf([a], "x".repeat(65_535)), ["a"]],
  ["a comment that is longer than it says", Buffer.concat([good, Buffer.of(0)]), CUT],
  ["a comment that is shorter than it says", at(-2, 1), CUT],
  ["a number of a part", at(-18, 1), PARTS],
  ["a part on which the list begins", at(-16, 1), PARTS],
  ["another count of this part", at(-14, 1), PARTS],
  ["a list of another length", at(-10, 95, 4), PARTS],
  ["a list at another place", at(-6, LIST - 1, 4), PARTS],
  ["fewer files than it says", at(-12, 3, 2, at(-14, 3)), CUT],
  ["more files than it says", at(-12, 1, 2, at(-14, 1)), CUT],
  ["an entry without its mark", at(LIST, 0, 4), CUT],
  ["a name that leads beyond the list", at(LIST + 47 + 28, 2), CUT],
  ["a start beyond the list", at(LIST + 42, good.length, 4), CUT],
  ["bytes that lead beyond the list", at(LIST + 47 + 20, 0xffff, 4), CUT],
  ["an encrypted file", at(LIST + 8, 1), ENCRYPTED],
  ["an unknown method", at(LIST + 10, 9), ENCRYPTED],
  ["a file without its mark", at(0, 0, 4), OTHER],
  ["other flags at the file", at(6, 8), OTHER],
  ["another method at the file", at(8, 8), OTHER],
  ["another name at the file", at(30, 0x63, 1), OTHER],
  ["a name at the file that goes on", at(26, 2), OTHER],
  ["one byte too few", at(LIST + 20, 2, 4), BETWEEN],
  ["an extra field at the file that is none", at(28, 1), BETWEEN],
  ["a last file that is shorter than its place", at(LIST + 47 + 20, 2, 4), BETWEEN],
  ["a byte before its first file", zipOf([{ ...a, before: "x" }, b]), BETWEEN],
  ["a byte behind its last file", zipOf([a, { ...b, after: "x" }]), BETWEEN],
  ["a folder of Unix", zipOf([{ name: "d/", text: "", isStored: true, mode: 0o040755 }, a]), ["a"]],
  ["a folder of no system", zipOf([{ name: "d/", text: "", isStored: true }, a]), ["a"]],
  [
    "a folder that is a link",
    zipOf([{ name: "d/", text: "", isStored: true, mode: 0o120777 }]),
    LINK,
  ],
  [
    "a folder that is a file",
    zipOf([{ name: "d/", text: "", isStored: true, mode: 0o100644 }]),
    LINK,
  ],
  ["a folder with content", zipOf([{ name: "d/", text: "x", isStored: true }]), LINK],
  ["a file that is a folder", zipOf([{ ...a, mode: 0o040755 }]), LINK],
  ["a file that is a link", zipOf([{ ...a, mode: 0o120777 }]), LINK],
  ["a file that is a pipe", zipOf([{ ...a, mode: 0o010644 }]), LINK],
  ["a file of no kind", zipOf([{ ...a, mode: 0o000644 }]), ["a"]],
  ["a file without a name", zipOf([{ ...a, name: "" }]), LINK],
  ["a file whose name is a dot", zipOf([{ ...a, name: "." }]), LINK],
  ["a file in a file", zipOf([a, { ...b, name: "a/b" }]), "invalid_bundle: it holds a name twice"],
  [
    "a folder by the name of a file",
    zipOf([a, { name: "a/", text: "", isStored: true }]),
    "invalid_bundle: it holds a name twice",
  ],
  ["sizes that follow, with a mark", zipOf([{ ...a, flags: 8 }, b]), ["a", "b"]],
  ["a file of more than memory", zipOf([{ ...a, byteLength: MAX_UNPACKED_BYTES + 1 }]), TOO_LONG],
  ["a file of as much as memory", zipOf([{ ...a, byteLength: MAX_UNPACKED_BYTES }]), ["a"]],
])("a zip with %s", (_what, bytes, expected) => {
  expect(names(bytes)).toEqual(expected);
});

test("kinds of files count only where Unix wrote them", () => {
  // Made by MS-DOS: the upper half of the attributes says nothing.
  const dos = at(LIST + 5, 0, 1, zipOf([{ ...a, mode: 0o120777 }, b]));
  expect(names(dos)).toEqual(["a", "b"]);
});

test("sizes that follow the bytes may stand there without a mark", () => {
  const marked = zipOf([{ ...a, flags: 8 }]);
  const start = 30 + 1 + 3;
  expect(marked.readUInt32LE(start)).toBe(0x08074b50);
  const list = marked.readUInt32LE(marked.length - 6);
  const bare = Buffer.concat([marked.subarray(0, start), marked.subarray(start + 4)]);
  bare.writeUInt32LE(list - 4, bare.length - 6);
  expect(names(bare)).toEqual(["a"]);
  const between = Buffer.concat([
    marked.subarray(0, start),
    Buffer.alloc(1),
    marked.subarray(start),
  ]);
  between.writeUInt32LE(list + 1, between.length - 6);
  expect(names(between)).toBe(BETWEEN);
});

test("what lies before an extra field of a file is skipped, as its list says", () => {
  // Both headers may have extra fields of their own, of other lengths.
  const inner = Buffer.concat([good.subarray(0, 31), Buffer.from("ex"), good.subarray(31)]);
  inner.writeUInt16LE(2, 28);
  const list = LIST + 2;
  inner.writeUInt32LE(list, inner.length - 6);
  inner.writeUInt32LE(good.readUInt32LE(LIST + 47 + 42) + 2, list + 47 + 42);
  expect(names(inner)).toEqual(["a", "b"]);
  const [first] = zipped(inner) as { bytes: Uint8Array }[];
  expect(Buffer.from(first?.bytes ?? []).toString()).toBe("abc");
  for (const place of [30, 32]) {
    const outer = Buffer.concat([
      good.subarray(0, LIST + 47),
      Buffer.from("extra"),
      good.subarray(LIST + 47),
    ]);
    outer.writeUInt16LE(5, LIST + place);
    outer.writeUInt32LE(94 + 5, outer.length - 10);
    expect(names(outer)).toEqual(["a", "b"]);
  }
});
