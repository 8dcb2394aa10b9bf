/**
 * Bundles the hook and the recorder behind it: CommonJS files without dependencies that are copied
 * to CAUM_HOME. Run directly, or called by the build of the workspace.
 */
import { renameSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");

/** Bundle name by entry file. */
const ENTRIES = {
  hook: "src/hook/main.ts",
  "hook-recorder": "src/hook/recorder-main.ts",
};

/** Modules of ours only define things; what is not used of them is left out. */
const withoutSideEffects = {
  name: "without-side-effects",
  setup({ onResolve }) {
    onResolve({ filter: /^\.{1,2}\/.*\.ts$/ }, ({ path, resolveDir }) => ({
      path: join(resolveDir, path),
      sideEffects: false,
    }));
  },
};

export async function bundleHook() {
  await build({
    absWorkingDir: root,
    entryPoints: ENTRIES,
    outdir: "dist",
    // Written under another name first: a hook that starts meanwhile never reads half a file.
    outExtension: { ".js": ".new.cjs" },
    bundle: true,
    minifySyntax: true,
    platform: "node",
    format: "cjs",
    target: "node20.19",
    conditions: ["@caum/source"],
    plugins: [withoutSideEffects],
    legalComments: "none",
    // Core reads a file of its package in a part that is not used here.
    logOverride: { "empty-import-meta": "silent" },
    logLevel: "warning",
  });
  for (const name of Object.keys(ENTRIES)) {
    renameSync(join(root, `dist/${name}.new.cjs`), join(root, `dist/${name}.cjs`));
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await bundleHook();
