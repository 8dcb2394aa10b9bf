/** Tar archives, header by header: what is read, what is refused and with which words. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { listTar, paddedLength } from "../../../src/evidence/bundle/list-tar.ts";
import { MemorySlice, readSlice } from "../../../src/evidence/bundle/slice.ts";
import { tarEnd, tarHeader } from "../../../src/evidence/bundle/tar.ts";
import { EvidenceError } from "../../../src/evidence/error.ts";
import { paxField, type TarFile, tarEntry, tarOf } from "./archives.ts";

/** The files of an archive as text, or the reason why it is none. */
function listed(archive: Uint8Array): Readonly<Record<string, string>> | string {
  try {
    const files = [...listTar(new MemorySlice(archive))];
    return Object.fromEntries(
      files.map(([name, slice]) => [name, Buffer.from(readSlice(slice, 1e6)).toString("latin1")]),
    );
  } catch (error) {
    if (error instanceof EvidenceError && error.fault === "invalid_bundle") return error.message;
    throw error;
  }
}

const CUT = "it is cut short";
const NO_ARCHIVE = "it is neither a folder nor an archive of one";
const NO_NUMBER = "a header holds a number that is none";
const NO_FILE = "it holds a link or something else that is no file";
const TWICE = "it holds a name twice";
const LEADS_OUT = "it holds a name that leads out of it or is not plain";
const RENAMES = "an extension header renames a file";
const NO_EXTENSION = "an extension header is malformed";

/** A header of its own with fields written over, under its right checksum. */
function header(name: string, length: number, ...fields: readonly (readonly [number, string])[]) {
  const block = tarHeader(name, length);
  for (const [at, text] of fields) block.write(text, at, "latin1");
  block.write(" ".repeat(8), 148, "latin1");
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148, "latin1");
  return block;
}
const body = (text: string) => Buffer.from(text.padEnd(512, "\0"));
const archive = (...parts: readonly Buffer[]) => Buffer.concat([...parts, tarEnd()]);

const file = fc.record({
  name: fc.stringMatching(/^[a-z0-9._-]{1,12}$/).filter((name) => !/^\.+$/.test(name)),
  text: fc.string({ unit: "binary-ascii", maxLength: 1_200 }),
});
const files = fc.uniqueArray(file, { selector: ({ name }) => name, maxLength: 6 });

test("what is written as a tar is read as it was, each file in its place", () => {
  fc.assert(
    fc.property(files, (written) => {
      const parts = written.flatMap(({ name, text }) => {
        const bytes = Buffer.from(text, "latin1");
        const end = Buffer.alloc(paddedLength(bytes.length) - bytes.length);
        return [tarHeader(name, bytes.length), bytes, end];
      });
      const expected = Object.fromEntries(written.map(({ name, text }) => [name, text]));
      expect(listed(archive(...parts))).toEqual(expected);
    }),
    { numRuns: 100 },
  );
});

test.each([
  [0, 0],
  [1, 512],
  [511, 512],
  [512, 512],
  [513, 1_024],
])("%d bytes take %d in an archive", (length, padded) => {
  expect(paddedLength(length)).toBe(padded);
});

test("a header has the bytes of POSIX ustar", () => {
  const block = tarHeader("checkpoints/4-0.note", 1_234, 1_790_000_000);
  const field = (at: number, length: number) => block.toString("latin1", at, at + length);
  expect(block).toHaveLength(512);
  expect({
    name: field(0, 100).replace(/\0+$/, ""),
    mode: field(100, 8),
    owners: field(108, 16),
    size: field(124, 12),
    time: field(136, 12),
    type: field(156, 1),
    magic: field(257, 8),
  }).toEqual({
    name: "checkpoints/4-0.note",
    mode: "0000644\0",
    owners: "0000000\x000000000\0",
    size: "00000002322\0",
    time: "15254361600\0".replace("15254361600", (1_790_000_000).toString(8)),
    type: "0",
    magic: "ustar\x0000",
  });
  expect(tarEnd()).toEqual(Buffer.alloc(1_024));
  expect(tarHeader("x", 0).toString("latin1", 136, 148)).toBe("00000000000\0");
});

test.each([
  ["of 100 characters", "n".repeat(100), 0, true],
  ["of 101 characters", "n".repeat(101), 0, false],
  ["of 8 GiB - 1", "x", 8 * 2 ** 30 - 1, true],
  ["of 8 GiB", "x", 8 * 2 ** 30, false],
  ["that leads out", "../x", 0, false],
  ["that is dressed", "./x", 0, false],
])("a file %s has a header: %#", (_what, name, length, isFit) => {
  const make = () => tarHeader(name, length);
  if (isFit) expect(make()).toHaveLength(512);
  else expect(make).toThrow(/a plain name and at most 8 GiB|leads out/);
});

