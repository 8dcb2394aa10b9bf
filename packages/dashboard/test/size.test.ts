import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { buildDashboard } from "../scripts/build.mjs";

const LIMIT_BYTES = 40_000;
const page = fileURLToPath(new URL("../dist/page/", import.meta.url));

test("the whole page is at most 40 kB (gzip)", async () => {
  await buildDashboard();
  const files = readdirSync(page, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(`${entry.parentPath}/${entry.name}`));
  const size = files.reduce((sum, file) => sum + gzipSync(file, { level: 9 }).length, 0);
  expect(files.length).toBeGreaterThan(2);
  expect(size).toBeLessThanOrEqual(LIMIT_BYTES);
});
