import fc from "fast-check";
import { expect, test } from "vitest";
import { copyOf, HEAD_BYTES } from "../../src/backlog/kept-text.ts";
import type { Line } from "../../src/backlog/line-framer.ts";
import { TapQueue } from "../../src/backlog/tap-queue.ts";

function drain(queue: TapQueue): Line[] {
  const lines: Line[] = [];
  while (!queue.isEmpty) queue.read((line) => lines.push(copyOf(line)));
  return lines;
}

test("lines come out whole however the bytes were cut", () => {
  const texts = fc.array(
    fc.string({ unit: "binary", minLength: 1 }).filter((t) => !t.includes("\n")),
  );
  fc.assert(
    fc.property(texts, fc.array(fc.nat(64)), (lines, cuts) => {
      const queue = new TapQueue();
      const bytes = Buffer.from(lines.map((line) => `${line}\n`).join(""));
      let start = 0;
      for (const cut of cuts) {
        queue.push(true, bytes.subarray(start, start + cut), 0);
        start += cut;
      }
      queue.push(true, bytes.subarray(start), 0);
      expect(drain(queue).map((line) => line.head.toString())).toEqual(
        lines.map((line) => Buffer.from(line).toString()),
      );
    }),
  );
});

test("of a long line the beginning, the length and an outline are kept", () => {
  const queue = new TapQueue();
  const bytes = Buffer.alloc(3 * 1024 * 1024);
  for (let index = 0; index < bytes.length; index++) bytes[index] = 97 + (index % 26);
  for (let start = 0; start < bytes.length; start += 65_000) {
    queue.push(false, bytes.subarray(start, start + 65_000), 5);
  }
  queue.push(false, Buffer.from("\n"), 6);
  const [line, ...rest] = drain(queue);
  expect(rest).toEqual([]);
  expect(line).toMatchObject({ toServer: false, time: 6, byteLength: bytes.length });
  expect(line?.head.equals(bytes.subarray(0, HEAD_BYTES))).toBe(true);
  expect(line?.outline?.toString()).toBe("{}\n");
});

test("the bytes that were pushed may be written over", () => {
  const queue = new TapQueue();
  const long = `{"id":"${"l".repeat(100)}","params":"${"l".repeat(100_000)}"}`;
  const sent = Buffer.from(`whole\n${long}\nrest\n`);
  const buffer = Buffer.alloc(700);
  for (let start = 0; start < sent.length; start += buffer.length) {
    queue.push(true, buffer.subarray(0, sent.copy(buffer, 0, start)), 0);
  }
  buffer.fill("!");
  queue.push(false, Buffer.from(`${"z".repeat(100_000)}\n`), 0);
  const [whole, cut, rest] = drain(queue);
  expect(whole?.head.toString()).toBe("whole");
  expect(cut?.head.toString()).toBe(long.slice(0, HEAD_BYTES));
  const end = Buffer.byteLength(long) - 1;
  expect(cut?.outline?.toString()).toBe(
    `{"id":"${"l".repeat(100)}","params":{}}\n${end - 100_002} ${end}`,
  );
  expect(rest?.head.toString()).toBe("rest");
});

test("both directions are read apart, in the order of arrival", () => {
  const queue = new TapQueue();
  queue.push(true, Buffer.from("a1\na"), 1);
  queue.push(false, Buffer.from("b1\n"), 2);
  queue.push(true, Buffer.from("2\n"), 3);
  expect(drain(queue).map((line) => line.head.toString())).toEqual(["a1", "b1", "a2"]);
});

test("memory is bounded, and what is forgotten is counted", () => {
  const queue = new TapQueue();
  const line = Buffer.concat([Buffer.alloc(10_000, "x"), Buffer.from("\n")]);
  for (let count = 0; count < 3_000; count++) queue.push(true, line, 0);
  const kept = drain(queue).length;
  expect(kept).toBeLessThan(1_000);
  expect(kept + queue.takeForgotten()).toBe(3_000);
  expect(queue.takeForgotten()).toBe(0);
});
