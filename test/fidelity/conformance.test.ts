/** The conformance suite counts the same through the HTTP proxy. */
import { execFile } from "node:child_process";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { httpUrl, SUITE_SERVER } from "./server-place.ts";

const manifest = createRequire(import.meta.url).resolve(
  "@modelcontextprotocol/conformance/package.json",
);
const SUITE = join(dirname(manifest), "dist/index.js");

/** The lines of the summary, without times and addresses. */
function summaryOf(url: URL): Promise<readonly string[]> {
  const words = [SUITE, "server", "--url", url.href, "--suite", "all"];
  return new Promise((resolve) => {
    execFile(process.execPath, words, { maxBuffer: 1 << 26 }, (_problem, output) => {
      const lines = output.slice(output.indexOf("=== SUMMARY ===")).split("\n");
      resolve(lines.filter((line) => line.includes("passed")));
    });
  });
}

test("all scenarios", async () => {
  const direct = await summaryOf(await httpUrl("direct", SUITE_SERVER));
  expect(direct.at(-1)).toBe("Total: 44 passed, 0 failed");
  expect(await summaryOf(await httpUrl("proxy", SUITE_SERVER))).toEqual(direct);
});
