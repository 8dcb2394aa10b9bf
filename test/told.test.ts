/** With no collector at all, whoever sits at the machine is told of a loop by what records it. */
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StdioClientTransport } from "@modelcontextprotocol/sdk/client/stdio.js";
import { expect, onTestFinished, test, vi } from "vitest";
import { placeHook } from "../packages/cli/src/launcher/place-launcher.ts";
import { fakeNotifySend } from "./fake-notify-send.ts";
import { SUITE_SERVER, stdioCommand } from "./fidelity/server-place.ts";
import { temporaryHome } from "./fidelity/stdio-party.ts";

const TOLD_WITHIN_MS = 2_000;
const SOON = { timeout: 50_000, interval: 20 };
/** The equal call that alerts: a proxy sees one server only, and asks for twice as many. */
const ALERTING = { proxy: 8, hook: 4 } as const;

function environment(folder: string, home: string): Record<string, string> {
  return { PATH: `${folder}:${process.env.PATH}`, CAUM_HOME: home, CAUM_DESKTOP: "1" };
}

/** Calls one tool again and again through the proxy; answers when the alerting call was answered. */
async function loopThroughProxy(env: Record<string, string>, home: string): Promise<number> {
  const client = new Client({ name: "claude-code", version: "2" });
  const command = stdioCommand("proxy", SUITE_SERVER, home);
  await client.connect(new StdioClientTransport({ ...command, env }));
  onTestFinished(() => client.close());
  let alertedMs = 0;
  for (let call = 1; call <= ALERTING.proxy + 2; call++) {
    await client.callTool({ name: "test_simple_text", arguments: { of: "the same" } });
    if (call === ALERTING.proxy) alertedMs = Date.now();
  }
  return alertedMs;
}

test("the proxy tells of a loop within 2 s, once", async () => {
  const desktop = fakeNotifySend();
  const home = temporaryHome();
  const alertedMs = await loopThroughProxy(environment(desktop.folder, home), home);
  await vi.waitFor(() => expect(desktop.shown()).toHaveLength(1), SOON);
  const [shown] = desktop.shown();
  expect(shown?.text).toMatch(
    /^Claude Code has called `test_simple_text` 8 times in a row with the same question\. Stop it, or tell it what to do differently\.\nMore: caum report s-\w+$/,
  );
  expect((shown?.atMs ?? 0) - alertedMs).toBeLessThan(TOLD_WITHIN_MS);
});

test.each([
  ["it is turned off", { CAUM_DESKTOP: "0" }],
  ["a collector is configured", { CAUM_URL: "http://127.0.0.1:9" }],
])("the proxy tells nobody when %s", async (_name, more) => {
  const desktop = fakeNotifySend();
  const home = temporaryHome();
  await loopThroughProxy({ ...environment(desktop.folder, home), ...more }, home);
  await new Promise((resolve) => setTimeout(resolve, 1_000));
  expect(desktop.shown()).toEqual([]);
});

test("the recorder behind the hooks tells of a loop within 2 s, once", async () => {
  const desktop = fakeNotifySend();
  const home = temporaryHome();
  const env = { ...process.env, ...environment(desktop.folder, home) };
  const node = process.execPath;
  placeHook({ platform: process.platform, home, env, folder: home, caumHome: home, node });
  let alertedMs = 0;
  for (let call = 1; call <= ALERTING.hook + 1; call++) {
    const event = {
      hook_event_name: "PostToolUse",
      session_id: "5b2c-1",
      tool_name: "Bash",
      tool_use_id: `t${call}`,
      tool_input: { command: "make test" },
      tool_response: { stdout: "failed" },
    };
    const words = [join(home, "bin", "hook.cjs"), "--home", home];
    spawnSync(process.execPath, words, { input: JSON.stringify(event), env });
    if (call === ALERTING.hook) alertedMs = Date.now();
  }
  await vi.waitFor(() => expect(desktop.shown()).toHaveLength(1), SOON);
  const [shown] = desktop.shown();
  expect(shown?.text).toMatch(/^Claude Code has called `Bash` 4 times in a row/);
  expect((shown?.atMs ?? 0) - alertedMs).toBeLessThan(TOLD_WITHIN_MS);
});
