import { mkdir, rename, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { openTrusted } from "../spool/trusted.ts";

const FOLDER_MODE = 0o700;
const FILE_MODE = 0o600;
const MAX_BYTES = 131_072;

/** @returns undefined when there is no such file of ours */
export async function readKeptFile(path: string): Promise<string | undefined> {
  const file = await openTrusted(path);
  if (!file) return undefined;
  try {
    const { size } = await file.stat();
    return size > MAX_BYTES ? undefined : await file.readFile("utf8");
  } finally {
    await file.close();
  }
}

/** Replaces the file as a whole. */
export async function writeKept(path: string, text: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: FOLDER_MODE });
  const draft = `${path}.${process.pid}.new`;
  await writeFile(draft, text, { mode: FILE_MODE });
  await rename(draft, path);
}
