/** The folders of a spool: one per process, with a file that says whose it is. */
import { randomBytes } from "node:crypto";
import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { lstat, mkdir, readdir, rename, rm, stat, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { mayBeAlive, parseProcessIdentity, thisProcess } from "./process-identity.ts";
import { isTrustedFolder, openTrusted } from "./trusted.ts";

const OWNER_FILE = "owner.json";
const FOLDER_MODE = 0o700;
const FILE_MODE = 0o600;
const MAX_OWNER_BYTES = 4_096;
/** A folder without owner is being made just then, unless it is this old. */
const UNOWNED_MS = 60_000;

/** Makes a folder of this process. @returns its path */
export function makeOwnedFolder(root: string): string {
  const folder = join(root, newName());
  mkdirSync(folder, { recursive: true, mode: FOLDER_MODE });
  writeFileSync(join(folder, OWNER_FILE), ownerText(), { mode: FILE_MODE });
  return folder;
}

/** Gives the folder away: whoever comes next takes it over, even while this process goes on. */
export function disownFolder(folder: string): void {
  writeFileSync(join(folder, OWNER_FILE), "{}\n", { mode: FILE_MODE });
}

/** Says that the owner lives, to machines that cannot look at its process. */
export async function beat(folder: string, nowMs: number): Promise<void> {
  const seconds = nowMs / 1_000;
  await utimes(join(folder, OWNER_FILE), seconds, seconds);
}

/** Whether the folder is still there; another process may have taken it over meanwhile. */
export async function isStillOwned(folder: string): Promise<boolean> {
  return stat(join(folder, OWNER_FILE)).then(
    () => true,
    () => false,
  );
}

export interface Adoption {
  readonly adopted: readonly string[];
  /** Folders that are links, of somebody else, or that others can write to: they stay untouched. */
  readonly refused: readonly string[];
}

/**
 * Takes over the folders of dead processes. A rename is what decides between several that try.
 *
 * @param nowMs milliseconds since 1970
 * @param into where they go, when it is another spool of the same tenant
 */
export async function adoptFolders(
  root: string,
  nowMs: number,
  into: string = root,
): Promise<Adoption> {
  const adopted: string[] = [];
  const refused: string[] = [];
  const names = await namesIn(root);
  if (names.length > 0 && !(await isTrustedFolder(root))) return { adopted, refused: [root] };
  for (const name of names) {
    const folder = join(root, name);
    if (!(await isTrustedFolder(folder))) refused.push(folder);
    else if (await isOrphan(folder, nowMs)) adopted.push(...(await takeOver(into, folder)));
  }
  return { adopted, refused };
}

async function isOrphan(folder: string, nowMs: number): Promise<boolean> {
  const file = await openTrusted(join(folder, OWNER_FILE));
  if (!file) {
    const made = await lstat(folder).catch(() => undefined);
    return made !== undefined && nowMs - made.mtimeMs > UNOWNED_MS;
  }
  try {
    const { size, mtimeMs } = await file.stat();
    const text = size > MAX_OWNER_BYTES ? "" : await file.readFile("utf8");
    const owner = parseProcessIdentity(text);
    return owner === undefined || !mayBeAlive(owner, nowMs - mtimeMs);
  } finally {
    await file.close();
  }
}

async function takeOver(into: string, folder: string): Promise<readonly string[]> {
  const ours = join(into, newName());
  try {
    await mkdir(into, { recursive: true, mode: FOLDER_MODE });
    await rename(folder, ours);
    await writeFile(join(ours, OWNER_FILE), ownerText(), { mode: FILE_MODE });
    return [ours];
  } catch {
    return [];
  }
}

export async function removeFolder(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true }).catch(() => undefined);
}

export async function namesIn(folder: string): Promise<readonly string[]> {
  return readdir(folder).catch(() => []);
}

export function namesInNow(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function ownerText(): string {
  return `${JSON.stringify(thisProcess())}\n`;
}

function newName(): string {
  return `${process.pid}-${randomBytes(4).toString("hex")}`;
}
