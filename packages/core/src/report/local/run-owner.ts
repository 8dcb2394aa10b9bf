/** Which process writes a local run, so that a run that was cut off is told from one that is quiet. */
import { randomBytes } from "node:crypto";
import { readFileSync, renameSync, statSync } from "node:fs";
import { join } from "node:path";
import { mayBeAlive, parseProcessIdentity, thisProcess } from "../spool/process-identity.ts";

/** Beside the records, and no part of what is verified. */
export const RUN_OWNER = "owner.json";
const MAX_BYTES = 4_096;

export function runOwnerText(): string {
  return `${JSON.stringify(thisProcess())}\n`;
}

/**
 * Whether the process that wrote a run is certainly gone. Runs of earlier versions and of other
 * machines never are.
 *
 * @param folder of the run
 */
export function isWriterGone(folder: string): boolean {
  return isOwnerGone(join(folder, RUN_OWNER));
}

/**
 * Takes over a run whose writer is certainly gone. A rename is what decides between several that
 * try; of a run that has no owner file for a moment, the writer may live.
 *
 * @returns what gives it back as it was found; undefined when it is not to be taken
 */
export function takeLeftRun(folder: string): (() => void) | undefined {
  const path = join(folder, RUN_OWNER);
  if (!isOwnerGone(path)) return undefined;
  const aside = `${path}.${randomBytes(4).toString("hex")}`;
  try {
    renameSync(path, aside);
    const giveBack = () => renameSync(aside, path);
    // Another may have taken it over between the look and the rename.
    if (!isOwnerGone(aside)) {
      giveBack();
      return undefined;
    }
    return giveBack;
  } catch {
    return undefined;
  }
}

function isOwnerGone(path: string): boolean {
  try {
    const status = statSync(path);
    if (!status.isFile() || status.size > MAX_BYTES) return false;
    const owner = parseProcessIdentity(readFileSync(path, "utf8"));
    return owner !== undefined && !mayBeAlive(owner, 0);
  } catch {
    return false;
  }
}
