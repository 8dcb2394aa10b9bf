import { join } from "node:path";
import { defineConfig } from "vitest/config";
import { findOldestNode } from "./test/find-oldest-node.ts";

const project = (name: string, ...include: readonly string[]) => ({
  extends: true as const,
  test: { name, include: [...include] },
});

/** Relaying, pairing and ends once more, with the proxy on the oldest Node that it promises. */
function onOldestNode() {
  const RELAY_NODE = findOldestNode();
  if (RELAY_NODE === undefined) return [];
  const suites = ["pairing-*", "http*", "stdio*", "http/*", "ends/*"];
  const { test, ...rest } = project(
    "oldest-node",
    ...suites.map((suite) => `test/fidelity/${suite}.test.ts`),
  );
  return [{ ...rest, test: { ...test, env: { RELAY_NODE } } }];
}

export default defineConfig({
  ssr: { resolve: { conditions: ["@caum/source"] } },
  test: {
    testTimeout: 30_000,
    hookTimeout: 60_000,
    // One core stays idle by default, and on two cores that is half of the machine: most tests wait.
    maxWorkers: "100%",
    globalSetup: [join(import.meta.dirname, "test/one-temporary-folder.ts")],
    setupFiles: ["seed", "no-desktop"].map((name) => join(import.meta.dirname, `test/${name}.ts`)),
    coverage: { include: ["packages/*/src/**"] },
    projects: [
      project("core", "packages/core/test/**/*.test.ts"),
      project("mcp-proxy", "packages/mcp-proxy/test/**/*.test.ts"),
      project("ai-sdk", "packages/ai-sdk/test/**/*.test.ts"),
      project("langchain", "packages/langchain/test/**/*.test.ts"),
      project("openai", "packages/openai/test/**/*.test.ts"),
      project("anthropic", "packages/anthropic/test/**/*.test.ts"),
      project("caum", "packages/caum/test/**/*.test.ts"),
      project("collector", "packages/collector/test/**/*.test.ts"),
      project("dashboard", "packages/dashboard/test/**/*.test.ts"),
      project("otlp", "packages/otlp/test/**/*.test.ts"),
      project("emitter", "packages/emitter/test/**/*.test.ts"),
      project("workflows", "packages/workflows/test/**/*.test.ts"),
      project("histories", "packages/histories/test/**/*.test.ts"),
      project("cli", "packages/cli/test/**/*.test.ts"),
      project("workspace", "test/**/*.test.ts"),
      ...onOldestNode(),
    ],
  },
});
