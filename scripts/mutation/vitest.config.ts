import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { defineConfig } from "vitest/config";
import { BaseSequencer } from "vitest/node";

const root = join(import.meta.dirname, "../..");

/** The entries of our packages, in this copy: what is installed leads to the code as it was. */
const alias = readdirSync(join(root, "packages")).flatMap((folder) => {
  const { name, exports = {} } = JSON.parse(
    readFileSync(join(root, "packages", folder, "package.json"), "utf8"),
  );
  return Object.entries<{ "@caum/source"?: string }>(exports).flatMap(([entry, places]) => {
    const source = places["@caum/source"];
    if (source === undefined) return [];
    const find = new RegExp(`^${name}${entry.slice(1)}$`);
    return [{ find, replacement: join(root, "packages", folder, source) }];
  });
});

/** What takes long comes last: the first test that fails ends a run. */
class ShortestFirst extends BaseSequencer {
  override async sort(...files: Parameters<BaseSequencer["sort"]>) {
    return (await super.sort(...files)).reverse();
  }
}

/** The tests that one folder is answerable to, as `scripts/mutation/run.mjs` names them. */
export default defineConfig({
  root,
  resolve: { alias },
  ssr: { resolve: { conditions: ["@caum/source"] } },
  test: {
    ...JSON.parse(process.env.MUTATION_TESTS ?? "{}"),
    // Tests by other programs, such as Python, are left out: what they run is not changed.
    env: { PATH: dirname(process.execPath) },
    sequence: { sequencer: ShortestFirst },
    // Some changes make a test wait for ever; less than the limit of a run, which costs a new process.
    testTimeout: 18_000,
    setupFiles: ["test/seed.ts", "test/no-desktop.ts", "scripts/mutation/properties.ts"].map(
      (file) => join(root, file),
    ),
  },
});
