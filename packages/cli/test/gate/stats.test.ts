import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { TemporaryHome } from "../install/temporary-home.ts";
import { printedBy } from "../printed-by.ts";
import { RunningCollector } from "../running-collector.ts";
import { record } from "./recorded.ts";

let machine: TemporaryHome;
beforeAll(async () => {
  machine = new TemporaryHome();
  const home = machine.caumHome;
  await record({ home, session: "one", server: "files", durationMs: 20, workflow: "w" });
  await record({
    home,
    session: "two",
    server: "files",
    durationMs: 40,
    status: "error",
    workflow: "w",
  });
  await record({ home, session: "three", tool: "write_file", calls: 8, repeats: true });
});
afterAll(() => machine.remove());

test("tools and servers over many sessions, in a table", async () => {
  const { seen, code } = await printedBy(["stats", "runs:"], machine.env);
  expect(code).toBe(0);
  expect(seen.split("\n").map((line) => line.replaceAll(/ {2,}/g, "  "))).toEqual([
    "3 sessions, 1 with a loop; 16 calls",
    "",
    "tool  calls  sessions  failed  errors  protocol  p50  p95  p99  loops",
    "read_file (files)  8  2  1  4  0  21 ms  42 ms  42 ms  0",
    "write_file  8  1  0  0  0  -  -  -  1",
    "",
    "server  calls  sessions  failed  errors  protocol  p50  p95  p99  loops",
    "files, 1 tool  8  2  1  4  0  21 ms  42 ms  42 ms  0",
    "",
    expect.stringContaining("errors: of the tool, of the protocol"),
    "",
  ]);
});

test("the same as JSON, of a workflow, and of folders", async () => {
  const json = await printedBy(["stats", "runs:,workflow=w", "--json"], machine.env);
  expect(JSON.parse(json.seen)).toMatchObject({ sessions: 2, calls: 8, tools: [{ p50Ms: 20.5 }] });
  const one = await printedBy(["stats", "runs:,last=1"], machine.env);
  expect(one.seen).toContain("1 session, 1 with a loop; 8 calls");
  const folder = await printedBy(["stats", join(machine.caumHome, "runs"), "--json"], machine.env);
  expect(JSON.parse(folder.seen)).toMatchObject({ sessions: 3, calls: 16, problems: [] });
});

test("the same of a collector, which has taken the runs over", async () => {
  const collector = await RunningCollector.start(machine);
  try {
    for (const session of ["one", "two", "three"]) await collector.adopted(session);
    const { seen } = await printedBy(["stats", "--json", ...collector.flags], machine.env);
    const local = await printedBy(["stats", "runs:", "--json"], machine.env);
    expect(JSON.parse(seen)).toEqual(JSON.parse(local.seen));
    const words = ["gate", "--candidate", "workflow=w", "--fail-on", "error", "--json"];
    const gate = await printedBy([...words, ...collector.flags], machine.env);
    expect(gate.code).toBe(1);
    expect(JSON.parse(gate.seen)).toMatchObject({ candidate: { sessions: 2 }, outcome: "found" });
  } finally {
    await collector.stop();
  }
}, 60_000);

test("no session, and a selector that means nothing, end with 2", async () => {
  expect(await printedBy(["stats", "runs:,workflow=none"], machine.env)).toEqual({
    seen: "caum stats: no session fits: choose others, or record some\n",
    code: 2,
  });
  expect((await printedBy(["stats", "bundels/"], machine.env)).code).toBe(2);
});
