import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { AFTER, BEFORE, record, recordCohorts } from "../gate/recorded.ts";
import { TemporaryHome } from "../install/temporary-home.ts";
import { printedBy } from "../printed-by.ts";
import { RunningCollector } from "../running-collector.ts";

let machine: TemporaryHome;
beforeAll(async () => {
  machine = new TemporaryHome();
  const home = machine.caumHome;
  await recordCohorts(home);
  await record({ home, session: "calm", calls: 3 });
  await record({ home, session: "stuck", calls: 8, repeats: true, costUsd: 0.01 });
}, 60_000);
afterAll(() => machine.remove());

const compare = (...words: readonly string[]) => printedBy(["compare", ...words], machine.env);

/** Columns may be wider, and say the same. */
function cellsIn(seen: string): readonly string[] {
  return seen.split("\n").map((line) => line.replaceAll(/ {2,}/g, " | "));
}

test("two sessions: order, figures, tools, what follows what, loops", async () => {
  const { seen, code } = await compare("calm", "stuck", "--local");
  expect(code).toBe(0);
  const lines = cellsIn(seen);
  expect(lines.slice(0, 4)).toEqual([
    "A | calm",
    "B | stuck",
    "",
    "The first 3 steps are alike; step 4 is nothing more in A and read_file in B.",
  ]);
  for (const line of [
    "steps | 3 | 8 | +5",
    "loops | 0 | 1 | +1",
    "failed calls | 0 | 0 | 0",
    "tokens | not known | not known | -",
    "cost | not known | $0.0800 | -",
    "read_file | 3 | 8 | +5",
  ]) {
    expect(lines).toContain(line);
  }
  expect(lines.find((line) => line.startsWith("read_file: "))).toMatch(/ \| 0 \| 1$/);
  // Every table is aligned: its figures end in one column.
  const widths = seen.split("\n").filter((line) => /^(?:steps|tokens|cost) /.test(line));
  expect(new Set(widths.map(({ length }) => length)).size).toBe(1);
});

test("many sessions: means, shares with intervals, and what is typical", async () => {
  const { seen, code } = await compare(BEFORE, AFTER);
  expect(code).toBe(0);
  const lines = cellsIn(seen);
  expect(lines[0]).toBe(`A | ${BEFORE}, 24 sessions`);
  expect(lines).toContain("steps | 4 | 5.3 | +1.3 | 0 (0 to +4)");
  expect(lines).toContain("cost | $0.0400 | $0.1067 | +$0.0667 | +$0.0400 (+$0.0400 to +$0.1200)");
  expect(lines).toContain(
    "with a loop | 0 (0.0 % to 13.8 %) | 8 (18.0 % to 53.3 %) | +33.3 (+12.7 to +53.3)",
  );
});

test("the same as JSON, wherever the sessions are", async () => {
  const json = async (...words: readonly string[]) => {
    const { seen, code } = await compare(...words, "--json");
    expect(code).toBe(0);
    const { selectors, ...report } = JSON.parse(seen);
    return { selectors, report };
  };
  const here = await json("runs:,session=calm", "runs:,session=stuck");
  expect(here.selectors).toEqual({ a: "runs:,session=calm", b: "runs:,session=stuck" });
  expect(here.report).toMatchObject({
    schema: "caum.compare.v1.0",
    a: { session: "calm", sessions: 1 },
    order: { sameSteps: 3, a: null, b: "read_file" },
    problems: [],
  });
  const folder = join(machine.caumHome, "runs");
  const inFolder = await json(`${folder},session=calm`, `${folder},session=stuck`);
  expect(inFolder.report).toEqual(here.report);
  const collector = await RunningCollector.start(machine);
  try {
    for (const session of ["calm", "stuck"]) await collector.adopted(session);
    const there = await json("calm", "stuck", ...collector.flags);
    expect(there.report).toEqual(here.report);
    const many = await json("workflow=checkout", "agent=agent,last=3", ...collector.flags);
    expect(many.report).toMatchObject({ b: { sessions: 3 }, order: null });
    const gone = await compare("calm", "nobody", ...collector.flags);
    expect(gone).toMatchObject({ code: 2, seen: expect.stringContaining("B is no session") });
  } finally {
    await collector.stop();
  }
});

/** A file of the calls of one session. */
function trace(name: string, tools: readonly string[]): string {
  const lines = tools.map(
    (tool, step) =>
      `${JSON.stringify({ session_id: "t", step: step + 1, event: "tool_call", tool })}\n`,
  );
  return machine.write(`project/${name}.ndjson`, lines.join(""));
}

test("the seventeenth tool of a session is not named, which is no 0", async () => {
  const all = Array.from({ length: 17 }, (_, at) => `tool-${at + 1}`);
  const { seen, code } = await compare(
    trace("wide", all),
    trace("narrow", ["tool-1", "tool-17", "tool-17"]),
  );
  expect(code).toBe(0);
  const lines = cellsIn(seen);
  for (const line of [
    "tool-17 | not named | 2 | -",
    "tool-2 | 1 | 0 | -1",
    "different tools | not known | 2 | -",
    "calls of tools that are not named: 1 and 0",
  ]) {
    expect(lines).toContain(line);
  }
});

test("traces are compared as well", async () => {
  const one = trace("one", ["a", "b", "c"]);
  const other = trace("other", ["a", "b", "d"]);
  const { seen, code } = await compare(one, other);
  expect(code).toBe(0);
  expect(seen).toContain("The first 2 steps are alike; step 3 is c in A and d in B.");
  expect(seen).toContain("note: 1 session is on both sides");
});

test("histories of clients are compared as well, and what followed nothing has no share", async () => {
  const fixtures = join(import.meta.dirname, "../../../histories/test/fixtures");
  const one = "0c07b622-0958-4a5f-9248-b1b7c4478080";
  const other = "01a22292-dfee-7a32-9553-63638582b7f4";
  const { seen, code } = await compare(
    `${fixtures}/claude-code,session=${one}`,
    `${fixtures}/codex,session=${other}`,
  );
  expect(code).toBe(0);
  const lines = cellsIn(seen);
  expect(lines.slice(0, 2)).toEqual([`A | ${one}`, `B | ${other}`]);
  expect(lines).toContain(
    "They begin differently; step 1 is mcp__srv__slow in A and exec_command in B.",
  );
  expect(lines).toContain("steps | 1 | 18 | +17");
  expect(lines.find((line) => line.startsWith("other then other"))).toMatch(
    / \| - \| \d+\.\d % \| -$/,
  );
});

test.each([
  [
    ["nobody", "calm", "--local"],
    "A is no session whose structure is known, and no file or folder",
  ],
  [["calm", "runs:,workflow=nobody", "--local"], "B matches no session"],
  [["calm", "workflw=x"], '"workflw=x" selects nothing'],
  [["calm", "runs:,session=a,last=2"], "B is no session"],
  [["calm", "last=2,session=a"], "no other filter goes with it"],
  [["calm", "calm", "--url", "http://127.0.0.1:1", "--key", "k"], "caum compare: "],
])("%j is refused with 2", async (words, message) => {
  const { seen, code } = await compare(...words);
  expect(code).toBe(2);
  expect(seen).toContain(message);
});

test("what cannot be read is told, and ends with 2 beside what was compared", async () => {
  const good = join(machine.caumHome, "runs");
  const bad = machine.write("project/bad/records.ndjson", "{}\n");
  const { seen, code } = await compare(`${good},${join(bad, "..")}`, good);
  expect(code).toBe(2);
  expect(seen).toContain("project/bad: a line is no record");
  expect(seen).toContain("mean of a session");
});
