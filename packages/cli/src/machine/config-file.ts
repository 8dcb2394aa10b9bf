/** Reading and replacing files that belong to somebody else. */
import { createHash, randomBytes } from "node:crypto";
import {
  accessSync,
  chmodSync,
  closeSync,
  constants,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";
import { writeWhole } from "./write-whole.ts";

export interface ConfigFile {
  /** As the client names it. */
  readonly path: string;
  /** Behind symbolic links; this one is replaced. */
  readonly target: string;
  readonly bytes: Buffer;
  readonly text: string;
}

/** A file that is left as it is, and why. */
export class FileLeft extends Error {
  override readonly name = "FileLeft";
}

/** Somebody else was quicker: what they wrote is to be read first. */
export class FileChanged extends FileLeft {}

const ATTEMPTS = 5;

/** Does the work again while somebody else changes the same file. */
export function retrying<Result>(work: () => Result): Result {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return work();
    } catch (problem) {
      if (!(problem instanceof FileChanged) || attempt === ATTEMPTS) throw problem;
    }
  }
}

const LARGEST_BYTES = 64 * 1024 * 1024;

/**
 * @returns undefined when there is no such file
 * @throws {FileLeft} when it cannot be read as text
 */
export function readConfigFile(path: string): ConfigFile | undefined {
  try {
    const target = realpathSync(path);
    const facts = statSync(target);
    if (!facts.isFile()) throw new FileLeft("is no file");
    if (facts.size > LARGEST_BYTES) throw new FileLeft("is too large to be a configuration");
    const bytes = readFileSync(target);
    const text = bytes.toString("utf8");
    if (!Buffer.from(text, "utf8").equals(bytes)) throw new FileLeft("is not UTF-8");
    return { path, target, bytes, text };
  } catch (problem) {
    if (problem instanceof FileLeft) throw problem;
    const code = problem instanceof Error && "code" in problem ? String(problem.code) : "unknown";
    if (code === "ENOENT" || code === "ENOTDIR") return undefined;
    throw new FileLeft(`cannot be read (${code})`);
  }
}

/**
 * Puts a new text in the place of the file in one step, with its rights.
 *
 * @throws {FileLeft} when it may not be written, or was changed since it was read
 */
export function replaceConfigFile(file: ConfigFile, text: string): void {
  const { target, bytes } = file;
  const beside = join(
    dirname(target),
    `.${basename(target)}.caum-${randomBytes(4).toString("hex")}`,
  );
  try {
    accessSync(target, constants.W_OK);
    const { mode } = statSync(target);
    writeDurably(beside, text, mode & 0o7777);
    if (!readFileSync(target).equals(bytes))
      throw new FileChanged("was changed just now: try again");
    renameSync(beside, target);
  } catch (problem) {
    rmSync(beside, { force: true });
    if (problem instanceof FileLeft) throw problem;
    const code = problem instanceof Error && "code" in problem ? String(problem.code) : "unknown";
    throw new FileLeft(`cannot be written (${code}): look at its rights and those of its folder`);
  }
}

/**
 * Makes a file that was not there.
 *
 * @throws {FileLeft} when it cannot be made, or is there meanwhile
 */
export function makeConfigFile(path: string, text: string): void {
  try {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text, { flag: "wx" });
  } catch (problem) {
    const code = problem instanceof Error && "code" in problem ? String(problem.code) : "unknown";
    if (code !== "EEXIST") throw new FileLeft(`cannot be written (${code})`);
    if (existsSync(path)) throw new FileChanged("was made just now: try again");
    throw new FileLeft("is a link to nowhere: make the file it names");
  }
}

function writeDurably(path: string, text: string, mode: number): void {
  const handle = openSync(path, "wx", mode);
  try {
    writeFileSync(handle, text);
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
  // The mode given to `open` is cut by the umask.
  chmodSync(path, mode);
}

/** Keeps the file as it is now; the same bytes are kept once. */
export function backUp({ path, bytes }: ConfigFile, folder: string): string {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const digest = createHash("sha256").update(path).update("\0").update(bytes).digest("hex");
  const backup = join(folder, `${digest.slice(0, 16)}-${basename(path)}`);
  writeWhole(backup, bytes, 0o600);
  return backup;
}
