/** Why a collector could not start on its data folder, in words for whoever started it. */
import { closeSync, openSync, rmSync, writeSync } from "node:fs";
import { join } from "node:path";
import { DoorError } from "./http/door-error.ts";

/** The data folder cannot be written; `cause` is what failed first. */
export class FolderUnwritableError extends Error {
  override readonly name = "FolderUnwritableError";

  constructor(folder: string, fault: string, cause: unknown) {
    super(`the data folder ${folder} cannot be written: ${fault}`, { cause });
  }
}

const FAULTS: Readonly<Record<string, string>> = {
  ENOSPC: "its disk is full; free some space, or choose another folder with --data",
  EDQUOT: "the quota of its disk is used up; free some space, or choose another folder with --data",
  EROFS: "its disk is read-only; choose another folder with --data",
  EACCES: "it belongs to another user; choose another folder with --data",
  EPERM: "it belongs to another user; choose another folder with --data",
  EIO: "its disk fails; choose another folder with --data",
};
const DISK_REFUSALS: ReadonlySet<string> = new Set(["STORAGE_FULL", "UNAVAILABLE"]);
/** What a start writes at most before it serves: the layout, its log and the index of the log. */
const START_BYTES = 1024 * 1024;

/**
 * The true cause of a start that failed.
 *
 * @returns `failure` itself where it was no fault of the disk, or the folder can be written again
 */
export function startFault(failure: unknown, folder: string): unknown {
  return isOfDisk(failure) ? askDisk(failure, folder) : failure;
}

/**
 * The same for a failure that does not say whether it was the disk's.
 *
 * SQLite has one sentence for most faults of a disk, so the disk itself is asked: by writing as much
 * as a start does.
 */
export function askDisk(failure: unknown, folder: string): unknown {
  const fault = FAULTS[writeFault(folder) ?? ""];
  return fault === undefined ? failure : new FolderUnwritableError(folder, fault, failure);
}

function isOfDisk(failure: unknown): boolean {
  if (failure instanceof DoorError) return DISK_REFUSALS.has(failure.code);
  if (!(failure instanceof Error)) return false;
  // Ports are refused with codes of files as well.
  if ("syscall" in failure && failure.syscall === "listen") return false;
  return "errcode" in failure || ("code" in failure && String(failure.code) in FAULTS);
}

/** The system's code for what keeps the folder from being written; undefined when nothing does. */
function writeFault(folder: string): string | undefined {
  const path = join(folder, `start-${process.pid}.tmp`);
  try {
    const file = openSync(path, "wx", 0o600);
    try {
      const bytes = Buffer.alloc(START_BYTES);
      for (let at = 0; at < START_BYTES; ) at += writeSync(file, bytes, at);
    } finally {
      closeSync(file);
    }
  } catch (failure) {
    return failure instanceof Error && "code" in failure ? String(failure.code) : undefined;
  } finally {
    rmSync(path, { force: true });
  }
  return undefined;
}
