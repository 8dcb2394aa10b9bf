import { fileURLToPath } from "node:url";
import { createObserver } from "@caum/core";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StdioClientTransport } from "@modelcontextprotocol/sdk/client/stdio.js";
import { afterEach, beforeEach, expect, test } from "vitest";
import { TemporaryHome } from "./install/temporary-home.ts";

const MAIN = fileURLToPath(new URL("../src/main.ts", import.meta.url));
const CANARY = "canary-52ab";

let machine: TemporaryHome;
let client: Client;
beforeEach(async () => {
  machine = new TemporaryHome();
  client = new Client({ name: "test", version: "1" });
  const args = ["--conditions=@caum/source", "--no-warnings", MAIN, "mcp"];
  const command = process.execPath;
  await client.connect(new StdioClientTransport({ command, args, env: { ...machine.env } }));
});
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
  open.close();
  await observer.flush();
  observer.close();
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
  expect(runs).toEqual([expect.objectContaining({ tree_size: 5, linked: true, closed: true })]);
});

test("what is not known is said as an error of the tool", async () => {
  expect(await ask("verdict")).toEqual({ error: "no session is recorded on this machine yet" });
  expect(await ask("evidence", "x")).toEqual({
    error: "there is no such session on this machine",
  });
});
