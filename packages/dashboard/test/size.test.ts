import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { buildDashboard } from "../scripts/build.mjs";

/** What opens; and what is loaded when a proof is to be checked, or somebody looks at workflows. */
const PAGE_BYTES = 33_000;
const VERIFIER_BYTES = 20_000;
const WORKFLOWS_BYTES = 8_000;
const OVERVIEW_BYTES = 9_000;
const START_BYTES = 5_000;
const SETTINGS_BYTES = 8_000;
const WORKFLOWS = /^(?:workflow-pages|similar-sessions|comparisons)-/;
const OVERVIEW = /^(?:overview-pages|saved-views|compare-page)-/;
const START = /^start-page-/;
const SETTINGS = /^settings-page-/;
const page = fileURLToPath(new URL("../dist/page/", import.meta.url));

test("the page is at most 33 kB (gzip), its verifier 20 kB, workflows 8 kB, the overview 9 kB, Start 5 kB, settings 8 kB", async () => {
  await buildDashboard();
  const files = readdirSync(page, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => {
      const bytes = readFileSync(`${parentPath}/${name}`);
      return { name, size: gzipSync(bytes, { level: 9 }).length };
    });
  const sizeOf = (fits: (name: string) => boolean) =>
    files.filter(({ name }) => fits(name)).reduce((sum, { size }) => sum + size, 0);
  const isVerifier = (name: string) => name.startsWith("verify-bundle-");
  const isOfWorkflows = (name: string) => WORKFLOWS.test(name);
  const isOfStart = (name: string) => START.test(name);
  const isOfSettings = (name: string) => SETTINGS.test(name);
  const isOfOverview = (name: string) => OVERVIEW.test(name);
  expect(files.length).toBeGreaterThan(3);
  const isLater = (name: string) =>
    [isVerifier, isOfWorkflows, isOfOverview, isOfStart, isOfSettings].some((fits) => fits(name));
  const atOnce = sizeOf((name) => !isLater(name));
  expect(atOnce).toBeLessThanOrEqual(PAGE_BYTES);
  for (const [fits, most] of [
    [isVerifier, VERIFIER_BYTES],
    [isOfWorkflows, WORKFLOWS_BYTES],
    [isOfOverview, OVERVIEW_BYTES],
    [isOfStart, START_BYTES],
    [isOfSettings, SETTINGS_BYTES],
  ] as const) {
    expect(sizeOf(fits)).toBeLessThanOrEqual(most);
    expect(sizeOf(fits)).toBeGreaterThan(0);
  }
});
