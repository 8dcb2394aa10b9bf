/** Which process writes a local run, so that a run that was cut off is told from one that is quiet. */
import { readFileSync, statSync } from "node:fs";
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
  try {
    const path = join(folder, RUN_OWNER);
    const status = statSync(path);
    if (!status.isFile() || status.size > MAX_BYTES) return false;
    const owner = parseProcessIdentity(readFileSync(path, "utf8"));
    return owner !== undefined && !mayBeAlive(owner, 0);
  } catch {
    return false;
  }
}
