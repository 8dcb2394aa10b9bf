/** Names of files in an archive: whoever unpacks it must get the files that were verified. */
import { EvidenceError } from "../error.ts";

export function refused(why: string): EvidenceError {
  return new EvidenceError("invalid_bundle", why);
}

/** More entries than this are not listed. */
export const MAX_ENTRIES = 100_000;

/** The name within the bundle; "" for the bundle itself. */
export function safeName(name: string): string {
  const parts = name.split("/").filter((part) => part !== "." && part !== "");
  if (name.startsWith("/") || parts.includes("..") || /[^ -[\]-~]/.test(name)) {
    throw refused("it holds a name that leads out of it or is not plain");
  }
  return parts.join("/");
}

/** What an archive would leave on the disk. */
export class Listing<T> {
  readonly #files = new Map<string, T>();
  readonly #folders = new Set<string>();

  /** @throws {EvidenceError} when the name was there before */
  add(name: string, file: T): void {
    this.addFoldersOf(name);
    if (this.#files.has(name)) throw refused("it holds a name twice");
    this.#files.set(name, file);
  }

  addFolder(name: string): void {
    this.addFoldersOf(name);
    this.#folders.add(name);
  }

  addFoldersOf(name: string): void {
    for (let end = name.indexOf("/"); end !== -1; end = name.indexOf("/", end + 1)) {
      this.#folders.add(name.slice(0, end));
    }
  }

  /** @throws {EvidenceError} when a name is that of a file and of a folder */
  get files(): Map<string, T> {
    for (const name of this.#folders) {
      if (this.#files.has(name)) throw refused("it holds a name twice");
    }
    return this.#files;
  }
}
