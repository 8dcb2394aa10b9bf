/**
 * Bundles the hook and the recorder behind it: CommonJS files without dependencies that are copied
 * to CAUM_HOME. Run directly, or called by the build of the workspace.
 */
import { readFileSync, renameSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");

/** The file of each bundle and what it is made of. */
const BUNDLES = JSON.parse(readFileSync(join(root, "bundles.json"), "utf8"));
/** Is no module but a function of what a module has: V8 compiles it once, for every hook. */
const PROGRAM = "hook-program.cjs";

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

/** What is used of core does without loading `node:crypto`. */
const withLightCrypto = {
  name: "with-light-crypto",
  setup({ onResolve }) {
    onResolve({ filter: /^node:crypto$/ }, ({ importer }) =>
      importer.includes("/core/src/capture/")
        ? { path: join(root, "src/hook/program/light-crypto.ts"), sideEffects: false }
        : undefined,
    );
  },
};

export async function bundleHook() {
  for (const [file, source] of Object.entries(BUNDLES)) {
    await bundle(file, source, file === PROGRAM ? programOptions() : {});
  }
}

function programOptions() {
  return {
    plugins: [withLightCrypto, withoutSideEffects],
    banner: { js: "(function (require, __dirname) {" },
    footer: { js: "})" },
  };
}

async function bundle(file, source, options) {
  // Written under another name first: a hook that starts meanwhile never reads half a file.
  const made = join(root, `dist/${basename(file, ".cjs")}.new.cjs`);
  await build({
    absWorkingDir: root,
    entryPoints: [source],
    outfile: made,
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
    ...options,
  });
  renameSync(made, join(root, `dist/${file}`));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await bundleHook();
