import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { StructuralRecord } from "../../../src/capture/record.ts";
import { replay } from "../../../src/health/session/replay.ts";
import { SessionHealth } from "../../../src/health/session/session-health.ts";
import { RunBuilder } from "./records.ts";

function observeAll(records: readonly StructuralRecord[]): SessionHealth {
  const session = new SessionHealth();
  for (const record of records) session.observe(record);
  return session;
}

/** Two runs whose steps alternate in time, half a second apart. */
function twoRuns(pairs: number): readonly [RunBuilder, RunBuilder] {
  const first = new RunBuilder("a", "mcp");
  const second = new RunBuilder("b", "mcp");
  for (let pair = 0; pair < pairs; pair++) {
    first.call(pair * 1_000, "left", `text ${pair % 3}`);
    second.call(pair * 1_000 + 500, "right", `text ${pair % 2}`);
  }
  return [first, second];
}

describe("the order of a session", () => {
  test("is that of time, run and number, when records of two runs overtake each other", () => {
    const [first, second] = twoRuns(20);
    const opens = [first.records[0], second.records[0]].filter((one) => one !== undefined);
    const rest = [...first.records.slice(1), ...second.records.slice(1)];
    const inTime = [...rest].sort((a, b) => (a.sourceTimestamp < b.sourceTimestamp ? -1 : 1));
    const expected = observeAll([...opens, ...inTime]).current();
    fc.assert(
      fc.property(
        fc.array(fc.nat(3), { minLength: inTime.length, maxLength: inTime.length }),
        (late) => {
          // Each record arrives up to 3 places late: within two seconds, and in order within its run.
          const arrival = inTime
            .map((record, index) => ({
              record,
              at: index + (record.runId.startsWith("b") ? (late[0] ?? 0) : 0),
            }))
            .sort((a, b) => a.at - b.at)
            .map(({ record }) => record);
          const { eventType: _, ...current } = observeAll([...opens, ...arrival]).current();
          expect(expected).toMatchObject(current);
        },
      ),
      { numRuns: 20 },
    );
  });

  test("at close, is the same whatever the order of acceptance", () => {
    const [first, second] = twoRuns(20);
    const records = [...first.records, ...second.records];
    const expected = [...replay(records)];
    expect(expected).toHaveLength(40);
    expect([...replay([...records].reverse())]).toEqual(expected);
  });

  test("of one run is its own, even when its clock is set back", () => {
    const run = new RunBuilder("a", "mcp");
    for (let step = 0; step < 12; step++)
      run.call(step < 6 ? 60_000 + step : step, "t", `text ${step % 4}`);
    const assessments = [...replay(run.records)];
    const session = new SessionHealth();
    const live = run.records.map((record) => session.observe(record)).slice(1);
    expect(live).toEqual(assessments);
  });

  test("is that of time, also when all of one server's records come before those of another", () => {
    const [first, second] = pingPong(8);
    const expected = observeAll(inTime([first, second])).current();
    const arrivals = [
      [...first.records, ...second.records],
      [...second.records, ...first.records],
    ];
    for (const records of arrivals) {
      const { eventType: _, ...current } = observeAll(records).current();
      expect(expected).toMatchObject(current);
    }
  });

  test("takes a record that is later than the window as the latest", () => {
    const [first, second] = [new RunBuilder("a", "mcp"), new RunBuilder("b", "mcp")];
    for (let step = 0; step < 80; step++) first.call(step * 1_000, "left", `text ${step}`);
    second.call(500, "right", "text");
    const session = observeAll([...first.records, ...second.records.slice(0, 1)]);
    const late = second.records[1];
    expect(late && session.observe(late).step).toBe(81);
  });
});

/** Two servers that send the agent to each other. */
function pingPong(rounds: number): readonly [RunBuilder, RunBuilder] {
  const first = new RunBuilder("a", "mcp", "one_server");
  const second = new RunBuilder("b", "mcp", "one_server");
  for (let round = 0; round < rounds; round++) {
    first.call(round * 8_000, "get_issue", "see the page", { serverTag: "jira" });
    second.call(round * 8_000 + 4_000, "get_page", "see the issue", { serverTag: "wiki" });
  }
  return [first, second];
}

function inTime(runs: readonly RunBuilder[]): readonly StructuralRecord[] {
  const records = runs.flatMap((run) => run.records);
  return records.toSorted((a, b) => (a.sourceTimestamp < b.sourceTimestamp ? -1 : 1));
}

test("two servers in one order see what comes between: a ping-pong is found at its third round", () => {
  const session = new SessionHealth();
  const classes = inTime(pingPong(5)).map((record) => session.observe(record).publicClass);
  // Two of the records open the runs.
  expect(classes.indexOf("hard_alert") - 1).toBe(6);
});

test("what another version of the engine saved is refused", () => {
  const saved = new SessionHealth().save();
  expect(() => SessionHealth.restore({ ...saved, engine: "2" })).toThrow(RangeError);
});

describe("the layers of a session", () => {
  const proxy = new RunBuilder("a", "mcp");
  const adapter = new RunBuilder("b", "framework");
  for (let step = 0; step < 6; step++) {
    proxy.call(step * 1_000 + 10, "read", "the same text");
    adapter.call(step * 1_000, "server_read", `text ${step}`);
  }

  test("only the fullest is judged", () => {
    const session = observeAll([...adapter.records, ...proxy.records]);
    expect(session.current()).toMatchObject({ step: 6, publicClass: "none" });
  });

  test("a fuller one that comes later begins anew", () => {
    const lesser = observeAll(proxy.records);
    expect(lesser.current().publicClass).toBe("hard_alert");
    for (const record of adapter.records) lesser.observe(record);
    expect(lesser.current()).toMatchObject({ step: 6, publicClass: "none" });
    const closed = [...replay([...proxy.records, ...adapter.records])].at(-1);
    expect(closed).toEqual(lesser.current());
  });
});

test("a session is restored exactly, at any record", () => {
  const [first, second] = twoRuns(8);
  const records = first.records.flatMap((record, index) => {
    const other = second.records[index];
    return other === undefined ? [record] : [other, record];
  });
  const whole = new SessionHealth();
  const expected = records.map((record) => whole.observe(record));
  for (let at = 0; at < records.length; at++) {
    let session = new SessionHealth();
    const assessments = records.map((record, index) => {
      if (index === at) session = SessionHealth.restore(JSON.parse(JSON.stringify(session.save())));
      return session.observe(record);
    });
    expect(assessments).toEqual(expected);
  }
});

test("a view that is narrow makes the session's rules ask for more", () => {
  const narrow = new RunBuilder("a", "mcp", "one_server");
  const wide = new RunBuilder("a", "mcp");
  for (let step = 0; step < 5; step++) {
    narrow.call(step * 1_000, "read", "the same text");
    wide.call(step * 1_000, "read", "the same text");
  }
  expect(observeAll(narrow.records).current().publicClass).toBe("review_only");
  expect(observeAll(wide.records).current().publicClass).toBe("hard_alert");
});
