import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { buildDashboard } from "../scripts/build.mjs";

/** What opens, and what is loaded when somebody asks for the proof to be checked. */
const PAGE_BYTES = 32_000;
const VERIFIER_BYTES = 20_000;
const page = fileURLToPath(new URL("../dist/page/", import.meta.url));

test("the page is at most 32 kB (gzip), and its verifier 20 kB more when it is asked for", async () => {
  await buildDashboard();
  const files = readdirSync(page, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => {
      const bytes = readFileSync(`${parentPath}/${name}`);
      return { name, size: gzipSync(bytes, { level: 9 }).length };
    });
  const sizeOf = (isVerifier: boolean) =>
    files
      .filter(({ name }) => name.startsWith("verify-bundle-") === isVerifier)
      .reduce((sum, { size }) => sum + size, 0);
  expect(files.length).toBeGreaterThan(3);
  expect(sizeOf(false)).toBeLessThanOrEqual(PAGE_BYTES);
  expect(sizeOf(true)).toBeLessThanOrEqual(VERIFIER_BYTES);
  expect(sizeOf(true)).toBeGreaterThan(0);
});
