import fc from "fast-check";
import { expect, test } from "vitest";
import type { StructuralRecord } from "../../src/capture/record.ts";
import {
  accept,
  holeRecord,
  NEW_RUN,
  type RunCursor,
  type Stored,
} from "../../src/evidence/acceptance.ts";
import { encodeLine } from "../../src/evidence/line/line.ts";
import { readLine } from "../../src/evidence/line/read-line.ts";
import { hashLeaf } from "../../src/evidence/tree/leaf.ts";
import { edited } from "./bundles.ts";
import { closedRun, hexOf, stampOf } from "./records.ts";

const lines = closedRun(1, 4);

function recordOf(line: string): StructuralRecord {
  const read = readLine(line);
  if (!("record" in read)) throw new Error(`not a record: ${read.field}`);
  return read.record;
}

/** A store of one run in memory. */
class Store implements Stored {
  cursor: RunCursor = NEW_RUN;
  readonly accepted: string[] = [];
  readonly #bySeq = new Map<number, string>();
  readonly #byEvent = new Map<string, string>();
  readonly leafAt = (seq: number) => this.#bySeq.get(seq);
  readonly leafOfEvent = (eventId: string) => this.#byEvent.get(eventId);

  take(line: string) {
    const record = recordOf(line);
    const leaf = hashLeaf(line);
    const acceptance = accept(this.cursor, record, leaf, this);
    if (acceptance.outcome === "appended") {
      this.cursor = acceptance.cursor;
      this.accepted.push(line);
      this.#bySeq.set(record.payload.seq, leaf);
      this.#byEvent.set(record.eventId, leaf);
    }
    return acceptance;
  }
}

test("delivered once, twice or again from the start, a run is stored once", () => {
  fc.assert(
    fc.property(fc.array(fc.nat(lines.length - 1), { maxLength: 30 }), (again) => {
      const store = new Store();
      for (const index of [...lines.keys(), ...again]) {
        const { outcome } = store.take(lines[index] ?? "");
        expect(["appended", "acknowledged"]).toContain(outcome);
      }
      expect(store.accepted).toEqual(lines);
    }),
    { numRuns: 50 },
  );
});

test("in any order of delivery nothing is stored out of order, and the writer is told what to send", () => {
  fc.assert(
    fc.property(fc.shuffledSubarray([...lines.keys()]), (order) => {
      const store = new Store();
      for (const index of order) {
        const acceptance = store.take(lines[index] ?? "");
        if (acceptance.outcome === "gap") expect(acceptance.expected).toBe(store.accepted.length);
      }
      expect(store.accepted).toEqual(lines.slice(0, store.accepted.length));
    }),
    { numRuns: 50 },
  );
});

test("another record for the same place, link or event id is set aside, never merged", () => {
  const store = new Store();
  for (const line of lines.slice(0, 3)) store.take(line);
  const [, second = "", , fourth = ""] = lines;
  expect(store.take(edited(second, { status: "error" }))).toEqual({
    outcome: "fork",
    reason: "seq",
  });
  expect(store.take(edited(fourth, { previousHash: hexOf(1, 64) }))).toEqual({
    outcome: "fork",
    reason: "link",
  });
  expect(store.take(edited(fourth, { eventId: recordOf(second).eventId }))).toEqual({
    outcome: "fork",
    reason: "event_id",
  });
  expect(store.take(fourth).outcome).toBe("appended");
});

test("records that the writer lost are declared by a hole, and the run goes on behind it", () => {
  const store = new Store();
  for (const line of lines.slice(0, 2)) store.take(line);
  expect(store.take(lines[4] ?? "")).toEqual({ outcome: "gap", expected: 2 });
  const like = recordOf(lines[1] ?? "");
  const hole = encodeLine(
    holeRecord(like, { from: 2, to: 3 }, hashLeaf(lines[1] ?? ""), stampOf(900)),
  );
  expect(store.take(hole).outcome).toBe("appended");
  expect(store.take(hole).outcome).toBe("acknowledged");
  expect(store.take(lines[4] ?? "").outcome).toBe("appended");
  // A record that turns up after it was declared lost contradicts the declaration.
  expect(store.take(lines[3] ?? "")).toEqual({ outcome: "fork", reason: "seq" });
});

test("a run stands at the record that comes next, and at the leaf that it has to link to", () => {
  const store = new Store();
  expect(store.cursor).toEqual({ next: 0, head: "0".repeat(64) });
  for (const [at, line] of lines.slice(0, 2).entries()) {
    store.take(line);
    expect(store.cursor).toEqual({ next: at + 1, head: hashLeaf(line) });
  }
  const like = recordOf(lines[1] ?? "");
  const hole = holeRecord(like, { from: 2, to: 3 }, hashLeaf(lines[1] ?? ""), stampOf(900));
  expect(hole).toEqual({
    schemaVersion: "1.0",
    ...stampOf(900),
    agentId: like.agentId,
    sessionId: like.sessionId,
    runId: like.runId,
    category: "lifecycle",
    previousHash: hashLeaf(lines[1] ?? ""),
    payload: { type: "hole", seq: 2, from: 2, to: 3 },
  });
  store.take(encodeLine(hole));
  // Behind a hole no link can be checked.
  expect(store.cursor).toEqual({ next: 4, head: null });
  const unlinked = edited(lines[4] ?? "", { previousHash: hexOf(1, 64) });
  expect(store.take(unlinked).outcome).toBe("appended");
  expect(store.cursor).toEqual({ next: 5, head: hashLeaf(unlinked) });
  // What lies inside of a hole has no leaf that it could be the same as.
  expect(store.take(lines[3] ?? "")).toEqual({ outcome: "fork", reason: "seq" });
});

test("a place is judged before a link, and a link before an event id", () => {
  const store = new Store();
  for (const line of lines.slice(0, 2)) store.take(line);
  const [first = "", second = "", third = "", fourth = ""] = lines;
  const { eventId } = recordOf(first);
  const wrong = { previousHash: hexOf(1, 64), eventId };
  expect(store.take(edited(third, wrong))).toEqual({ outcome: "fork", reason: "link" });
  expect(store.take(edited(fourth, wrong))).toEqual({ outcome: "gap", expected: 2 });
  expect(store.take(edited(second, wrong))).toEqual({ outcome: "fork", reason: "seq" });
  expect(store.take(edited(third, { eventId }))).toEqual({ outcome: "fork", reason: "event_id" });
  expect(store.cursor.next).toBe(2);
});
