import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { TemporaryHome } from "./install/temporary-home.ts";
import { RunningCollector } from "./running-collector.ts";

const MAIN = join(import.meta.dirname, "../src/main.ts");

let machine: TemporaryHome;

beforeAll(() => {
  machine = new TemporaryHome();
});
afterAll(() => machine.remove());

async function collector(...words: readonly string[]) {
  const args = ["--conditions=@caum/source", "--no-warnings", MAIN, "collector", ...words];
  return promisify(execFile)(process.execPath, args, { env: machine.env })
    .then(({ stdout }) => ({ code: 0, text: stdout }))
    .catch(({ code, stderr }) => ({ code, text: stderr }));
}

test("a running collector is backed up, and restored as a folder that starts with the same keys", {
  timeout: 90_000,
}, async () => {
  const at = (name: string) => join(machine.home, name);
  const first = await RunningCollector.start(machine, "0", ["--data", at("data")]);
  const of = ["--data", at("data"), "--to", at("copy")];
  const bare = await collector("backup", ...of);
  expect(bare.text).toContain("the keys are not in it");
  expect(existsSync(at("copy/keys"))).toBe(false);
  const again = await collector("backup", ...of);
  expect(again).toMatchObject({ code: 2, text: expect.stringContaining("holds a backup already") });
  await collector("backup", "--data", at("data"), "--to", at("second"), "--keys", at("safe"));
  await first.stop();
  const restored = ["--from", at("second"), "--keys", at("safe"), "--data", at("new")];
  const done = await collector("restore", ...restored);
  expect(done).toMatchObject({ code: 0, text: expect.stringMatching(/^verifier key {2}/m) });
  // Whoever restores learns what no longer fits.
  expect(done.text).toContain("receipts and witnesses that saw more contradict it");
  const second = await RunningCollector.start(machine, "0", ["--data", at("new")]);
  expect(second.apiKey).toBe(first.apiKey);
  await second.stop();
});

test("what is on PostgreSQL is left to its own programs, in one sentence", async () => {
  for (const words of [
    ["backup", "--to", "x"],
    ["restore", "--from", "x", "--keys", "x"],
  ]) {
    const args = ["--conditions=@caum/source", "--no-warnings", MAIN, "collector", ...words];
    const env = { ...machine.env, CAUM_DATABASE: "postgres://caum@127.0.0.1:1/caum" };
    const refused = promisify(execFile)(process.execPath, args, { env });
    await expect(refused).rejects.toMatchObject({
      code: 2,
      stderr: `caum collector ${words[0]}: the collector is on PostgreSQL: pg_dump and pg_restore do this\n`,
    });
  }
});
