/** One process per data folder: two would fork every chain. */
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";

/** Somebody else uses the folder. */
export class FolderInUseError extends Error {
  override readonly name = "FolderInUseError";

  constructor(owner: string) {
    super(`the data folder is in use by ${owner}: stop it, or choose another folder with --data`);
  }
}

/** Primary result code of SQLite (sqlite.org/rescode.html). */
const SQLITE_BUSY = 5;

export interface FolderLock {
  release(): void;
}

/**
 * Takes the folder for this process; the system gives it back when the process ends, however it ends.
 *
 * @throws {FolderInUseError} naming the process that has it; whatever the disk throws
 */
export function lockFolder(folder: string): FolderLock {
  const owner = join(folder, "owner.pid");
  const lock = new DatabaseSync(join(folder, "lock.db"), { timeout: 0 });
  try {
    lock.exec("begin exclusive");
    writeFileSync(owner, `${process.pid}\n`, { mode: 0o600 });
  } catch (failure) {
    lock.close();
    throw isBusy(failure) ? new FolderInUseError(ownerIn(owner)) : failure;
  }
  return {
    release() {
      rmSync(owner, { force: true });
      lock.exec("rollback");
      lock.close();
    },
  };
}

function isBusy(failure: unknown): boolean {
  return (
    failure instanceof Error &&
    "errcode" in failure &&
    (Number(failure.errcode) & 0xff) === SQLITE_BUSY
  );
}

function ownerIn(path: string): string {
  try {
    const pid = Number(readFileSync(path, "utf8"));
    return Number.isSafeInteger(pid) && pid > 0 ? `process ${pid}` : "another process";
  } catch {
    return "another process";
  }
}
