/** Pieces of files and of memory: both give the same bytes, as a copy of an array would. */
import { mkdirSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import { FileSlice } from "../../../src/evidence/bundle/file-slice.ts";
import { listTar } from "../../../src/evidence/bundle/list-tar.ts";
import { MemorySlice, readSlice, type Slice } from "../../../src/evidence/bundle/slice.ts";
import { EvidenceError } from "../../../src/evidence/error.ts";
import { newFolder } from "../bundles.ts";
import { tarOf } from "./archives.ts";

const folder = newFolder();
const BYTES = Uint8Array.from({ length: 200 }, (_, at) => (at * 37) % 256);
const path = join(folder, "bytes");
writeFileSync(path, BYTES);

/** All bytes of a slice, read so many at a time. */
function readBy(slice: Slice, step: number): number[] {
  const reader = slice.open();
  const read: number[] = [];
  try {
    const part = new Uint8Array(step);
    for (let length = reader.read(part); length > 0; length = reader.read(part)) {
      read.push(...part.subarray(0, length));
    }
    expect(reader.read(part)).toBe(0);
  } finally {
    reader.close();
  }
  return read;
}

test.each([
  ["a file", new FileSlice(path, BYTES.length)],
  ["memory", new MemorySlice(BYTES)],
])("a piece of a piece of %s is what an array would give", (_what, whole) => {
  const place = fc.tuple(fc.nat(BYTES.length), fc.nat(BYTES.length)).map(([a, b]) => ({
    start: Math.min(a, b),
    length: Math.abs(a - b),
  }));
  fc.assert(
    fc.property(place, fc.nat(), fc.nat(), fc.integer({ min: 1, max: 64 }), (outer, a, b, step) => {
      const start = a % (outer.length + 1);
      const length = b % (outer.length - start + 1);
      const piece = whole.piece(outer.start, outer.length).piece(start, length);
      const from = outer.start + start;
      const expected = [...BYTES.slice(from, from + length)];
      expect(piece.byteLength).toBe(length);
      expect(readBy(piece, step)).toEqual(expected);
      expect([...readSlice(piece, length)]).toEqual(expected);
    }),
  );
});

test("a slice that is longer than asked for is refused unread, and says how long it may be", () => {
  for (const slice of [new FileSlice(path, BYTES.length), new MemorySlice(BYTES)]) {
    expect(readSlice(slice, 200)).toHaveLength(200);
    expect(() => readSlice(slice, 199)).toThrow("longer than 199 bytes");
  }
});

test("a file that became shorter gives the bytes that are left", () => {
  const shrunk = join(folder, "shrunk");
  writeFileSync(shrunk, BYTES);
  const slice = new FileSlice(shrunk, BYTES.length);
  truncateSync(shrunk, 50);
  expect([...readSlice(slice, 200)]).toEqual([...BYTES.slice(0, 50)]);
});

test("an archive that becomes shorter while it is listed is cut short", () => {
  const archive = join(folder, "a.tar");
  const bytes = tarOf([
    { name: "a", text: "abc" },
    { name: "b", text: "xyz" },
  ]);
  const read = () => [...listTar(new FileSlice(archive, bytes.length)).keys()];
  for (const left of [0, 100, 512, 1_024, 1_535, 2_048, 2_559]) {
    writeFileSync(archive, bytes.subarray(0, left));
    expect(read).toThrow("it is cut short");
  }
  // What lies behind the first block of its end does not matter.
  writeFileSync(archive, bytes.subarray(0, 2_560));
  expect(read()).toEqual(["a", "b"]);
});

test("links, folders and what is not there are not opened", () => {
  symlinkSync(path, join(folder, "link"));
  mkdirSync(join(folder, "folder"));
  const faults = ["link", "folder", "missing"].map((name) => {
    try {
      new FileSlice(join(folder, name), 1).open();
      return "opened";
    } catch (error) {
      return error instanceof EvidenceError ? `${error.fault}: ${error.message}` : String(error);
    }
  });
  expect(faults).toEqual([
    "invalid_bundle: it is a link",
    "invalid_bundle: it is not an ordinary file",
    "invalid_bundle: it cannot be read (ENOENT)",
  ]);
});
