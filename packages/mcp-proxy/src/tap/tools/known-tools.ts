/**
 * What the tools of one server looked like in earlier runs, as keyed digests in a small file: a
 * definition that is changed between two runs is told like one that changes within a run.
 */
import { createHmac } from "node:crypto";
import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { type Configuration, loadRootKey } from "@caum/core";
import { fieldsOf } from "../messages/fields.ts";

/** Half of a digest is enough to tell two definitions apart. */
const DIGEST_HEX = 32;
const FOLDER_MODE = 0o700;
const FILE_MODE = 0o600;

export class KnownTools {
  readonly #key: Uint8Array;
  readonly #file: string;
  readonly #digests: Map<string, string>;

  /** @param server what tells this server from all others of the machine */
  constructor({ home }: Pick<Configuration, "home">, server: string) {
    this.#key = loadRootKey({ home, env: process.env }).sessionKey("tools");
    this.#file = join(home, "tools", `${this.#digest(server)}.json`);
    this.#digests = read(this.#file);
  }

  /**
   * Takes in how a tool is defined now.
   *
   * @returns whether it was defined differently before
   */
  hasChanged(name: string, definition: string): boolean {
    const tag = this.#digest(`name|${name}`);
    const digest = this.#digest(`definition|${definition}`);
    const before = this.#digests.get(tag);
    this.#digests.set(tag, digest);
    return before !== undefined && before !== digest;
  }

  /** A home that cannot be written costs the memory of the next run, nothing else. */
  save(): void {
    try {
      mkdirSync(dirname(this.#file), { recursive: true, mode: FOLDER_MODE });
      const text = JSON.stringify(Object.fromEntries(this.#digests));
      const draft = `${this.#file}.${process.pid}`;
      writeFileSync(draft, text, { mode: FILE_MODE });
      renameSync(draft, this.#file);
    } catch {
      // Told already by whoever writes the records.
    }
  }

  #digest(text: string): string {
    return createHmac("sha256", this.#key).update(text).digest("hex").slice(0, DIGEST_HEX);
  }
}

function read(file: string): Map<string, string> {
  try {
    const entries = Object.entries(fieldsOf(JSON.parse(readFileSync(file, "utf8"))) ?? {});
    return new Map(
      entries.filter((entry): entry is [string, string] => typeof entry[1] === "string"),
    );
  } catch {
    return new Map();
  }
}
