/** One recorder at a time reads the inbox: the one whose name is in the lock and that is alive. */
import { randomBytes } from "node:crypto";
import {
  closeSync,
  linkSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import { inboxFolder } from "./inbox.ts";

/** A recorder says that it is alive more often than this. */
const STALE_AFTER_MS = 3_000;
const ALIVE_EVERY_MS = 500;

export class RecorderLock {
  readonly #path: string;
  #timer: NodeJS.Timeout | undefined;
  readonly #name = `${process.pid} ${randomBytes(8).toString("hex")}`;

  constructor(home: string) {
    this.#path = lockPath(home);
    makeInbox(home);
  }

  /** @returns false when another recorder is at work */
  take(): boolean {
    if (!this.#make()) {
      const dead = nameIn(this.#path);
      if (isHeld(this.#path) || !this.#removes(dead) || !this.#make()) return false;
    }
    this.#timer = setInterval(() => this.hold(), ALIVE_EVERY_MS).unref();
    return true;
  }

  /** Whether the lock is still ours; says that we are alive. */
  hold(): boolean {
    try {
      if (nameIn(this.#path) !== this.#name) return false;
      const now = new Date();
      utimesSync(this.#path, now, now);
      return true;
    } catch {
      return false;
    }
  }

  release(): void {
    clearInterval(this.#timer);
    if (this.hold()) rmSync(this.#path, { force: true });
  }

  /** Takes a dead lock away; one that another recorder has made meanwhile is put back. */
  #removes(dead: string | undefined): boolean {
    const aside = `${this.#path}.${process.pid}`;
    try {
      renameSync(this.#path, aside);
      const isDead = nameIn(aside) === dead;
      if (!isDead) linkSync(aside, this.#path);
      return isDead;
    } catch {
      return false;
    } finally {
      rmSync(aside, { force: true });
    }
  }

  #make(): boolean {
    try {
      const file = openSync(this.#path, "wx", 0o600);
      writeSync(file, this.#name);
      closeSync(file);
      return true;
    } catch {
      return false;
    }
  }
}

export function hasRecorder(home: string): boolean {
  return isHeld(lockPath(home));
}

/** Not the home itself: a recorder whose home was removed has nothing to do. */
function makeInbox(home: string): void {
  try {
    mkdirSync(inboxFolder(home), { mode: 0o700 });
  } catch (problem) {
    if (!(problem instanceof Error && "code" in problem && problem.code === "EEXIST"))
      throw problem;
  }
}

function lockPath(home: string): string {
  return join(inboxFolder(home), "recorder.lock");
}

function nameIn(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}

function isHeld(path: string): boolean {
  try {
    if (Date.now() - statSync(path).mtimeMs > STALE_AFTER_MS) return false;
    const pid = Number.parseInt(readFileSync(path, "utf8"), 10);
    // A lock that was just made has no name yet.
    return Number.isNaN(pid) || process.kill(pid, 0);
  } catch {
    return false;
  }
}
