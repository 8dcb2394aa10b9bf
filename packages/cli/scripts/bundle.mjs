/**
 * Bundles the hook and the recorder behind it: CommonJS files without dependencies that are copied
 * to CAUM_HOME. Run directly, or called by the build of the workspace.
 */
import { readFileSync, renameSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");

/** The file of each bundle and what it is made of; `caum install --hooks` copies every one. */
const BUNDLES = JSON.parse(readFileSync(join(root, "bundles.json"), "utf8"));

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
  const files = Object.keys(BUNDLES);
  await build({
    absWorkingDir: root,
    entryPoints: Object.fromEntries(files.map((file) => [basename(file, ".cjs"), BUNDLES[file]])),
    outdir: "dist",
    // Written under another name first: a hook that starts meanwhile never reads half a file.
    outExtension: { ".js": ".new.cjs" },
    bundle: true,
    // A hook reads its bundle at every event, and half the text takes half the time.
    minify: true,
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
  for (const file of files) {
    renameSync(join(root, `dist/${basename(file, ".cjs")}.new.cjs`), join(root, `dist/${file}`));
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await bundleHook();
