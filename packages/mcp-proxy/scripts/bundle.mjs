/**
 * Bundles the proxy into few CommonJS files without dependencies: the relay that every start pays
 * for, and what it loads later. Run directly, or called by the build of the workspace.
 */
import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { licensesOf } from "../../emitter/scripts/bundle.mjs";

const root = join(fileURLToPath(import.meta.url), "..", "..");
const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));

/**
 * The file of each bundle and what it is made of. `caum install` copies every one of them to
 * CAUM_HOME, because each is loaded by name from the folder of the relay.
 */
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

export async function bundleProxy() {
  const files = Object.keys(BUNDLES);
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: Object.fromEntries(files.map((file) => [basename(file, ".cjs"), BUNDLES[file]])),
    outdir: "dist",
    // Written under another name first: a proxy that starts meanwhile never reads half a file.
    outExtension: { ".js": ".new.cjs" },
    bundle: true,
    // Half the text takes less time to compile, which a process does before it records.
    minify: true,
    platform: "node",
    format: "cjs",
    target: "node20.19",
    // The recorder runs as a script of `node:vm`, which may not import: what is needed late is required.
    supported: { "dynamic-import": false },
    conditions: ["@caum/source"],
    define: { PROXY_VERSION: JSON.stringify(version) },
    external: files.map((file) => `./${file}`),
    plugins: [withoutSideEffects],
    // Of the core only what records is called here; what reads its own files is not.
    logOverride: { "empty-import-meta": "silent" },
    legalComments: "none",
    metafile: true,
    logLevel: "warning",
  });
  writeFileSync(join(root, "dist/LICENSES.txt"), licensesOf(metafile, root));
  for (const file of files) {
    renameSync(join(root, `dist/${basename(file, ".cjs")}.new.cjs`), join(root, `dist/${file}`));
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await bundleProxy();
