import { randomBytes } from "node:crypto";
import { chmodSync, renameSync, rmSync, utimesSync, writeFileSync } from "node:fs";

/**
 * Writes a file of ours in one step: readers see the old or the new, writers do not mix.
 *
 * @param at when it says it was changed; now when absent
 */
export function writeWhole(
  path: string,
  content: string | Uint8Array,
  mode: number,
  at?: Date,
): void {
  const beside = `${path}.${randomBytes(4).toString("hex")}.new`;
  try {
    writeFileSync(beside, content, { mode, flag: "wx" });
    // The mode given to `open` is cut by the umask.
    chmodSync(beside, mode);
    if (at) utimesSync(beside, at, at);
    renameSync(beside, path);
  } catch (problem) {
    rmSync(beside, { force: true });
    throw problem;
  }
}
