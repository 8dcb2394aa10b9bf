/** What another process left behind is read only when nobody else can have put it there. */
import { constants, type Stats } from "node:fs";
import { type FileHandle, lstat, open } from "node:fs/promises";

const WRITABLE_BY_OTHERS = 0o022;

/** A real folder of ours, which others cannot write to. */
export async function isTrustedFolder(path: string): Promise<boolean> {
  try {
    const stats = await lstat(path);
    return stats.isDirectory() && isOurs(stats);
  } catch {
    return false;
  }
}

/** Opens a plain file of ours with one name only; links are not followed. */
export async function openTrusted(path: string): Promise<FileHandle | undefined> {
  let file: FileHandle | undefined;
  try {
    file = await open(path, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0));
    const stats = await file.stat();
    if (stats.isFile() && stats.nlink === 1 && isOurs(stats)) return file;
  } catch {
    // It is gone, or a link: the same as not being there.
  }
  await file?.close().catch(() => undefined);
  return undefined;
}

function isOurs({ uid, mode }: Stats): boolean {
  if (process.platform === "win32") return true;
  return uid === process.getuid?.() && (mode & WRITABLE_BY_OTHERS) === 0;
}
