import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { buildDashboard } from "../scripts/build.mjs";

/** What opens. */
const PAGE_BYTES = 33_000;
/** What is loaded when somebody opens it, by the names of its files. */
const LATER: readonly (readonly [what: string, files: RegExp, most: number])[] = [
  ["the verifier", /^verify-bundle-/, 20_000],
  ["workflows", /^(?:workflow-pages|workflows|similar-sessions|comparisons)-/, 8_000],
  ["the overview", /^(?:overview-pages|saved-views)-/, 9_000],
  ["comparing", /^compare-page-/, 4_000],
  ["alerts", /^(?:alerts-page|identifier)-/, 7_000],
  ["Start", /^start-page-/, 5_000],
  ["settings", /^settings-page-/, 8_000],
];
const page = fileURLToPath(new URL("../dist/page/", import.meta.url));

test("what opens has at most 33 kB (gzip), and each part that comes later has its own limit", async () => {
  await buildDashboard();
  const files = readdirSync(page, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => {
      const bytes = readFileSync(`${parentPath}/${name}`);
      return { name, size: gzipSync(bytes, { level: 9 }).length };
    });
  const sizeOf = (fits: (name: string) => boolean) =>
    files.filter(({ name }) => fits(name)).reduce((sum, { size }) => sum + size, 0);
  expect(files.length).toBeGreaterThan(3);
  const atOnce = sizeOf((name) => !LATER.some(([, part]) => part.test(name)));
  expect(atOnce).toBeLessThanOrEqual(PAGE_BYTES);
  for (const [what, part, most] of LATER) {
    const size = sizeOf((name) => part.test(name));
    expect(size, what).toBeLessThanOrEqual(most);
    expect(size, what).toBeGreaterThan(0);
  }
});
