import { readFileSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";
import { expect, test } from "vitest";

const packages = join(import.meta.dirname, "../..");
/** Everything that comes with `npm install caum`, as published. */
const INSTALLED = ["anthropic", "caum", "core", "emitter", "openai"];
/**
 * Of everything that `import "caum"` needs, in one file: 250 kB today. It judges each step on the
 * spot, so the rules, the reader of responses and the sentence of an alert are all in it; so is the
 * queue before the thread of OpenTelemetry (4 kB), which is a file of its own.
 */
const MAX_MINIFIED_BYTES = 255_000;
/** Parts of an observer with a desk; an application has none. */
const DESK_PARTS =
  /core\/src\/(report\/desktop|health\/alerts\/follow-loop|health\/session\/session-title)/;

function manifestOf(name: string) {
  return JSON.parse(readFileSync(join(packages, name, "package.json"), "utf8"));
}

test("caum brings core, the two wrappers and the emitter, and nothing else but zod behind the protocol", () => {
  const found = new Set<string>();
  const follow = (name: string) => {
    found.add(name);
    for (const dependency of Object.keys(manifestOf(name).dependencies ?? {})) {
      if (dependency.startsWith("@caum/")) follow(dependency.slice("@caum/".length));
      else found.add(dependency);
    }
  };
  follow("caum");
  expect([...found].toSorted()).toEqual([...INSTALLED, "zod"]);
});

test("the hosts are optional peers within the major versions that are tested", () => {
  for (const [name, host] of [
    ["openai", "openai"],
    ["anthropic", "@anthropic-ai/sdk"],
  ] as const) {
    const { peerDependencies, peerDependenciesMeta, dependencies } = manifestOf(name);
    expect(peerDependencies[host]).toMatch(/^>=\d+\.\d+\.\d+ <\d+\.0\.0$/);
    expect(peerDependenciesMeta[host]).toEqual({ optional: true });
    expect(Object.keys(dependencies)).toEqual(["@caum/core"]);
  }
});

test("what an application imports is small, and holds no host, no server and no schema library", async () => {
  const { metafile } = await build({
    entryPoints: [join(packages, "caum/src/index.ts")],
    bundle: true,
    minify: true,
    write: false,
    metafile: true,
    platform: "node",
    format: "esm",
    conditions: ["@caum/source"],
    outfile: "caum.js",
  });
  expect(Object.keys(metafile.inputs).filter((file) => file.includes("node_modules"))).toEqual([]);
  const { inputs = {}, bytes } = metafile.outputs["caum.js"] ?? {};
  // Of a file that nothing is used of, a constant may be left.
  const used = Object.keys(inputs).filter((file) => (inputs[file]?.bytesInOutput ?? 0) > 100);
  expect(used.filter((file) => DESK_PARTS.test(file))).toEqual([]);
  expect(bytes).toBeLessThan(MAX_MINIFIED_BYTES);
});
