import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { createObserver } from "@caum/core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { TemporaryHome } from "./install/temporary-home.ts";

let machine: TemporaryHome;
beforeAll(() => {
  machine = new TemporaryHome();
  mkdirSync(join(machine.caumHome, "runs"), { recursive: true });
});
afterAll(() => machine.remove());

/** @returns the folder of a run that was just recorded */
async function record(): Promise<string> {
  const before = machine.runs();
  const observer = createObserver({
    writer: "test",
    writerVersion: "1.0.0",
    layer: "framework",
    view: "full",
    home: machine.caumHome,
    env: {},
    upstream: false,
  });
  observer.observe("s", { tool: "a", status: "ok" });
  await observer.close();
  const [run = ""] = machine.runs().filter((name) => !before.includes(name));
  return join(machine.caumHome, "runs", run);
}

async function verdictOf(run: string, key: string): Promise<number> {
  return (await machine.caum(["verify", run, "--key", key])).code;
}

const UNTRUSTED = 6;

test("caum keys rotate makes a new key; what the old one signed still verifies with it", async () => {
  const none = await machine.caum(["keys", "rotate"]);
  expect(none.code).toBe(2);
  expect(none.stderr).toMatch(/^caum keys rotate: no key in [^\n]+ yet: [^\n]+\n$/);
  const older = await record();
  const { code, stdout, stderr } = await machine.caum(["keys", "rotate"]);
  expect([code, stderr.split("\n")]).toEqual([
    0,
    ["processes that record now go on with the old one until they end (caum keys)", ""],
  ]);
  const [current, retired] = JSON.parse((await machine.caum(["keys", "--json"])).stdout);
  expect([current, retired]).toEqual([
    { vkey: stdout.trim(), state: "current" },
    { vkey: expect.not.stringContaining(current.vkey), state: "retired" },
  ]);
  const newer = await record();
  expect(await verdictOf(older, retired.vkey)).toBe(0);
  expect(await verdictOf(newer, current.vkey)).toBe(0);
  expect(await verdictOf(newer, retired.vkey)).toBe(UNTRUSTED);
});

test("caum keys rotate --json names both keys, and a damaged one is not replaced", async () => {
  await record();
  const { stdout } = await machine.caum(["keys", "rotate", "--json"]);
  const { current, retired } = JSON.parse(stdout);
  expect(current).toMatch(/^caum-writer-/);
  expect(retired).not.toBe(current);
  const key = machine.write("u/.caum/keys/writer.key", "SECRET-junk");
  const broken = await machine.caum(["keys", "rotate"]);
  expect(broken.code).toBe(2);
  expect(broken.stderr).toBe(`caum keys rotate: ${key} holds no key: put back a copy of it\n`);
  expect(machine.read("u/.caum/keys/writer.key")).toBe("SECRET-junk");
});
