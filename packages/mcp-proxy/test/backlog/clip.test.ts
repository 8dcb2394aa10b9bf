import fc from "fast-check";
import { expect, test } from "vitest";
import { Clip, type Unit } from "../../src/backlog/clip.ts";

const KIB = 1024;
/** What is kept of the end of a text, at least. */
const TAIL_BYTES = 64 * KIB;
/** What a text that is begun may take, at least. */
const SHARE_BYTES = 128 * KIB;

type Told =
  | { readonly kept: Buffer }
  | { readonly skipped: number }
  | { readonly isForgotten: true };

/** Where a clip puts what it keeps, with room for so much; `told` is in the order of arrival. */
function clipInto(room: number, unit: Unit) {
  const told: Told[] = [];
  let left = room;
  const keeper = {
    get room() {
      return Math.max(0, left);
    },
    keep(bytes: Buffer) {
      left -= bytes.length;
      told.push({ kept: Buffer.from(bytes) });
    },
    skip: (skipped: number) => told.push({ skipped }),
    forget: () => told.push({ isForgotten: true }),
  };
  const makeRoom = (bytes: number) => {
    left += bytes;
  };
  return { clip: new Clip(keeper, unit), told, makeRoom };
}

/** Of a prime length, so that blocks of a text differ; no newline is among them. */
const PATTERN = Buffer.from(Array.from({ length: 8_191 }, (_, at) => 32 + ((at * at) % 90)));

function textOf(length: number): Buffer {
  return Buffer.alloc(length, PATTERN);
}

/** Where in the texts each part stands that was told of; throws when one is not of its place. */
function placesOf(texts: readonly Buffer[], told: readonly Told[]) {
  const all = Buffer.concat(texts);
  const starts = texts.map((_, index) => Buffer.concat(texts.slice(0, index)).length);
  const skips: { readonly from: number; readonly to: number }[] = [];
  const forgotten: number[] = [];
  let at = 0;
  for (const part of told) {
    if ("kept" in part) {
      expect(all.subarray(at, at + part.kept.length).equals(part.kept)).toBe(true);
      at += part.kept.length;
    } else if ("skipped" in part) {
      skips.push({ from: at, to: at + part.skipped });
      at += part.skipped;
    } else {
      const text = starts.indexOf(at);
      expect(text).toBeGreaterThanOrEqual(0);
      forgotten.push(text);
      at += texts[text]?.length ?? 0;
    }
  }
  return { skips, forgotten, end: at, byteLength: all.length };
}

const lengths = fc.array(
  fc.oneof(...[200, 2 * SHARE_BYTES, 600 * KIB].map((max) => fc.integer({ min: 1, max }))),
  { maxLength: 6 },
);
const rooms = fc.oneof(fc.nat(200 * KIB), fc.nat(2_000 * KIB));
const cuts = fc.array(fc.integer({ min: 1, max: 200 * KIB }), { minLength: 1, maxLength: 5 });

test.each<Unit>(["line", "body"])("every byte of a %s is kept, skipped or forgotten", (unit) => {
  const runs = fc.property(lengths, rooms, cuts, (sizes, room, pieces) => {
    const ending = unit === "line" ? "\n" : "";
    const texts = sizes.map((size) => Buffer.concat([textOf(size), Buffer.from(ending)]));
    const { clip, told } = clipInto(room, unit);
    let cut = 0;
    for (const text of unit === "line" ? [Buffer.concat(texts)] : texts) {
      for (let start = 0; start < text.length; ) {
        const end = start + (pieces[cut++ % pieces.length] ?? 1);
        clip.push(text.subarray(start, end), 0);
        start = end;
      }
      clip.end(0);
    }
    const { skips, end, byteLength } = placesOf(texts, told);
    expect(end).toBe(byteLength);
    let textEnd = 0;
    for (const { length } of texts) {
      textEnd += length;
      const inside = skips.filter(({ to }) => to > textEnd - length && to <= textEnd);
      // One hole at most, and behind it the end.
      expect(inside.length).toBeLessThanOrEqual(1);
      for (const { to } of inside) expect(textEnd - to).toBe(TAIL_BYTES);
    }
  });
  fc.assert(runs, { numRuns: 60 });
});

test("a text takes an eighth of the room that is left, and the next one its own", () => {
  const { clip, told } = clipInto(4_096 * KIB, "line");
  const text = textOf(1_024 * KIB);
  for (const _ of [1, 2]) {
    clip.push(text, 0);
    clip.push(Buffer.from("\n"), 0);
  }
  const texts = [0, 1].map(() => Buffer.concat([text, Buffer.from("\n")]));
  const { skips, forgotten } = placesOf(texts, told);
  expect(skips).toHaveLength(2);
  expect(forgotten).toEqual([]);
  const [first, second] = skips;
  expect(first?.from).toBe(512 * KIB);
  const roomThen = 4_096 * KIB - 512 * KIB - TAIL_BYTES;
  expect((second?.from ?? 0) - text.length - 1).toBe(roomThen / 8);
});

test("of a text that no more than its beginning has room for, nothing is kept", () => {
  const { clip, told, makeRoom } = clipInto(TAIL_BYTES - 1, "line");
  clip.push(textOf(TAIL_BYTES), 0);
  // There is room again, but a beginning is missing.
  makeRoom(1_024 * KIB);
  clip.push(textOf(10), 0);
  expect(told).toEqual([]);
  clip.push(Buffer.from("\n"), 0);
  expect(told).toEqual([{ isForgotten: true }]);
  clip.push(Buffer.from("next\n"), 0);
  expect(told).toEqual([{ isForgotten: true }, { kept: Buffer.from("next\n") }]);
});

test("newlines do not end a body", () => {
  const { clip, told } = clipInto(SHARE_BYTES, "body");
  const text = Buffer.from("line\n".repeat(60_000));
  clip.push(text, 0);
  clip.end(0);
  const { skips, forgotten } = placesOf([text], told);
  expect(skips).toEqual([{ from: SHARE_BYTES, to: text.length - TAIL_BYTES }]);
  expect(forgotten).toEqual([]);
});
