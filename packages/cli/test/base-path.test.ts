/** A collector below a path, from the outside: what its settings are called, and commands that ask it. */
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { createObserver } from "@caum/core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { TemporaryHome } from "./install/temporary-home.ts";
import { printedBy } from "./printed-by.ts";
import { RunningCollector } from "./running-collector.ts";

const MAIN = join(import.meta.dirname, "../src/main.ts");
const machine = new TemporaryHome();
let collector: RunningCollector;
beforeAll(async () => {
  collector = await RunningCollector.start(machine, "0", ["--base-path", "/caum"]);
});
afterAll(async () => {
  await collector.stop();
  machine.remove();
});

/** As somebody who knows the address and nothing of this machine's own collector. */
const asked = (...words: readonly string[]) =>
  printedBy([...words, ...collector.flags], { CAUM_HOME: join(machine.home, "elsewhere") });

test("its address has the path, and commands find every door below it", async () => {
  expect(collector.url).toMatch(/\/caum$/);
  expect(await asked("smoke")).toMatchObject({ code: 0 });
  const listed = await asked("sessions", "--json");
  expect(listed.code).toBe(0);
  const [, id = ""] = /"(caum-live-[^"]+)"/.exec(listed.seen) ?? [];
  const out = join(machine.home, "bundle");
  expect(await asked("export", id, "--out", out)).toMatchObject({ code: 0 });
  expect(existsSync(join(out, "manifest.json"))).toBe(true);
  expect(await asked("report", id)).toMatchObject({ code: 0 });
});

test("what is recorded with such an address arrives", async () => {
  const observer = createObserver({
    writer: "test",
    writerVersion: "1.0.0",
    layer: "framework",
    view: "full",
    home: join(machine.root, "recorder"),
    env: {},
    upstream: { url: collector.url, apiKey: collector.apiKey },
  });
  observer.observe("sent-below", { tool: "a", status: "ok" });
  await observer.close();
  await collector.adopted("sent-below");
});

test("a path and a public URL that differ stop the start in one sentence", () => {
  const words = ["up", "--port", "0", "--base-path", "/caum", "--public-url", "https://a.example"];
  const { status, stderr } = spawnSync(
    process.execPath,
    [
      "--conditions=@caum/source",
      "--no-warnings",
      MAIN,
      ...words,
      "--data",
      join(machine.home, "d"),
    ],
    { env: machine.env, encoding: "utf8" },
  );
  expect({ status, stderr }).toEqual({
    status: 2,
    stderr: "caum up: --public-url ends with another path than --base-path: give them the same\n",
  });
});
