/** Builds the packages (tsc), the bundles (esbuild) and the page (vite); only what changed. */
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
/** What is bundled, from which sources, by which function of which module. */
const bundles = [
  {
    files: bundled("packages/mcp-proxy"),
    sources: [
      "packages/core/src",
      "packages/emitter/src",
      "packages/mcp-proxy/src",
      "packages/mcp-proxy/scripts",
    ],
    module: "packages/mcp-proxy/scripts/bundle.mjs",
    make: "bundleProxy",
  },
  {
    files: bundled("packages/emitter"),
    sources: ["packages/core/src", "packages/emitter/src", "packages/emitter/scripts"],
    module: "packages/emitter/scripts/bundle.mjs",
    make: "bundleEmitter",
  },
  {
    files: bundled("packages/cli"),
    sources: ["packages/core/src", "packages/cli/src/hook", "packages/cli/scripts"],
    module: "packages/cli/scripts/bundle.mjs",
    make: "bundleHook",
  },
  {
    files: ["packages/cli/dist/man/caum.1"],
    sources: [
      "packages/cli/src/commands",
      "packages/cli/src/completion",
      "packages/cli/src/options",
    ],
    module: "packages/cli/scripts/man-pages.mjs",
    make: "writeManPages",
  },
  {
    files: ["packages/collector/dist/page/index.html"],
    sources: ["packages/core/src/evidence", "packages/dashboard/src", "packages/dashboard/scripts"],
    module: "packages/dashboard/scripts/build.mjs",
    make: "buildDashboard",
  },
];

const built = spawnSync(process.execPath, [join(root, "node_modules/typescript/bin/tsc"), "-b"], {
  cwd: root,
  stdio: "inherit",
});
if (built.status !== 0) process.exit(built.status ?? 1);

for (const { files, sources, module, make } of bundles) {
  const made = files.map((file) => join(root, file));
  const isOld = (file) => !existsSync(file) || newest(sources) > statSync(file).mtimeMs;
  if (made.some(isOld)) await (await import(pathToFileURL(join(root, module)).href))[make]();
}

/** The bundles of a package, as its own list names them. */
function bundled(folder) {
  const list = JSON.parse(readFileSync(join(root, folder, "bundles.json"), "utf8"));
  return Object.keys(list).map((file) => `${folder}/dist/${file}`);
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
