/**
 * A disk that can hang, for tests of what lives on it: every asynchronous file operation of this
 * thread waits until it is released, and synchronous ones that write are counted.
 */
import fs from "node:fs";
import { syncBuiltinESMExports } from "node:module";

const ASYNC = ["open", "mkdir", "readFile", "writeFile", "rename", "readdir", "lstat"] as const;
const HANDLE = [
  "write",
  "read",
  "stat",
  "truncate",
  "readFile",
  "writeFile",
  "appendFile",
] as const;
const SYNC_WRITES = [
  "openSync",
  "writeSync",
  "writeFileSync",
  "appendFileSync",
  "mkdirSync",
  "renameSync",
  "rmSync",
  "fsyncSync",
  "ftruncateSync",
] as const;

type Operation = (...words: unknown[]) => unknown;
type Functions = Record<string, Operation>;
// True because only functions are looked up in them.
const promises = fs.promises as unknown as Functions;
const sync = fs as unknown as Functions;

export class HangingDisk {
  /** Synchronous writes since it began to hang. */
  syncWrites = 0;
  /** Operations that wait, and how many waited at once at most. */
  waiting = 0;
  mostWaiting = 0;
  readonly #originals: (() => void)[] = [];
  #release: () => void = () => undefined;
  readonly #released = new Promise<void>((resolve) => {
    this.#release = resolve;
  });

  async hang(): Promise<void> {
    const handle = await fs.promises.open(import.meta.filename);
    await handle.close();
    // True because only functions are looked up in it.
    const handles = Object.getPrototypeOf(handle) as Functions;
    for (const name of ASYNC) this.#replace(promises, name, (original) => this.#late(original));
    for (const name of HANDLE) this.#replace(handles, name, (original) => this.#late(original));
    for (const name of SYNC_WRITES) {
      this.#replace(sync, name, (original) => (...words) => {
        this.syncWrites += 1;
        return original.apply(sync, words);
      });
    }
    syncBuiltinESMExports();
  }

  /** What waits goes on, and nothing waits any more. */
  release(): void {
    for (const restore of this.#originals.splice(0)) restore();
    syncBuiltinESMExports();
    this.#release();
  }

  #late(original: Operation): Operation {
    const disk = this;
    return async function (this: unknown, ...words) {
      disk.waiting += 1;
      disk.mostWaiting = Math.max(disk.mostWaiting, disk.waiting);
      await disk.#released;
      disk.waiting -= 1;
      return original.apply(this, words);
    };
  }

  #replace(
    functions: Functions,
    name: string,
    replacement: (original: Operation) => Operation,
  ): void {
    const original = functions[name];
    if (!original) throw new Error(`there is no ${name}`);
    functions[name] = replacement(original);
    this.#originals.push(() => {
      functions[name] = original;
    });
  }
}
