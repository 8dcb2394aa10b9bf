import { execFileSync } from "node:child_process";
import { join } from "node:path";

/** The library that makes disks slow, small or full; undefined where there is no compiler. */
export function compileSlowDisk(folder: string): string | undefined {
  const path = join(folder, "slow-disk.so");
  try {
    const source = join(import.meta.dirname, "slow-disk.c");
    execFileSync("cc", ["-shared", "-fPIC", "-o", path, source, "-ldl"], { stdio: "pipe" });
    return path;
  } catch {
    console.warn("no C compiler: slow, small and full disks are not tested");
    return undefined;
  }
}
