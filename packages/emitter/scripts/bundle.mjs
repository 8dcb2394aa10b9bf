/**
 * Bundles the thread with the official packages of OpenTelemetry, so that nobody has to install them
 * who does not emit, and no version of them meets another one. Called by the build of the workspace.
 */
import { readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const root = join(fileURLToPath(import.meta.url), "..", "..");
const [[FILE, SOURCE]] = Object.entries(
  JSON.parse(readFileSync(join(root, "bundles.json"), "utf8")),
);
/** The package that a bundled file is of. */
const PACKAGE = /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//;

export async function bundleEmitter() {
  const draft = join(root, "dist", `${FILE}.new`);
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: [SOURCE],
    outfile: draft,
    bundle: true,
    minify: true,
    platform: "node",
    format: "cjs",
    target: "node20.19",
    conditions: ["@caum/source"],
    // Their terms stand in one file beside the bundle.
    legalComments: "none",
    logOverride: { "empty-import-meta": "silent" },
    logLevel: "warning",
    metafile: true,
  });
  writeFileSync(join(root, "dist", "LICENSES.txt"), licensesOf(metafile, root));
  // Written under another name first: a process that starts meanwhile never reads half a file.
  renameSync(draft, join(root, "dist", FILE));
}

/** What the authors of bundled packages ask to be handed on. @param from where the build ran */
export function licensesOf({ inputs }, from) {
  const folders = new Set(Object.keys(inputs).flatMap((input) => PACKAGE.exec(input)?.[1] ?? []));
  const texts = [...folders].sort().flatMap((folder) => {
    const path = join(from, folder);
    const { name, version, license } = JSON.parse(readFileSync(join(path, "package.json"), "utf8"));
    const file = readdirSync(path).find((one) => /^licen[cs]e/i.test(one));
    const text = file === undefined ? "" : readFileSync(join(path, file), "utf8");
    return [`${name} ${version} (${license})`, "", text.trim(), ""];
  });
  return `${texts.join("\n")}\n`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await bundleEmitter();
