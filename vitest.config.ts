import { availableParallelism } from "node:os";
import { join } from "node:path";
import { configDefaults, defineConfig } from "vitest/config";
import { findOldestNode } from "./test/find-oldest-node.ts";

/**
 * Files that take long, because they kill processes again and again, fill disks, load servers, drive a browser through
 * the whole page or follow an operator: `npm run test:endurance`. What they hold is in no other test.
 */
const ENDURANCE = [
  "packages/cli/test/history/import-killed.test.ts",
  "packages/cli/test/migrate/migrate.test.ts",
  "packages/cli/test/witness-each-other.test.ts",
  "packages/collector/test/alerts/kill.test.ts",
  "packages/collector/test/durability.test.ts",
  "packages/collector/test/small-disk.test.ts",
  "packages/collector/test/store/postgres-faults.test.ts",
  "packages/collector/test/store/postgres-node-kill.test.ts",
  "packages/dashboard/test/page.test.ts",
  "test/clients/told-by-telemetry.test.ts",
  "test/deploy/dockerfile.test.ts",
  "test/deploy/operations.test.ts",
  "test/desk/upload.test.ts",
  "test/soak/soak.test.ts",
  "test/torture/torture.test.ts",
];

const project = (name: string, ...include: readonly string[]) => ({
  extends: true as const,
  test: { name, include: [...include], exclude: [...configDefaults.exclude, ...ENDURANCE] },
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
    // For what hangs: a busy machine makes a test of twenty processes take several times as long.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // Most tests wait for processes: one more worker than there are cores keeps the cores busy.
    maxWorkers: availableParallelism() + 1,
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
      { extends: true, test: { name: "endurance", include: ENDURANCE } },
      ...onOldestNode(),
    ],
  },
});
