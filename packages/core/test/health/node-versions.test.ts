import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { build } from "esbuild";
import { afterAll, expect, test } from "vitest";
import { goldenDigest } from "./families/golden.ts";

const folder = mkdtempSync(join(tmpdir(), "caum-nodes-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** Every Node that is installed here: npm scripts bring one, the system has another. */
function nodes(): readonly string[] {
  const name = process.platform === "win32" ? "node.exe" : "node";
  const found = (process.env.PATH ?? "")
    .split(delimiter)
    .map((directory) => join(directory, name))
    .filter((path) => existsSync(path))
    .map((path) => realpathSync(path));
  return [...new Set([process.execPath, ...found])];
}

test("every Node on this machine judges a fixed session alike, to the last bit", async () => {
  const script = join(folder, "digest.mjs");
  await build({
    stdin: {
      contents: 'import { goldenDigest } from "./golden.ts"; console.log(goldenDigest());',
      resolveDir: join(import.meta.dirname, "families"),
    },
    bundle: true,
    platform: "node",
    format: "esm",
    outfile: script,
    logLevel: "error",
  });
  for (const node of nodes()) {
    expect(execFileSync(node, [script], { encoding: "utf8" }).trim(), node).toBe(goldenDigest());
  }
});
