/** Keeps what local runs take on the disk under a cap: whole closed runs go, the oldest first. */
import { readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { inLane } from "../disk-lanes.ts";
import { isClosedRun } from "./closed-run.ts";

const CAP_BYTES = 1024 * 1024 * 1024;
const CHECK_AFTER_MS = 2_000;
/** Looking at every run costs two system calls each. */
const NOT_BEFORE_MS = 10 * 60_000;

export interface DiskCapParts {
  /** The folder of all local runs. */
  readonly folder: string;
  readonly onRemoved: (message: string) => void;
  readonly capBytes?: number | undefined;
}

interface RunOnDisk {
  readonly path: string;
  readonly bytes: number;
  readonly changedMs: number;
}

export class DiskCap {
  readonly #parts: DiskCapParts;
  #timer: NodeJS.Timeout | undefined;
  #checkedAt = Number.NEGATIVE_INFINITY;

  constructor(parts: DiskCapParts) {
    this.#parts = parts;
    this.check();
  }

  /** Looks soon, in the background, unless it has looked not long ago. */
  check(): void {
    const now = performance.now();
    if (this.#timer || now - this.#checkedAt < NOT_BEFORE_MS) return;
    this.#checkedAt = now;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      void inLane(() => this.enforce());
    }, CHECK_AFTER_MS).unref();
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  /** Removes as many closed runs as it takes. @returns how many */
  async enforce(): Promise<number> {
    const cap = this.#parts.capBytes ?? CAP_BYTES;
    const runs = await this.#runs();
    let bytes = runs.reduce((sum, run) => sum + run.bytes, 0);
    let removed = 0;
    for (const run of runs) {
      if (bytes <= cap) break;
      if (!(await isClosedRun(run.path))) continue;
      await rm(run.path, { recursive: true, force: true }).catch(() => undefined);
      bytes -= run.bytes;
      removed += 1;
    }
    if (removed > 0) {
      const capMb = Math.round(cap / 1024 / 1024);
      this.#parts.onRemoved(
        `removed the ${removed} oldest closed runs: local runs take at most ${capMb} MB`,
      );
    }
    return removed;
  }

  /** Oldest first. */
  async #runs(): Promise<readonly RunOnDisk[]> {
    const names = await readdir(this.#parts.folder).catch(() => []);
    const runs: RunOnDisk[] = [];
    for (const name of names) {
      const path = join(this.#parts.folder, name);
      const found = await stat(join(path, "records.ndjson")).catch(() => undefined);
      if (found) runs.push({ path, bytes: found.size, changedMs: found.mtimeMs });
    }
    return runs.sort((left, right) => left.changedMs - right.changedMs);
  }
}
