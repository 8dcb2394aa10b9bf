/** Lines out of bytes, however they arrive: the oracle splits the whole text at once. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { LineReader, type NextLine } from "../../../src/evidence/bundle/line-reader.ts";
import { MemorySlice, type SliceReader } from "../../../src/evidence/bundle/slice.ts";

const MOST = 16_384;

/** Gives at most so many bytes at once, as a slow disk would. */
function slow(bytes: Uint8Array, step: number): SliceReader {
  const reader = new MemorySlice(bytes).open();
  return { ...reader, read: (target) => reader.read(target.subarray(0, step)) };
}

function linesOf(bytes: Uint8Array, step = bytes.length + 1): NextLine[] {
  const reader = new LineReader(slow(bytes, step));
  const lines: NextLine[] = [];
  for (let next = reader.next(); next !== undefined; next = reader.next()) {
    if ("fault" in next) {
      lines.push(next);
      break;
    }
    lines.push({ ...next, leafInput: Uint8Array.from(next.leafInput) });
  }
  return lines;
}

/** What the leaf of a line is the hash of is a zero and its bytes. */
function lineOf(text: string): NextLine {
  return { text, leafInput: Uint8Array.from(Buffer.from(`\0${text}`)) };
}

/** What the lines are, by splitting all of it. */
function expectedOf(bytes: Buffer): NextLine[] {
  const expected: NextLine[] = [];
  for (let start = 0; start < bytes.length; ) {
    const end = bytes.indexOf("\n", start);
    const line = bytes.subarray(start, end === -1 ? bytes.length : end);
    const text = line.toString("utf8");
    const isText = Buffer.from(text, "utf8").equals(line);
    if (line.length > MOST) return [...expected, { fault: "too_long" }];
    if (end === -1) return [...expected, { fault: "torn" }];
    if (!isText) return [...expected, { fault: "not_utf8" }];
    expected.push(lineOf(text));
    start = end + 1;
  }
  return expected;
}

const line = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.string({ unit: "binary", maxLength: 30 }).map((text) => Buffer.from(text)),
  },
  {
    weight: 2,
    arbitrary: fc
      .integer({ min: MOST - 2, max: MOST + 2 })
      .map((length) => Buffer.alloc(length, "x")),
  },
  { weight: 1, arbitrary: fc.constant(Buffer.from("\xff", "latin1")) },
);

test("any lines are read as they were split, whatever comes at once", () => {
  const steps = fc.constantFrom(1_000, 4_096, 65_535, 65_536, 200_000);
  fc.assert(
    fc.property(fc.array(line, { maxLength: 12 }), fc.boolean(), steps, (lines, isEnded, step) => {
      const parts = lines.flatMap((one) => [one, Buffer.from("\n")]);
      const bytes = Buffer.concat(isEnded ? parts : parts.slice(0, -1));
      expect(linesOf(bytes, step)).toEqual(expectedOf(bytes));
    }),
    { numRuns: 200 },
  );
});

test.each([
  [MOST, "\n", [lineOf("x".repeat(MOST))]],
  [MOST + 1, "\n", [{ fault: "too_long" }]],
  [MOST, "", [{ fault: "torn" }]],
  [MOST + 1, "", [{ fault: "too_long" }]],
])("a line of %d bytes, ended by %j", (length, end, expected) => {
  const bytes = Buffer.from("x".repeat(length) + end);
  for (const step of [1_000, 200_000]) expect(linesOf(bytes, step)).toEqual(expected);
});

test("a newline that was read before is not taken for one that is to come", () => {
  // The buffer is used again: behind its end lie bytes of lines that are done.
  const bytes = Buffer.from(`${"a\n".repeat(32_768)}${"b".repeat(100)}`);
  const lines = linesOf(bytes, 65_536);
  expect(lines).toHaveLength(32_769);
  expect(lines.at(-1)).toEqual({ fault: "torn" });
});

test("no bytes are no line, and a newline alone is an empty one", () => {
  expect(linesOf(Buffer.alloc(0))).toEqual([]);
  expect(linesOf(Buffer.from("\n\n"))).toEqual([lineOf(""), lineOf("")]);
});

test("lines of a block that is not all ASCII are read one by one, and as what they are", () => {
  const texts = ["plain", "caf\u00e9", "\u{1f600}", "\ufeffmarked", "plain again"];
  const bytes = Buffer.from(texts.map((text) => `${text}\n`).join(""));
  for (const step of [1, 7, 200_000]) expect(linesOf(bytes, step)).toEqual(texts.map(lineOf));
});
