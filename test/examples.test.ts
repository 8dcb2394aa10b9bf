import { execFile } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { KEPT_CODE } from "./kept-code.ts";

const folder = join(import.meta.dirname, "../examples");
const examples = readdirSync(folder).filter((name) => name.endsWith(".ts"));
const MAX_LINES = 60;

test.each(examples)("%s checks its own result", async (name) => {
  const home = mkdtempSync(join(tmpdir(), "caum-examples-"));
  const environment = { ...KEPT_CODE, PATH: process.env.PATH, CAUM_HOME: home, CAUM_QUIET: "1" };
  const run = promisify(execFile)(
    process.execPath,
    ["--conditions=@caum/source", "--no-warnings", join(folder, name)],
    { env: environment, timeout: 30_000 },
  );
  const { stdout, stderr } = await run;
  rmSync(home, { recursive: true, force: true });
  expect(stderr).toBe("");
  expect(stdout).not.toBe("");
});

test.each(examples)("%s is short, and says first what it shows", (name) => {
  const lines = readFileSync(join(folder, name), "utf8").trimEnd().split("\n");
  expect(lines.length).toBeLessThanOrEqual(MAX_LINES);
  expect(lines[0]).toMatch(/^\/\*\* .+/);
});