const one = [header("a", 3), body("abc")] as const;

test.each<[string, Buffer, Readonly<Record<string, string>> | string]>([
  ["nothing but its end", tarEnd(), {}],
  ["one block of zeros for its end", Buffer.alloc(512), {}],
  ["half a block for its end", Buffer.concat([...one, Buffer.alloc(511)]), CUT],
  ["no byte", Buffer.alloc(0), CUT],
  ["bytes behind its end", Buffer.concat([archive(...one), Buffer.from("more")]), { a: "abc" }],
  ["a file whose bytes end one too early", Buffer.concat([header("a", 3), Buffer.from("ab")]), CUT],
  ["a file whose bytes end it", Buffer.concat([header("a", 3), Buffer.from("abc")]), CUT],
  ["a file of no bytes", archive(header("a", 0)), { a: "" }],
  [
    "a file of a whole block",
    archive(header("a", 512), body("x".repeat(512))),
    { a: "x".repeat(512) },
  ],
  ["the type of old tars", archive(header("a", 3, [156, "\0"]), body("abc")), { a: "abc" }],
  ["the mark of GNU tar", archive(header("a", 3, [257, "ustar  \0"]), body("abc")), { a: "abc" }],
  ["no mark", archive(header("a", 3, [257, "ustaX\0"]), body("abc")), NO_ARCHIVE],
  ["half a mark", archive(header("a", 3, [257, "ustarX"]), body("abc")), NO_ARCHIVE],
  ["a prefix", archive(header("a", 3, [345, "log"]), body("abc")), { "log/a": "abc" }],
  [
    "a prefix of 155 characters",
    archive(header("a", 3, [345, "p".repeat(155)]), body("abc")),
    { [`${"p".repeat(155)}/a`]: "abc" },
  ],
  [
    "what GNU tar keeps in the place of a prefix",
    archive(header("a", 3, [257, "ustar  \0"], [345, "log"]), body("abc")),
    { a: "abc" },
  ],
  ["a name that fills its field", archive(header("n".repeat(100), 0)), { ["n".repeat(100)]: "" }],
  [
    "a size with spaces around it",
    archive(header("a", 3, [124, "          3 "]), body("abc")),
    { a: "abc" },
  ],
  [
    "a size that fills its field",
    archive(header("a", 3, [124, "000000000003"]), body("abc")),
    NO_NUMBER,
  ],
  ["a size of no digits", archive(header("a", 3, [124, " ".repeat(12)]), body("abc")), NO_NUMBER],
  ["a size in decimal", archive(header("a", 3, [124, "00000000008\0"]), body("abc")), NO_NUMBER],
  ["a size with a sign", archive(header("a", 3, [124, "-0000000003\0"]), body("abc")), NO_NUMBER],
  [
    "a size with letters behind it",
    archive(header("a", 3, [124, "00000003x\0\0\0"]), body("abc")),
    NO_NUMBER,
  ],
  [
    "a size as bytes",
    archive(header("a", 3, [124, "\x80\0\0\0\0\0\0\0\0\0\0\x03"]), body("abc")),
    NO_NUMBER,
  ],
  [
    "a size that leads beyond it",
    archive(header("a", 3, [124, "77777777777\0"]), body("abc")),
    CUT,
  ],
  ["an empty name", archive(header("a", 3, [0, "\0"]), body("abc")), NO_FILE],
  ["a name of dots", archive(header("a", 3, [0, "./."]), body("abc")), NO_FILE],
  ["a name that ends as a folder's", archive(header("a", 0, [0, "a/"])), NO_FILE],
  ["a name with a letter beyond ASCII", archive(header("a", 0, [0, "\xe9"])), LEADS_OUT],
  ["a name with a space", archive(header("a b", 3), body("abc")), { "a b": "abc" }],
  ["a name with a tilde", archive(header("a~", 3), body("abc")), { "a~": "abc" }],
  ["a name with a control", archive(header("a", 0, [0, "a\x7f"])), LEADS_OUT],
  ["two dots in a name", archive(header("a..b", 3), body("abc")), { "a..b": "abc" }],
  ["a dressed name", archive(header("a", 3, [0, "./b//./c"]), body("abc")), { "b/c": "abc" }],
])("an archive with %s", (_what, bytes, expected) => {
  expect(listed(bytes)).toEqual(expected);
});

test("a checksum that is off by one is no archive's, and its own field counts as spaces", () => {
  for (const [at, by] of [
    [153, 1],
    [0, 1],
    [147, 1],
    [156, 1],
    [511, 1],
  ] as const) {
    const block = tarHeader("a", 0);
    block[at] = (block[at] ?? 0) + by;
    expect(listed(archive(block))).toEqual(at === 153 ? NO_ARCHIVE : expect.any(String));
  }
  // The sum is written with a NUL and a space behind it, or as old programs have it.
  const block = tarHeader("a", 0);
  const sum = block.toString("latin1", 148, 154);
  block.write(` ${sum.slice(1)} \0`, 148, "latin1");
  expect(listed(archive(block))).toEqual({ a: "" });
});

