import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { cpSync, existsSync, mkdirSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { LiveEmitter } from "./emitters.ts";

/**
 * Installs an emitter's packages, once for each set of versions, and lays the programs beside them:
 * a module finds packages from where it stands.
 *
 * @returns the folder of the programs
 */
export function installed({ name, packages }: LiveEmitter): string {
  const manifest = JSON.stringify({ private: true, type: "module", dependencies: packages });
  const digest = createHash("sha256").update(manifest).digest("hex").slice(0, 16);
  const folder = join(tmpdir(), "caum-emitters", digest);
  if (!existsSync(join(folder, "node_modules", ".package-lock.json"))) {
    console.log(`Installing the packages of ${name} in ${folder} (once) ...`);
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, "package.json"), manifest);
    // Some emitters name older peers than the versions that they were read in.
    const flags = ["--force", "--ignore-scripts", "--no-package-lock", "--no-audit", "--no-fund"];
    const done = spawnSync("npm", ["install", "--prefer-offline", "--loglevel=error", ...flags], {
      cwd: folder,
      stdio: "inherit",
      shell: process.platform === "win32",
    });
    if (done.status !== 0) throw new Error("npm did not finish: see the lines above");
  }
  const programs = join(folder, "programs");
  cpSync(join(import.meta.dirname, "programs"), programs, { recursive: true });
  return programs;
}
