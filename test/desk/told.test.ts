/** How long it takes until a person is told, with nothing done but `caum install`. */
import { expect, test } from "vitest";
import { TemporaryHome } from "../../packages/cli/test/install/temporary-home.ts";
import { fakeNotifySend } from "../fake-notify-send.ts";
import { callTool } from "./wrapped-entry.ts";

const SERVER = new URL("../../packages/cli/test/launcher/fixtures/server.mjs", import.meta.url);
const CONFIG = "u/.claude.json";
const TOLD_WITHIN_MS = 2_000;
/** The equal call that alerts, where one server is seen. */
const ALERTING = 8;
const BEGIN = /^Claude Code has called `echo` \d+ times in a row/;

test("a person is told within two seconds of the alerting call, in a sentence", async () => {
  const machine = new TemporaryHome();
  const desktop = fakeNotifySend();
  const files = { command: process.execPath, args: [SERVER.pathname] };
  machine.write(CONFIG, JSON.stringify({ mcpServers: { files } }));
  expect(await machine.caum(["install"])).toMatchObject({ code: 0 });
  const entry = JSON.parse(machine.read(CONFIG)).mcpServers.files;
  const PATH = `${desktop.folder}:${machine.env.PATH}`;
  const env = { ...machine.env, PATH, CAUM_DESKTOP: "1" };
  const { times } = await callTool(entry, { ...machine, env }, "claude-code", ALERTING + 4);
  // The end of the loop is told as well, by a program of its own that may be quicker.
  const told = () => desktop.shown().find(({ text }) => BEGIN.test(text));
  await expect.poll(told, { timeout: 50_000 }).toBeDefined();
  const shown = told();
  expect((shown?.atMs ?? 0) - (times[ALERTING - 1] ?? 0)).toBeLessThan(TOLD_WITHIN_MS);
  machine.remove();
}, 120_000);
