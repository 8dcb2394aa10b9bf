/**
 * Bundles the proxy into few CommonJS files without dependencies: the relay that every start pays
 * for, and what it loads later. Run directly, or called by the build of the workspace.
 */
import { readFileSync, renameSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const root = join(fileURLToPath(import.meta.url), "..", "..");
const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));

/** Bundle name by entry file; each is loaded by name from the folder of the relay. */
const ENTRIES = {
  relay: "src/relay/main.ts",
  recorder: "src/tap/recorder.ts",
  http: "src/http/main.ts",
  uploader: "src/upload/worker.ts",
};

export async function bundleProxy() {
  const names = Object.keys(ENTRIES);
  await build({
    absWorkingDir: root,
    entryPoints: ENTRIES,
    outdir: "dist",
    // Written under another name first: a proxy that starts meanwhile never reads half a file.
    outExtension: { ".js": ".new.cjs" },
    bundle: true,
    platform: "node",
    format: "cjs",
    target: "node20.19",
    conditions: ["@caum/source"],
    define: { PROXY_VERSION: JSON.stringify(version) },
    external: names.map((name) => `./${name}.cjs`),
    // Of the core only what records is called here; what reads its own files is not.
    logOverride: { "empty-import-meta": "silent" },
    legalComments: "none",
    logLevel: "warning",
  });
  for (const name of names) {
    renameSync(join(root, `dist/${name}.new.cjs`), join(root, `dist/${name}.cjs`));
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await bundleProxy();