const plain: TarFile = { name: "a", text: "abc" };
test.each<[string, readonly TarFile[], Readonly<Record<string, string>> | string]>([
  [
    "a folder twice",
    [
      { name: "log/", text: "", type: "5" },
      { name: "log", text: "", type: "5" },
    ],
    {},
  ],
  [
    "a folder before its file",
    [
      { name: "b", text: "", type: "5" },
      { name: "b/a", text: "x" },
    ],
    { "b/a": "x" },
  ],
  ["a folder by the name of a file", [plain, { name: "a", text: "", type: "5" }], TWICE],
  ["a file in a file", [plain, { name: "a/b", text: "x" }], TWICE],
  ["a file deep in a file", [plain, { name: "a/b/c", text: "x" }], TWICE],
  ["a folder in a file", [plain, { name: "a/b", text: "", type: "5" }], TWICE],
  ["a file twice", [plain, plain], TWICE],
  ["a file beside a longer name", [plain, { name: "ab/c", text: "x" }], { a: "abc", "ab/c": "x" }],
  ["a folder that holds bytes", [{ name: "b", text: "x", type: "5" }], NO_FILE],
  ...["1", "2", "3", "4", "6", "7", "A", "D", "K", "L", "M", "N", "S", "V", "X"].map(
    (type): [string, readonly TarFile[], string] => [
      `an entry of type ${type}`,
      [{ ...plain, type }],
      NO_FILE,
    ],
  ),
])("an archive with %s, entry by entry", (_what, entries, expected) => {
  expect(listed(tarOf(entries))).toEqual(expected);
});

test.each<[string, string, string | undefined]>([
  ["nothing", "", undefined],
  ["a time", paxField("mtime=1.5"), undefined],
  ["two fields", paxField("mtime=1.5") + paxField("comment=x"), undefined],
  ["a comment of 200 bytes", paxField(`comment=${"x".repeat(200)}`), undefined],
  ["a field whose name holds a space", paxField("my comment=x"), undefined],
  ["a value with an equals sign", paxField("comment=path=x"), undefined],
  ["a field that begins like one that renames", paxField("paths=x"), undefined],
  ["a field that ends like one that renames", paxField("my.size=1"), undefined],
  ["a name", paxField("path=x"), RENAMES],
  ["a target", paxField("linkpath=x"), RENAMES],
  ["a size", paxField("size=1"), RENAMES],
  ["a map of holes", paxField("GNU.sparse.map=1"), RENAMES],
  ["a real size", paxField("SCHILY.realsize=1"), RENAMES],
  ["a name behind a time", paxField("mtime=1.5") + paxField("path=x"), RENAMES],
  ["a length that is too small", "9 mtime=1.5\n", NO_EXTENSION],
  ["a length that is too large", "99 mtime=1.5\n", NO_EXTENSION],
  ["a length with a zero in front", "013 mtime=1.5\n", NO_EXTENSION],
  ["a length of 0", "0 mtime=1.5\n", NO_EXTENSION],
  ["no equals sign", "8 mtime\n", NO_EXTENSION],
  ["no name", "5 =x\n\n", NO_EXTENSION],
  ["a name that begins with a space", "7  a=x\n", NO_EXTENSION],
  ["a name beyond ASCII", "7 \xe9=xx\n", NO_EXTENSION],
  ["zeros behind its fields", `${paxField("mtime=1.5")}\0`, NO_EXTENSION],
  ["a newline in front", `\n${paxField("mtime=1.5")}`, NO_EXTENSION],
])("an extension with %s", (_what, text, why) => {
  for (const type of ["x", "g"]) {
    const extension = Buffer.concat([
      header("pax", Buffer.byteLength(text, "latin1"), [156, type]),
      Buffer.from(text, "latin1"),
      Buffer.alloc(paddedLength(text.length) - text.length),
    ]);
    expect(listed(archive(extension, ...one))).toEqual(why ?? { a: "abc" });
  }
});

test("an extension of 64 KiB is read, and a longer one is refused unread", () => {
  const sized = (length: number) => {
    const start = `${length} comment=`;
    return tarEntry({ name: "pax", text: `${start.padEnd(length - 1, "x")}\n`, type: "x" });
  };
  expect(listed(archive(sized(65_536), ...one))).toEqual({ a: "abc" });
  expect(listed(archive(sized(65_537), ...one))).toBe("longer than 65536 bytes");
});
