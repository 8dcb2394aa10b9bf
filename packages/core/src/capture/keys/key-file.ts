import { randomUUID } from "node:crypto";
import {
  chmodSync,
  closeSync,
  constants,
  fstatSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { dirname } from "node:path";

const OWNER_ONLY = 0o600;
const OTHERS = 0o077;
/** Does not wait for the other end of a pipe; 0 on Windows. */
const READ_FLAGS = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0);
/** No key is longer; what is, is something else. */
const MAX_BYTES = 4_096;

/**
 * Reads a key file, or makes it when there is none.
 *
 * Of several processes that start at once, one makes the file and all read the same bytes: the new
 * file is complete before it gets its name, and a name is given once.
 *
 * @throws when the file can neither be read nor made
 */
export function readOrCreateKeyFile(path: string, make: () => Uint8Array): Uint8Array {
  const existing = readKeyFile(path);
  if (existing !== undefined) return existing;
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  publish(path, make());
  return readSmallFile(path);
}

/** @throws when it is no ordinary file, or too long to be a key: a pipe would stop the host */
export function readSmallFile(path: string): Uint8Array {
  const file = openSync(path, READ_FLAGS);
  try {
    const status = fstatSync(file);
    if (!status.isFile() || status.size > MAX_BYTES) throw new Error("not a key file");
    return readFileSync(file);
  } finally {
    closeSync(file);
  }
}

function readKeyFile(path: string): Uint8Array | undefined {
  try {
    const bytes = readSmallFile(path);
    closeToOthers(path);
    return bytes;
  } catch (error) {
    if (codeOf(error) === "ENOENT") return undefined;
    throw error;
  }
}

/** Takes a key file back from group and others, where the system knows them and lets us. */
function closeToOthers(path: string): void {
  if (process.platform === "win32") return;
  try {
    if ((statSync(path).mode & OTHERS) !== 0) chmodSync(path, OWNER_ONLY);
  } catch {
    // A file of another user, or on a read-only mount, stays as its owner left it.
  }
}

function publish(path: string, bytes: Uint8Array): void {
  const draft = `${path}.${randomUUID()}.tmp`;
  writeNew(draft, bytes);
  try {
    linkSync(draft, path);
  } catch (error) {
    if (codeOf(error) !== "EEXIST") writeUnlessThere(path, bytes);
  } finally {
    rmSync(draft, { force: true });
  }
}

/** For file systems without hard links. */
function writeUnlessThere(path: string, bytes: Uint8Array): void {
  try {
    writeNew(path, bytes);
  } catch (error) {
    if (codeOf(error) !== "EEXIST") throw error;
  }
}

function writeNew(path: string, bytes: Uint8Array): void {
  const file = openSync(path, "wx", OWNER_ONLY);
  try {
    writeFileSync(file, bytes);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && "code" in error ? error.code : undefined;
}
