import * as fc from "fast-check";
import { expect, test } from "vitest";
import { EventStream } from "../../src/wire/stream/event-stream.ts";

function read(chunks: Iterable<Uint8Array>): { data: string[]; tooLong: number } {
  const data: string[] = [];
  let tooLong = 0;
  const stream = new EventStream(
    (text) => data.push(text),
    () => {
      tooLong += 1;
    },
  );
  for (const chunk of chunks) stream.push(chunk);
  stream.end();
  return { data, tooLong };
}

function bytesOf(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

/** Cuts bytes at the given places. */
function cut(bytes: Uint8Array, places: readonly number[]): Uint8Array[] {
  const at = [...new Set(places.map((place) => place % (bytes.length + 1)))].sort((a, b) => a - b);
  return [0, ...at].map((start, index) => bytes.slice(start, at[index] ?? bytes.length));
}

test("any data comes out as it was, whatever the pieces and line ends", () => {
  const line = fc.string({ unit: "grapheme" }).map((text) => text.replaceAll(/[\r\n]/g, "."));
  const events = fc.array(fc.array(line, { minLength: 1, maxLength: 3 }), { maxLength: 8 });
  const ends = fc.constantFrom("\n", "\r\n", "\r");
  fc.assert(
    fc.property(events, ends, fc.array(fc.nat()), (sent, end, places) => {
      const text = sent
        .map(
          (lines) =>
            `: comment${end}event: x${end}${lines.map((l) => `data: ${l}${end}`).join("")}${end}`,
        )
        .join("");
      expect(read(cut(bytesOf(text), places)).data).toEqual(sent.map((lines) => lines.join("\n")));
    }),
    { numRuns: 200 },
  );
});

test("an event that the end of the body cuts short of its empty line is read", () => {
  expect(read([bytesOf('data: {"a":1}')]).data).toEqual(['{"a":1}']);
});

test("a byte order mark, fields without a space and unknown fields change nothing", () => {
  expect(read([bytesOf("\uFEFFdata:one\nid: 7\nretry: 5\nwhatever\n\n")]).data).toEqual(["one"]);
});

test("an event that never ends is said to be too long, and the next one is read", () => {
  const piece = new Uint8Array(1024 * 1024).fill(0x61);
  function* chunks() {
    yield bytesOf("data: ");
    for (let count = 0; count < 20; count += 1) yield piece;
    yield bytesOf("\n\ndata: after\n\n");
  }
  expect(read(chunks())).toEqual({ data: ["after"], tooLong: 1 });
});
