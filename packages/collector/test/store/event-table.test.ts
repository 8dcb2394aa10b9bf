import { randomUUID } from "node:crypto";
import { expect, test } from "vitest";
import { EventTable, readEventId } from "../../src/store/sqlite/ingest/event-table.ts";

const wordsOf = (id: string) => readEventId(id, new Uint32Array(4));
const textOf = (words: Uint32Array) =>
  Array.from(words, (word) => word.toString(16).padStart(8, "0")).join("");

test("the words of an id are its digits, in capitals too", () => {
  for (const id of [
    "00000000-0000-0000-0000-000000000001",
    "ffffffff-9abc-8def-a012-3456789abcde",
  ]) {
    expect(textOf(wordsOf(id))).toBe(id.replaceAll("-", ""));
    expect(textOf(wordsOf(id.toUpperCase()))).toBe(id.replaceAll("-", ""));
  }
});

test("thousands of ids are found, each tenant's own, and no other", () => {
  const table = new EventTable();
  const ids = Array.from({ length: 5_000 }, () => randomUUID());
  for (const [index, id] of ids.entries()) {
    const body = index % 2 === 0 ? { body: `body ${index}` } : {};
    table.set(index % 3, wordsOf(id), { session: 2 ** 50 + index, index, ...body });
  }
  expect(table.size).toBe(ids.length);
  for (const [index, id] of ids.entries()) {
    const body = index % 2 === 0 ? { body: `body ${index}` } : {};
    expect(table.get(index % 3, wordsOf(id))).toEqual({ session: 2 ** 50 + index, index, ...body });
    expect(table.get((index + 1) % 3, wordsOf(id))).toBeUndefined();
  }
  expect(table.get(1, wordsOf(randomUUID()))).toBeUndefined();
});

test("ids that differ in one digit are told apart, and the same one is there once", () => {
  const table = new EventTable();
  const ids = Array.from({ length: 256 }, (_, at) => {
    return `00000000-0000-0000-0000-0000000000${at.toString(16).padStart(2, "0")}`;
  });
  for (const [index, id] of ids.entries()) table.set(1, wordsOf(id), { session: 1, index });
  for (const [index, id] of ids.entries()) {
    expect(table.get(1, wordsOf(id))).toEqual({ session: 1, index });
  }
  table.set(1, wordsOf(ids[7] ?? ""), { session: 9, index: 9 });
  expect(table.size).toBe(ids.length);
  expect(table.get(1, wordsOf(ids[7] ?? ""))).toEqual({ session: 9, index: 9 });
});

test("they are sorted as their bytes are", () => {
  const table = new EventTable();
  const ids = Array.from({ length: 2_000 }, () => randomUUID());
  for (const [index, id] of ids.entries()) table.set(index % 2, wordsOf(id), { session: 1, index });
  const sorted = Array.from(table.sorted(), (row) => [
    table.tenantAt(row),
    textOf(table.idAt(row)),
  ]);
  const expected = ids
    .map((id, index) => [index % 2, id.replaceAll("-", "")] as const)
    .toSorted(([one, a], [other, b]) => one - other || (a < b ? -1 : 1));
  expect(sorted).toEqual(expected);
});
