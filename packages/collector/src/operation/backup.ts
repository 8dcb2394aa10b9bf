/** A copy of a collector's database while it runs, and a data folder made of it; keys go apart. */
import {
  chmodSync,
  closeSync,
  copyFileSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { readSourceKeys } from "../migrate/source-keys.ts";
import { LAYOUT_VERSION } from "../store/sqlite/migrations.ts";

export interface Backup {
  readonly bytes: number;
  readonly sessions: number;
  readonly records: number;
  /** The key that the collector signs with; its private half is not in the backup. */
  readonly verifierKey: string;
}

/** Why a backup was not made, or is none that can be restored. */
export class BackupError extends Error {
  override readonly name = "BackupError";
}

const DATABASE = "caum.db";
const MANIFEST = "backup.json";
const KEYS = ["signing.key", "digest.key", "first.key"] as const;
const OWNER_ONLY = 0o600;
const OWNER_FOLDER = 0o700;

type Env = Readonly<Record<string, string | undefined>>;

/** Which keys a backup needs, without revealing them. */
interface Manifest {
  readonly verifierKey: string;
  readonly digestKey: string;
}

/**
 * Copies the database of a data folder as it stands at one moment; the collector may go on writing.
 *
 * Neither the log beside the file nor what was deleted is in the copy. It has its name only when it
 * is whole and on the disk.
 *
 * @param to an empty or new folder
 * @throws {BackupError} when there is nothing to copy, or something in its place
 */
export function backUpFolder(data: string, to: string, env: Env): Backup {
  const source = join(data, DATABASE);
  if (!existsSync(source))
    throw new BackupError(`${data} is no data folder: it has no ${DATABASE}`);
  const { verifierKey, digestKey } = readSourceKeys(data, env);
  mkdirSync(to, { recursive: true, mode: OWNER_FOLDER });
  const copy = join(to, DATABASE);
  if (existsSync(copy))
    throw new BackupError(`${to} holds a backup already: choose another folder`);
  const draft = `${copy}.${process.pid}.tmp`;
  try {
    closeSync(openSync(draft, "wx", OWNER_ONLY));
    copyDatabase(source, draft);
    flush(draft);
    const manifest: Manifest = { verifierKey, digestKey };
    writeFileSync(join(to, MANIFEST), `${JSON.stringify(manifest)}\n`, { mode: OWNER_ONLY });
    renameSync(draft, copy);
    flush(to);
  } finally {
    rmSync(draft, { force: true });
  }
  return { ...describe(copy), verifierKey };
}

/** Copies the keys that a backup needs; whoever has them can sign, and read what digests hide. */
export function backUpKeys(data: string, to: string): void {
  mkdirSync(to, { recursive: true, mode: OWNER_FOLDER });
  copyKeys(join(data, "keys"), to);
}

/**
 * Makes a data folder of a backup and its keys, checked before it gets its name.
 *
 * @param data a folder that is empty or not there
 * @param keys where `backUpKeys` put them
 * @throws {BackupError} when the backup is damaged or newer than this program, the keys are those of
 *   another collector, or there is something in `data`; nothing is left there then
 */
export function restoreFolder(from: string, keys: string, data: string, env: Env): Backup {
  if (existsSync(data) && readdirSync(data).length > 0) {
    throw new BackupError(`${data} is not empty: choose another folder with --data`);
  }
  const draft = `${data}.${process.pid}.tmp`;
  const database = join(draft, DATABASE);
  try {
    mkdirSync(join(draft, "keys"), { recursive: true, mode: OWNER_FOLDER });
    copyPrivate(join(from, DATABASE), database);
    checkDatabase(database);
    copyKeys(keys, join(draft, "keys"));
    const verifierKey = checkKeys(from, draft, env);
    flush(database);
    const restored = { ...describe(database), verifierKey };
    rmSync(data, { recursive: true, force: true });
    renameSync(draft, data);
    return restored;
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
}

/** Into a file that is there already, and empty: it keeps the mode that we gave it. */
function copyDatabase(source: string, target: string): void {
  const database = new DatabaseSync(source, { readOnly: true });
  try {
    database.prepare("vacuum into ?").run(target);
  } finally {
    database.close();
  }
}

function checkDatabase(path: string): void {
  const database = open(path);
  try {
    const { integrity_check: found } = database.prepare("pragma integrity_check").get() ?? {};
    if (found !== "ok") throw new BackupError("the backup is damaged: take another one");
    const sql = "select max(version) as version from schema_migrations";
    if (Number(database.prepare(sql).get()?.version) > LAYOUT_VERSION) {
      throw new BackupError("the backup is of a newer program: update caum");
    }
  } catch (failure) {
    throw failure instanceof BackupError
      ? failure
      : new BackupError("the backup is damaged: take another one", { cause: failure });
  } finally {
    database.close();
  }
}

/** @returns the key that it signs with */
function checkKeys(from: string, folder: string, env: Env): string {
  // Written by `backUpFolder`; whatever else it holds fits no key.
  const manifest = JSON.parse(readFileSync(join(from, MANIFEST), "utf8")) as Partial<Manifest>;
  const { verifierKey, digestKey } = readSourceKeys(folder, env);
  if (manifest.verifierKey === verifierKey && manifest.digestKey === digestKey) return verifierKey;
  throw new BackupError("the keys are not those of the backup: nothing was restored");
}

/** One of them may be a setting of the operator instead; `readSourceKeys` says which is missing. */
function copyKeys(from: string, to: string): void {
  for (const name of KEYS.filter((each) => existsSync(join(from, each)))) {
    copyPrivate(join(from, name), join(to, name));
  }
}

function copyPrivate(from: string, to: string): void {
  if (!existsSync(from)) throw new BackupError(`${from} is missing`);
  copyFileSync(from, to);
  chmodSync(to, OWNER_ONLY);
}

function describe(path: string): Omit<Backup, "verifierKey"> {
  const database = open(path);
  const count = (what: string, from: string) =>
    Number(database.prepare(`select ${what} as count from ${from}`).get()?.count);
  try {
    return {
      bytes: statSync(path).size,
      sessions: count("count(*)", "sessions"),
      records: count("coalesce(sum(size), 0)", "sessions where gone = 0"),
    };
  } finally {
    database.close();
  }
}

function open(path: string): DatabaseSync {
  return new DatabaseSync(path, { readOnly: true });
}

function flush(path: string): void {
  const file = openSync(path, "r");
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}
