import { execFile } from "node:child_process";
import { cpSync, existsSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { LOOPED, recordLoopedSession } from "../../../test/looped-session.ts";
import { TemporaryHome } from "./install/temporary-home.ts";
import { RunningCollector } from "./running-collector.ts";

const MAIN = fileURLToPath(new URL("../src/main.ts", import.meta.url));
const START_MS = Date.now() - 3_600_000;

/** Recorded once; each test has a copy. */
let recorded: TemporaryHome;
let machine: TemporaryHome;
let collector: RunningCollector | undefined;
beforeAll(async () => {
  recorded = new TemporaryHome();
  let now = START_MS;
  await recordLoopedSession(recorded.caumHome, () => {
    now += 100;
    return now;
  });
});
afterAll(() => recorded.remove());
beforeEach(() => {
  machine = new TemporaryHome();
  cpSync(recorded.caumHome, machine.caumHome, { recursive: true });
});
afterEach(async () => {
  await collector?.stop();
  collector = undefined;
  machine.remove();
});

interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

function caum(...words: readonly string[]): Promise<Outcome> {
  const args = ["--conditions=@caum/source", "--no-warnings", MAIN, ...words];
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      args,
      { env: machine.env, maxBuffer: 1e9 },
      (error, stdout, stderr) => resolve({ code: error ? Number(error.code) : 0, stdout, stderr }),
    );
  });
}

describe.each(["the runs of this machine", "a collector that took them over"])("%s", (where) => {
  beforeEach(async () => {
    if (where === "the runs of this machine") return;
    collector = await RunningCollector.start(machine);
    await collector.adopted("clean");
    rmSync(`${machine.caumHome}/runs`, { recursive: true });
  });

  test("the long session is found by the loops that it had, without a key", async () => {
    const { stdout, code } = await caum("sessions", "--had-loop", "--json");
    expect(code).toBe(0);
    const { steps, loops, loopSteps, id } = LOOPED;
    expect(JSON.parse(stdout)).toMatchObject([
      {
        session_id: id,
        title: "Claude Code",
        steps,
        public_class: "none",
        live_alert: false,
        ended: true,
        worst_tier: "T5",
        loop_count: loops,
        loop_steps: loopSteps,
        loop_cost_usd: loopSteps / 1_000,
        marked: true,
        acknowledged_at: null,
        first_seen: expect.stringMatching(new Date(START_MS).toISOString().slice(0, 15)),
      },
    ]);
    const table = (await caum("sessions")).stdout;
    expect(table).toMatch(/ 5000 +T\d +T5 +7 \(70 steps\) \$0\.07 ! +ended +Claude Code/);
    expect(table).toMatch(/\bclean$/m);
    const text = (await caum("report", id)).stdout;
    expect(text).toContain("7 loops over 70 steps, about $0.07, worst tier T5, not acknowledged");
    expect(text).toMatch(/Claude Code has called `search_issues` 4 times in a row/);
  });

  test("it stays marked until somebody has looked, and says who", async () => {
    const done = await caum("acknowledge", LOOPED.id, "--by", "ada");
    expect(done).toMatchObject({ code: 0, stdout: `${LOOPED.id}: acknowledged by ada\n` });
    expect(JSON.parse((await caum("sessions", "--marked", "--json")).stdout)).toEqual([]);
    const [session] = JSON.parse((await caum("sessions", "--had-loop", "--json")).stdout);
    expect(session).toMatchObject({ marked: false, acknowledged_by: "ada", loop_count: 7 });
    expect((await caum("report", LOOPED.id)).stdout).toMatch(/acknowledged by ada at \d{4}-/);
    expect(await caum("acknowledge", "nobody")).toMatchObject({ code: 2 });
  });

  test("the sessions that are built like it are listed, and how they differ", async () => {
    const { stdout, code } = await caum("similar", "clean");
    expect(code).toBe(0);
    expect(stdout).toMatch(/^[01]\.\d\d .* 5000 +7 +\w+ [01]\.\d\d, \w+ [01]\.\d\d .*long-work$/m);
    expect(stdout).toMatch(/\ncompared with the one other session\n$/);
    expect(await caum("similar", "nobody")).toMatchObject({ code: 2 });
    expect(await caum("similar", "clean", "--limit", "0")).toMatchObject({ code: 2 });
  });
});

test("what the runs say and what a collector says of them is the same", async () => {
  const local = JSON.parse((await caum("sessions", "--json", "--local")).stdout);
  collector = await RunningCollector.start(machine);
  await collector.adopted("clean");
  const there = JSON.parse((await caum("sessions", "--json", ...collector.flags)).stdout);
  expect(local).toEqual(there);
  const report = JSON.parse((await caum("report", LOOPED.id, "--json", "--local")).stdout);
  const same = JSON.parse((await caum("report", LOOPED.id, "--json", ...collector.flags)).stdout);
  const similar = JSON.parse((await caum("similar", "clean", "--json", "--local")).stdout);
  const alike = JSON.parse((await caum("similar", "clean", "--json", ...collector.flags)).stdout);
  expect(similar).toEqual(alike);
  expect(similar.sessions).toMatchObject([{ session_id: LOOPED.id, loop_count: 7 }]);
  expect(report.merkle_root).toBe(same.merkle_root);
  expect(report.session).toEqual(same.session);
  expect(report.steps[4_000].assessment).toEqual(same.steps[4_000].assessment);
});

test("the account of this machine is for its user alone, and for this collector alone", async () => {
  rmSync(`${machine.caumHome}/runs`, { recursive: true });
  collector = await RunningCollector.start(machine);
  const path = `${machine.caumHome}/local-collector.json`;
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(JSON.parse(readFileSync(path, "utf8"))).toEqual({
    url: collector.url,
    apiKey: collector.apiKey,
    telemetryKey: expect.stringMatching(/^caum_live_/),
  });
  // Another port is another collector: it is not sent this one's key.
  const elsewhere = await caum("sessions", "--url", "http://127.0.0.1:9");
  expect(elsewhere.stderr).toMatch(/no collector answers at http:\/\/127\.0\.0\.1:9/);
  const named = await caum("sessions", "--url", collector.url, "--json");
  expect(named.code).toBe(0);
});

test("acknowledgements of this machine survive a broken file", async () => {
  writeFileSync(`${machine.caumHome}/acknowledged.json`, "{{{");
  expect((await caum("acknowledge", LOOPED.id, "--by", "ada")).code).toBe(0);
  expect(existsSync(`${machine.caumHome}/acknowledged.json`)).toBe(true);
  expect((await caum("sessions", "--marked")).stdout).toMatch(/no session fits/);
});
