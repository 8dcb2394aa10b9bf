/** The files of the store belong to its owner alone, whatever the folder around them allows. */
import { chmodSync, closeSync, openSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";

/** The database and the lock; what SQLite makes beside them (`-wal`, `-shm`) gets their mode. */
const MADE = ["caum.db", "lock.db"] as const;
const OURS = /^(?:caum\.db|lock\.db)(?:-wal|-shm|-journal)?$|^owner\.pid$/;
const OWNER_ONLY = 0o600;
const OTHERS = 0o077;
const ANYBODY_WRITES = 0o002;

/** Anybody on this machine may put other keys and records in the place of ours. */
export class FolderOpenError extends Error {
  override readonly name = "FolderOpenError";

  constructor(folder: string) {
    super(
      `anybody may write to the data folder ${folder}: chmod o-w it, or choose a folder inside it with --data`,
    );
  }
}

/**
 * Makes the files that are not there, and takes the others back from group and others.
 *
 * @throws {FolderOpenError} when everybody may write to the folder
 */
export function closeToOthers(folder: string): void {
  if (process.platform === "win32") return;
  if ((statSync(folder).mode & ANYBODY_WRITES) !== 0) throw new FolderOpenError(folder);
  for (const name of MADE) closeSync(openSync(join(folder, name), "a", OWNER_ONLY));
  for (const name of readdirSync(folder).filter((each) => OURS.test(each))) {
    const path = join(folder, name);
    // What a start before this one left behind may go just now.
    const found = statSync(path, { throwIfNoEntry: false });
    if (found && (found.mode & OTHERS) !== 0) chmodSync(path, OWNER_ONLY);
  }
}
