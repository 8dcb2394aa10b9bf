import { expect, test } from "vitest";
import { BodyQueue, type BodyReader } from "../../src/http/body-queue.ts";

const MIB = 1024 * 1024;
/** No more than this is read at once. */
const PIECE_BYTES = 16 * 1024;

/** A reader that finds a text in each piece. */
function readerOf(queue: BodyQueue<string>, name: string): BodyReader {
  return {
    read: (bytes, time) => queue.found(`${name} ${time}: ${bytes}`),
    skip: (byteLength, time) => queue.found(`${name} ${time}: ${byteLength} missing`),
    end: (time) => queue.found(`${name} ${time}: end`),
  };
}

function drain(queue: BodyQueue<string>): readonly string[] {
  const found: string[] = [];
  while (!queue.isEmpty) queue.read((item) => found.push(item));
  return found;
}

test("bodies are read in the order in which their parts passed", () => {
  const added: boolean[] = [];
  const queue = new BodyQueue<string>((isReply) => added.push(isReply));
  const [a, b] = [readerOf(queue, "a"), readerOf(queue, "b")];
  queue.keep(a, Buffer.from("one"), 1, false);
  queue.keep(b, Buffer.from("two"), 2, true);
  queue.skip(a, 70_000, 3, false);
  queue.keep(a, Buffer.from("three"), 4, false);
  queue.end(a, 5, false);
  queue.end(b, 6, true);
  expect(added).toEqual([false, true, false, false, false, true]);
  expect(drain(queue)).toEqual([
    "a 1: one",
    "b 2: two",
    "a 3: 70000 missing",
    "a 4: three",
    "a 5: end",
    "b 6: end",
  ]);
});

test("one reading takes a line, or a short piece of a long one", () => {
  const queue = new BodyQueue<string>(() => {});
  const pieces: number[] = [];
  const reader = { ...readerOf(queue, "a"), read: ({ length }: Buffer) => pieces.push(length) };
  const long = Buffer.alloc(PIECE_BYTES + 5, "x");
  queue.keep(reader, Buffer.concat([Buffer.from("data: 1\n\n"), long]), 0, true);
  for (let count = 1; !queue.isEmpty; count++) {
    queue.read(() => {});
    expect(pieces).toHaveLength(count);
  }
  expect(pieces).toEqual([8, 1, PIECE_BYTES, 5]);
});

test("room comes back when what took it is read, or given up", () => {
  const queue = new BodyQueue<string>(() => {});
  const { room } = queue;
  expect(room).toBeLessThanOrEqual(8 * MIB);
  const reader = readerOf(queue, "a");
  const fill = () => {
    queue.keep(reader, Buffer.alloc(MIB), 0, true);
    queue.keep(reader, Buffer.alloc(10), 0, true);
    queue.end(reader, 0, true);
    expect(queue.room).toBeLessThan(room - MIB);
  };
  fill();
  drain(queue);
  expect(queue.room).toBe(room);
  fill();
  queue.read(() => {});
  queue.forgetRest();
  expect(queue.room).toBe(room);
  queue.keep(reader, Buffer.from("x"), 7, true);
  expect(drain(queue)).toEqual(["a 7: x"]);
});

test("ends are kept beyond the room for bytes, and then counted", () => {
  const queue = new BodyQueue<string>(() => {});
  const reader = readerOf(queue, "a");
  queue.keep(reader, Buffer.alloc(8 * MIB), 0, true);
  expect(queue.room).toBe(0);
  let ends = 0;
  const end = () => {
    ends++;
  };
  const COUNT = 10_000;
  for (let count = 0; count < COUNT; count++) queue.end({ end }, 0, true);
  drain(queue);
  const forgotten = queue.takeForgotten();
  expect(ends).toBeGreaterThan(1_000);
  expect(forgotten).toBeGreaterThan(1_000);
  expect(ends + forgotten).toBe(COUNT);
  expect(queue.takeForgotten()).toBe(0);
});

test("of what there is no time for, each exchange is counted once", () => {
  const queue = new BodyQueue<string>(() => {});
  for (const name of ["a", "b"]) {
    const reader = readerOf(queue, name);
    queue.keep(reader, Buffer.from("x"), 0, true);
    queue.keep(reader, Buffer.from("y"), 0, true);
    queue.end(reader, 0, true);
  }
  queue.forget();
  queue.forgetRest();
  expect(queue.isEmpty).toBe(true);
  expect(queue.takeForgotten()).toBe(3);
});

test("thousands of parts are read like few", () => {
  const queue = new BodyQueue<string>(() => {});
  const reader = readerOf(queue, "a");
  const names = Array.from({ length: 5_000 }, (_, at) => `${at}`);
  const found: string[] = [];
  for (const name of names) {
    queue.keep(reader, Buffer.from(name), 0, true);
    // Never empty: what was read is cut off while parts wait.
    if (found.length < names.length / 2) queue.read((item) => found.push(item));
  }
  found.push(...drain(queue));
  expect(found).toEqual(names.map((name) => `a 0: ${name}`));
});
