/** One side only spools, another sends: how the proxy keeps uploads out of its relay. */
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createObserver } from "../../src/index.ts";
import { openSpoolSender, previewSpool } from "../../src/machine.ts";
import { isChain, Receiver } from "./receiver.ts";

let home: string;
let receiver: Receiver;

beforeEach(async () => {
  home = mkdtempSync(join(tmpdir(), "caum-follow-"));
  receiver = await new Receiver().listen();
});

afterEach(async () => {
  await receiver.close();
  rmSync(home, { recursive: true, force: true });
});

const env = () => ({ CAUM_URL: receiver.url, CAUM_API_KEY: receiver.key, CAUM_HOME: home });

function sender() {
  const opened = openSpoolSender({ env: env(), agent: "test/1", onProblem: () => undefined });
  if (!opened) throw new Error("there is a collector");
  return opened;
}

function observer(follower: { appended(folder: string): void }) {
  return createObserver({
    writer: "test",
    writerVersion: "1.0.0",
    layer: "mcp",
    view: "one_server",
    env: env(),
    follower,
  });
}

const segments = () =>
  readdirSync(join(home, "upstream"), { recursive: true, encoding: "utf8" }).filter((name) =>
    /\d{8}\.ndjson$/.test(name),
  );

test("what one side spools the other sends while it is still written, and cleans up at the end", async () => {
  const follower = sender();
  const seen = observer(follower);
  for (let index = 0; index < 300; index++)
    seen.observe("s", { tool: `tool-${index}`, status: "ok" });
  await expect.poll(() => receiver.tools.length, { timeout: 3_000 }).toBe(300);
  for (let index = 300; index < 310; index++)
    seen.observe("s", { tool: `tool-${index}`, status: "ok" });
  await seen.close();
  await follower.finish();
  expect(receiver.tools).toEqual(Array.from({ length: 310 }, (_, index) => `tool-${index}`));
  expect(isChain(receiver.lines)).toBe(true);
  expect(segments()).toEqual([]);
});

test("when the sending side is dead, everything waits on the disk for the next process", async () => {
  const seen = observer({ appended: () => undefined });
  for (let index = 0; index < 50; index++)
    seen.observe("s", { tool: `tool-${index}`, status: "ok" });
  const result = await seen.close();
  expect(result).toMatchObject({ accepted: 0, spooled: 52 });
  expect(receiver.requests).toBe(0);
  const printed: string[] = [];
  const count = await previewSpool({ env: env(), agent: "test/1" }, (text) => printed.push(text));
  expect(count).toBe(52);
  expect(printed.join("\n")).toContain("tool-49");
  expect(printed.join("\n")).not.toContain(receiver.key);
  expect(receiver.requests).toBe(0);
  const next = sender();
  expect(await next.finish()).toMatchObject({ accepted: 52, duplicate: 0 });
  expect(segments()).toEqual([]);
});
