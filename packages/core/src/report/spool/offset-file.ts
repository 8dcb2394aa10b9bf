import { closeSync, constants, ftruncateSync, openSync, writeSync } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";

const FILE_MODE = 0o600;
const FLAGS = constants.O_WRONLY | constants.O_CREAT;

/**
 * A file that grows at known offsets: what failed, or was cut off by the end of the process, is
 * written again over the same bytes instead of after them.
 */
export class OffsetFile {
  readonly #path: string;
  #handle: FileHandle | undefined;
  #end = 0;
  /** Bytes that were written behind the end, or may have been. */
  #unsettled = 0;

  constructor(path: string) {
    this.#path = path;
  }

  /** Behind the last byte that counts. */
  get end(): number {
    return this.#end;
  }

  /** Takes away what was written and does not count. */
  async mend(): Promise<void> {
    if (this.#handle && this.#unsettled > 0) await this.#handle.truncate(this.#end);
    this.#unsettled = 0;
  }

  /** Writes behind the end. It counts once it is settled, so that two files can change as one. */
  async write(bytes: Buffer): Promise<void> {
    if (bytes.length === 0) return;
    this.#handle ??= await open(this.#path, FLAGS, FILE_MODE);
    this.#unsettled = bytes.length;
    let written = 0;
    while (written < bytes.length) {
      const at = this.#end + written;
      const part = await this.#handle.write(bytes, written, bytes.length - written, at);
      written += part.bytesWritten;
    }
  }

  settle(): void {
    this.#end += this.#unsettled;
    this.#unsettled = 0;
  }

  /** Writes behind the end at the end of the process; a second time replaces the first. */
  writeNow(bytes: Buffer): void {
    const file = openSync(this.#path, FLAGS, FILE_MODE);
    try {
      ftruncateSync(file, this.#end);
      let written = 0;
      while (written < bytes.length) {
        const at = this.#end + written;
        written += writeSync(file, bytes, written, bytes.length - written, at);
      }
    } finally {
      closeSync(file);
    }
  }

  async close(): Promise<void> {
    const handle = this.#handle;
    this.#handle = undefined;
    await handle?.close().catch(() => undefined);
  }
}
