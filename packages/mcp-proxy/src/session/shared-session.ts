/**
 * The session that the servers of one client process share. The id is worked out, not stored, so
 * that proxies started at the same moment agree; files under `sessions/` only tell how often the
 * session was idle for so long that a new one began.
 */
import { createHmac, randomBytes } from "node:crypto";
import { closeSync, mkdirSync, openSync, readdirSync, rmSync, statSync, utimesSync } from "node:fs";
import { join } from "node:path";

/** A client that was silent for this long begins something new. */
const ROTATE_AFTER_MS = 30 * 60_000;
/** How exactly the files tell when the session was last active. */
const TOUCH_AFTER_MS = 60_000;
/** Files of client processes that are long gone. */
const FORGET_AFTER_MS = 7 * 24 * 60 * 60_000;
const ID_LENGTH = 26;
const BASE32 = "abcdefghijklmnopqrstuvwxyz234567";

export interface SharedSessionOptions {
  /** The folder `sessions/` under CAUM_HOME. */
  readonly folder: string;
  /** Keyed, so that an id tells nothing about the machine. */
  readonly key: Uint8Array;
  /** What all proxies of one client know; a session of its own when absent. */
  readonly client: string | undefined;
}

export class SharedSession {
  readonly #options: SharedSessionOptions;
  readonly #client: string;
  #generation: number | undefined;
  #activeAt = 0;
  #touchedAt = 0;
  #id = "";

  constructor(options: SharedSessionOptions) {
    this.#options = options;
    this.#client = options.client ?? randomBytes(16).toString("hex");
  }

  /** The id for what happens at `time`; the session counts as active then. */
  idAt(time: number): string {
    const isDue = time - this.#touchedAt >= TOUCH_AFTER_MS;
    if (this.#generation === undefined || isDue) this.#refresh(time);
    this.#activeAt = Math.max(this.#activeAt, time);
    return this.#id;
  }

  #refresh(time: number): void {
    const newest = this.#newestFile();
    const known = Math.max(newest?.generation ?? 0, this.#generation ?? 0);
    const activeAt = Math.max(newest?.activeAt ?? 0, this.#activeAt);
    const isIdle = activeAt > 0 && time - activeAt >= ROTATE_AFTER_MS;
    const generation = known + (isIdle ? 1 : 0);
    if (generation !== this.#generation) {
      this.#generation = generation;
      this.#id = `s-${this.#digest(`${this.#client}|${generation}`)}`;
    }
    this.#touchedAt = time;
    this.#touch(generation, time);
  }

  /** Only a hint for the other proxies: without a writable folder the session still works. */
  #touch(generation: number, time: number): void {
    try {
      const file = join(this.#options.folder, `${this.#digest(this.#client)}.${generation}`);
      mkdirSync(this.#options.folder, { recursive: true, mode: 0o700 });
      closeSync(openSync(file, "a", 0o600));
      utimesSync(file, time / 1_000, time / 1_000);
    } catch {
      // The observer tells about an unwritable home.
    }
  }

  #newestFile(): { readonly generation: number; readonly activeAt: number } | undefined {
    try {
      const prefix = `${this.#digest(this.#client)}.`;
      const names = readdirSync(this.#options.folder);
      this.#forgetOld(names);
      const generations = names
        .filter((name) => name.startsWith(prefix))
        .map((name) => Number(name.slice(prefix.length)))
        .filter((generation) => Number.isSafeInteger(generation) && generation >= 0);
      if (generations.length === 0) return undefined;
      const generation = Math.max(...generations);
      const { mtimeMs } = statSync(join(this.#options.folder, prefix + generation));
      return { generation, activeAt: mtimeMs };
    } catch {
      return undefined;
    }
  }

  /** Once per process. */
  #forgetOld(names: readonly string[]): void {
    if (this.#generation !== undefined) return;
    const oldest = Date.now() - FORGET_AFTER_MS;
    for (const name of names) {
      const file = join(this.#options.folder, name);
      if (statSync(file).mtimeMs < oldest) rmSync(file, { force: true });
    }
  }

  #digest(text: string): string {
    const bytes = createHmac("sha256", this.#options.key).update(text).digest();
    return base32(bytes).slice(0, ID_LENGTH);
  }
}

function base32(bytes: Uint8Array): string {
  let text = "";
  let bits = 0;
  let value = 0;
  for (const byte of bytes) {
    value = (value << 8) | byte;
    bits += 8;
    while (bits >= 5) {
      bits -= 5;
      text += BASE32[(value >>> bits) & 31];
      value &= (1 << bits) - 1;
    }
  }
  return text;
}
