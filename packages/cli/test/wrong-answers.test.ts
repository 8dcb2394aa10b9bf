/** Commands that ask a collector, when it answers wrongly or is none. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { TemporaryHome } from "./install/temporary-home.ts";
import { type Receiver, startAnswering, startLiar } from "./liar.ts";
import { RunningCollector } from "./running-collector.ts";

let machine: TemporaryHome;
let collector: RunningCollector;
let receiver: Receiver | undefined;
beforeAll(async () => {
  machine = new TemporaryHome();
  collector = await RunningCollector.start(machine);
}, 60_000);
afterEach(() => receiver?.close());
afterAll(async () => {
  await collector.stop();
  machine.remove();
});

async function lie(change: (text: string) => string): Promise<readonly string[]> {
  receiver = await startLiar(collector.url, change);
  return ["--url", receiver.url, "--key", collector.apiKey];
}

const noAlert = (text: string) => text.replaceAll('"live_alert":true', '"live_alert":false');
const blocks = (text: string) =>
  text.replaceAll('"allowed_to_block":false', '"allowed_to_block":true');

test.each([
  ["tells no loop", noAlert],
  ["says that it may block", blocks],
])("caum smoke ends with 1 when the collector %s", async (_name, change) => {
  const place = await lie(change);
  const { code, stdout, stderr } = await machine.caum(["smoke", ...place]);
  expect([code, stderr]).toEqual([1, ""]);
  expect(stdout).toContain("FAILED: ");
  const json = await machine.caum(["smoke", ...place, "--json"]);
  expect([json.code, JSON.parse(json.stdout).passed]).toEqual([1, false]);
});

test("caum validate ends with 1 and names the agent that saw something else", async () => {
  const place = await lie(noAlert);
  const { code, stdout } = await machine.caum(["validate", ...place]);
  expect(code).toBe(1);
  expect(stdout).toContain("FAILS  an alert after the loop began\n         seen: no alert");
  expect(stdout).toContain("4 of 5 agents passed");
  const json = await machine.caum(["validate", ...place, "--json"]);
  expect([json.code, JSON.parse(json.stdout).passed]).toEqual([1, false]);
});

const ASKING = [
  ["smoke"],
  ["validate"],
  ["sessions"],
  ["report", "x"],
  ["tail", "--once"],
  ["tail"],
  ["export", "x", "--out", "bundle"],
  ["gate", "--candidate", "since=1d", "--fail-on", "loop"],
  ["stats"],
];

const SOME = [["smoke"], ["sessions"]];

test.each([
  ["a web page", ASKING, { status: 200, type: "text/html", text: "<!doctype html><p>hello" }],
  ["a web page that is not there", SOME, { status: 404, type: "text/html", text: "<p>not found" }],
  ["some other API", ASKING, { status: 200, type: "application/json", text: "{}" }],
  ["no object", SOME, { status: 200, type: "application/json", text: "3" }],
])("%s instead of a collector is one line and exit code 2", async (_name, asking, reply) => {
  receiver = await startAnswering(reply);
  const { url } = receiver;
  const outcomes = await Promise.all(
    asking.map((words) => machine.caum([...words, "--url", url, "--key", "k"])),
  );
  for (const [index, { code, stderr }] of outcomes.entries()) {
    const [name = ""] = asking[index] ?? [];
    expect([name, code]).toEqual([name, 2]);
    expect(stderr).toMatch(new RegExp(`^caum ${name}: [^\\n]+\\n$`));
    expect(stderr).not.toMatch(/Unexpected token|undefined|not iterable|at file:/);
  }
  expect(existsSync(join(machine.project, "bundle"))).toBe(false);
  expect(existsSync(join(machine.project, "bundle.part"))).toBe(false);
});

test("a key that is not accepted is said, and never repeated", async () => {
  const wrong = "caum_live_wrong";
  for (const words of [["sessions"], ["report", "x"], ["tail"], ["export", "x", "--out", "b"]]) {
    const asked = [...words, "--url", collector.url, "--key", wrong];
    const { code, stderr } = await machine.caum(asked);
    expect([words[0], code]).toEqual([words[0], 2]);
    expect(stderr).toContain("the key is not accepted");
    expect(stderr).not.toContain(wrong);
  }
});

test("caum export keeps a file that somebody else has begun, and prints JSON", async () => {
  const smoke = await machine.caum(["smoke", ...collector.flags, "--json"]);
  const { sessionId } = JSON.parse(smoke.stdout);
  machine.write("project/mine.part", "mine");
  const words = ["export", sessionId, ...collector.flags, "--json", "--out"];
  expect((await machine.caum([...words, "mine"])).code).toBe(2);
  expect(readFileSync(join(machine.project, "mine.part"), "utf8")).toBe("mine");
  const { code, stdout, stderr } = await machine.caum([...words, "my bundle"]);
  expect([code, stderr]).toEqual([0, ""]);
  const { verifierKey, verify } = JSON.parse(stdout);
  expect(verify).toBe(`caum verify 'my bundle' --key ${verifierKey}`);
  expect((await machine.caum(["verify", "my bundle", "--key", verifierKey])).code).toBe(0);
});

test("the root of a report covers its steps while the session goes on", async () => {
  const smoke = await machine.caum(["smoke", ...collector.flags, "--json"]);
  const { sessionId } = JSON.parse(smoke.stdout);
  const place = await lie((text) => text.replace(/"tree_size":\d+/, '"tree_size":5'));
  const { stdout } = await machine.caum(["report", sessionId, ...place, "--json"]);
  const { tree_size, steps } = JSON.parse(stdout);
  expect([tree_size, steps.length]).toEqual([5, 5]);
});
