import { execFile } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { type Collector, startCollector } from "@caum/collector";
import { afterAll, beforeAll, expect, test } from "vitest";
import { KEPT_CODE } from "../../../test/kept-code.ts";
import { recordsIn } from "../../../test/records.ts";

const run = promisify(execFile);
const examples = join(import.meta.dirname, "../../../examples");
const folders: string[] = [];
let collector: Collector;

beforeAll(async () => {
  collector = await startCollector({ data: newFolder(), port: 0, env: {} });
});

afterAll(async () => {
  await collector.close();
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "caum-ways-"));
  folders.push(folder);
  return folder;
}

async function runExample(name: string, env: Readonly<Record<string, string>>) {
  const { PATH = "" } = process.env;
  const file = join(examples, `${name}.ts`);
  return run(process.execPath, ["--conditions=@caum/source", file], {
    env: { ...KEPT_CODE, PATH, CAUM_QUIET: "1", CAUM_HOME: newFolder(), ...env },
  });
}

async function sessionOf(id: string) {
  const response = await fetch(new URL(`/v1/session/${id}`, collector.url), {
    headers: { authorization: `Bearer ${collector.apiKey}` },
  });
  // The documented answer.
  return (await response.json()) as { session: unknown; steps: { assessment: unknown }[] };
}

const WAYS = [
  {
    name: "three-ways-wrapper",
    says: "LOOP T5 after 6 steps",
    regime: "LOOP",
    tier: "T5",
    resolved: false,
  },
  {
    name: "three-ways-manual",
    says: "WARMING_UP",
    regime: "WARMING_UP",
    tier: "T2",
    resolved: true,
  },
];

test.each(WAYS)("$name works without a collector", async ({ name, says }) => {
  const home = newFolder();
  const { stdout, stderr } = await runExample(name, { CAUM_HOME: home });
  expect(stdout).toContain(says);
  expect(stderr).toBe("");
  expect(new Set(recordsIn(home).map(({ sessionId }) => sessionId))).toEqual(new Set([name]));
});

test.each(WAYS)("$name works with one, which has the session and its end", async (way) => {
  const env = { CAUM_URL: collector.url, CAUM_API_KEY: collector.apiKey };
  const { stdout } = await runExample(way.name, env);
  expect(stdout).toContain(way.says);
  const { session, steps } = await sessionOf(way.name);
  expect(session).toMatchObject({ ended: true, resolved: way.resolved });
  expect(steps.map(({ assessment }) => assessment)).toContainEqual(
    expect.objectContaining({ regime: way.regime, tier: way.tier }),
  );
});

test.each(WAYS)("$name works with a collector that is down", async ({ name, says }) => {
  const env = { CAUM_URL: "http://127.0.0.1:1", CAUM_API_KEY: "caum_test_none" };
  expect((await runExample(name, env)).stdout).toContain(says);
});

test("three-ways-api works as documented", async () => {
  const { stdout } = await runExample("three-ways-api", {});
  expect(stdout).toContain("observation: 'passive'");
});
