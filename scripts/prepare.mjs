/** Makes a fresh clone ready: installs once when node_modules is missing, then builds what changed. */
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const INSTALL_MARK = join(root, "node_modules", ".package-lock.json");

if (!existsSync(INSTALL_MARK)) {
  console.log("Installing dependencies, once (about 20 s) ...");
  // Through a shell because npm is a script on Windows; the text is fixed, nothing is interpolated.
  run("npm ci --loglevel=error", { shell: true });
}
run(process.execPath, { args: [join(root, "scripts", "build.mjs")] });

function run(command, { args = [], shell = false }) {
  const done = spawnSync(command, args, { cwd: root, shell, stdio: "inherit" });
  if (done.status !== 0) {
    console.error(`prepare: ${command} did not finish: see the lines above`);
    process.exit(done.status ?? 1);
  }
}
