import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { findOldestNode } from "./find-oldest-node.ts";

const root = join(import.meta.dirname, "..");
const node20 = findOldestNode();
if (!node20) console.warn("oldest-node: skipped, no Node 20 on PATH: install one to run it");

// Client packages promise Node 20.19; the scripts themselves run on a newer one.
test.skipIf(!node20)("the built core observes, chains and verifies on Node 20", () => {
  const home = mkdtempSync(join(tmpdir(), "caum-node20-"));
  const script = `
    import { createObserver } from "@caum/core";
    const observer = createObserver({ writer: "t", writerVersion: "1", layer: "model", view: "full" });
    const call = { tool: "fetch_x", arguments: { id: "same every time" }, result: "busy", status: "error" };
    let verdict;
    for (let index = 0; index < 5; index++) verdict = observer.observe("s", call);
    await observer.close();
    console.log(process.version, verdict.regime, verdict.evidence.merkleRoot.length);`;
  const output = execFileSync(node20 ?? "", ["--input-type=module", "-e", script], {
    cwd: root,
    env: { ...process.env, CAUM_HOME: home },
    encoding: "utf8",
  });
  expect(output).toMatch(/^v20\.\S+ LOOP 64\n$/);
  expect(readdirSync(join(home, "runs"))).toHaveLength(1);
  rmSync(home, { recursive: true, force: true });
});

test.skipIf(!node20)("the built proxy relays and records on Node 20", () => {
  const home = mkdtempSync(join(tmpdir(), "caum-node20-"));
  const proxy = join(root, "packages/mcp-proxy/bin/caum-mcp-proxy.cjs");
  const call = {
    jsonrpc: "2.0",
    id: 1,
    method: "tools/call",
    params: { name: "a", arguments: {} },
  };
  const input = `${JSON.stringify(call)}\n`;
  const output = execFileSync(node20 ?? "", [proxy, "--home", home, "--", "cat"], {
    input,
    encoding: "utf8",
  });
  expect(output).toBe(input);
  expect(readdirSync(join(home, "runs"))).toHaveLength(1);
  rmSync(home, { recursive: true, force: true });
});

test.skipIf(!node20)("the built command looks back at histories on Node 20", () => {
  const home = mkdtempSync(join(tmpdir(), "caum-node20-"));
  const words = ["lookback", "--json", join(root, "packages/histories/test/fixtures/inspect")];
  const output = execFileSync(node20 ?? "", [join(root, "packages/cli/dist/main.js"), ...words], {
    env: { ...process.env, CAUM_HOME: home },
    encoding: "utf8",
  });
  expect(JSON.parse(output)).toMatchObject({ all: { sessions: 4, loops: 2 } });
  rmSync(home, { recursive: true, force: true });
});
