import { fileURLToPath } from "node:url";
import { createObserver } from "@caum/core";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StdioClientTransport } from "@modelcontextprotocol/sdk/client/stdio.js";
import { afterEach, beforeEach, expect, onTestFinished, test } from "vitest";
import { TemporaryHome } from "./install/temporary-home.ts";
import { RunningCollector } from "./running-collector.ts";

const MAIN = fileURLToPath(new URL("../src/main.ts", import.meta.url));
const CANARY = "canary-52ab";

let machine: TemporaryHome;
let client: Client;
beforeEach(async () => {
  machine = new TemporaryHome();
  client = await connect();
});

async function connect(...flags: readonly string[]): Promise<Client> {
  const connected = new Client({ name: "test", version: "1" });
  const args = ["--conditions=@caum/source", "--no-warnings", MAIN, "mcp", ...flags];
  const command = process.execPath;
  await connected.connect(new StdioClientTransport({ command, args, env: { ...machine.env } }));
  return connected;
}

afterEach(async () => {
  await client.close();
  machine.remove();
});

async function record(session: string, calls: readonly string[]): Promise<void> {
  const observer = createObserver({
    home: machine.caumHome,
    env: {},
    agentId: "tester",
    layer: "framework",
    view: "full",
    writer: "test",
    writerVersion: "1",
  });
  const open = observer.session(session);
  for (const text of calls) {
    open.observe({
      kind: "tool",
      tool: "read_file",
      arguments: { path: `${CANARY}${text}` },
      result: `${CANARY}${text}`,
    });
  }
  await observer.flush();
  // A session that is over loops no more, whatever stood at its end.
  onTestFinished(() => observer.close().then(() => undefined));
}

async function ask(name: string, session?: string) {
  const given = session === undefined ? {} : { session };
  const result = await client.callTool({ name, arguments: given });
  const [{ text }] = result.content as [{ text: string }];
  expect(text).not.toContain(CANARY);
  return result.isError ? { error: text } : JSON.parse(text);
}

test("every tool says that it only reads", async () => {
  const { tools } = await client.listTools();
  expect(tools.map(({ name }) => name).sort()).toEqual([
    "am_i_looping",
    "evidence",
    "sessions",
    "verdict",
  ]);
  for (const { annotations } of tools) expect(annotations).toMatchObject({ readOnlyHint: true });
});

test("an agent learns that it loops, and what proves it", async () => {
  await record("worker", ["a", "b", "c"]);
  await record(
    "looper",
    Array.from({ length: 10 }, () => "same"),
  );
  expect(await ask("am_i_looping")).toMatchObject({
    session: "looper",
    looping: true,
    advice: "break_loop",
    steps: 10,
    decision: "observe_only",
  });
  expect(await ask("am_i_looping", "worker")).toMatchObject({ session: "worker", looping: false });
  expect(await ask("verdict", "worker")).toMatchObject({ steps: 3, public_class: "none" });
  const { local, collector } = await ask("sessions");
  expect(local.map((one: { session: string }) => one.session)).toEqual(["looper", "worker"]);
  expect(collector).toEqual([]);
  const { runs } = await ask("evidence", "worker");
  expect(runs).toEqual([expect.objectContaining({ tree_size: 4, linked: true, closed: false })]);
});

test("what is not known is said as an error of the tool", async () => {
  expect(await ask("verdict")).toEqual({ error: "no session is recorded yet" });
  expect(await ask("evidence", "x")).toEqual({
    error: "there is no such session on this machine",
  });
});

test("with a collector its sessions are known too; one that goes away hides nothing", async () => {
  await record("worker", ["a", "b"]);
  const collector = await RunningCollector.start(machine);
  const smoke = await machine.caum(["smoke", ...collector.flags, "--json"]);
  const { sessionId } = JSON.parse(smoke.stdout);
  await client.close();
  client = await connect(...collector.flags);
  // The newest of both, and what only the collector knows.
  expect(await ask("am_i_looping")).toMatchObject({
    session: sessionId,
    source: "collector",
    looping: true,
    decision: "observe_only",
  });
  expect(await ask("verdict", sessionId)).toMatchObject({ steps: 11, public_class: "hard_alert" });
  expect(await ask("verdict", "worker")).toMatchObject({ source: "local", steps: 2 });
  const { local, collector: there } = await ask("sessions");
  expect(local).toHaveLength(1);
  expect(there).toContainEqual(expect.objectContaining({ session: sessionId }));
  const evidence = await ask("evidence", sessionId);
  expect(evidence).toMatchObject({ source: "collector", tree_size: expect.any(Number) });
  expect(evidence.merkle_root).toMatch(/^[0-9a-f]{64}$/);
  expect(await ask("verdict", "nobody")).toEqual({
    error: "there is no such session: caum sessions lists them",
  });
  await collector.stop();
  expect(await ask("am_i_looping")).toMatchObject({ session: "worker", looping: false });
  expect(await ask("sessions")).toMatchObject({
    local: [{ session: "worker" }],
    collector: [],
    collector_problem: expect.stringContaining("no collector answers"),
  });
  expect(await ask("verdict", sessionId)).toEqual({
    error: expect.stringContaining("no collector answers"),
  });
});
