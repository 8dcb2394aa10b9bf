import { constants } from "node:fs";
import { type FileHandle, mkdir, open } from "node:fs/promises";
import { join } from "node:path";

export const REJECTED_FILE = "rejected.ndjson";
/** Enough to see what is wrong; a collector that takes nothing must not fill the disk. */
const CAP_BYTES = 1024 * 1024;
const FOLDER_MODE = 0o700;
const FILE_MODE = 0o600;
const APPEND =
  constants.O_WRONLY | constants.O_CREAT | constants.O_APPEND | (constants.O_NOFOLLOW ?? 0);

/**
 * Keeps a record that the collector does not take, for a person to look at. Above the cap it is
 * only counted in the answers of `flush` and `close`.
 *
 * @param root the folder of one collector and key
 */
export async function keepRejected(root: string, line: string): Promise<void> {
  await mkdir(root, { recursive: true, mode: FOLDER_MODE });
  const file: FileHandle = await open(join(root, REJECTED_FILE), APPEND, FILE_MODE);
  try {
    const { size } = await file.stat();
    if (size < CAP_BYTES) await file.appendFile(`${line}\n`);
  } finally {
    await file.close();
  }
}
