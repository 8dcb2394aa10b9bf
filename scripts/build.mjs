/** Builds the packages (tsc) and bundles the relay (esbuild); does nothing when nothing changed. */
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const sources = ["packages/core/src", "packages/mcp-proxy/src", "packages/mcp-proxy/scripts"];
const bundles = ["relay.cjs", "recorder.cjs"].map((name) =>
  join(root, "packages/mcp-proxy/dist", name),
);

const built = spawnSync(process.execPath, [join(root, "node_modules/typescript/bin/tsc"), "-b"], {
  cwd: root,
  stdio: "inherit",
});
if (built.status !== 0) process.exit(built.status ?? 1);

if (bundles.some((bundle) => !existsSync(bundle) || newest(sources) > statSync(bundle).mtimeMs)) {
  const { bundleProxy } = await import(
    pathToFileURL(join(root, "packages/mcp-proxy/scripts/bundle.mjs")).href
  );
  await bundleProxy();
}

/** The latest change below these folders, in milliseconds since the epoch. */
function newest(folders) {
  return Math.max(
    ...folders.flatMap((folder) =>
      readdirSync(join(root, folder), { recursive: true }).map(
        (file) => statSync(join(root, folder, file)).mtimeMs,
      ),
    ),
  );
}
