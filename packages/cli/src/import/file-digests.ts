import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import type { FoundFile } from "@caum/histories";

/** What a file has that cannot be read any more. */
const GONE = "gone";

/** SHA-256 of files, each read once: an export holds many sessions. */
export class FileDigests {
  readonly #known = new Map<string, string>();

  /** Of one file its digest, of several that of their digests, one a line. */
  async of(files: readonly FoundFile[]): Promise<string> {
    const digests: string[] = [];
    for (const { path } of files) digests.push(await this.#digestOf(path));
    const [only] = digests;
    if (only !== undefined && digests.length === 1) return only;
    return createHash("sha256").update(digests.join("\n")).digest("hex");
  }

  async #digestOf(path: string): Promise<string> {
    const known = this.#known.get(path);
    if (known !== undefined) return known;
    const digest = await digestOfFile(path);
    this.#known.set(path, digest);
    return digest;
  }
}

async function digestOfFile(path: string): Promise<string> {
  const digest = createHash("sha256");
  try {
    for await (const part of createReadStream(path)) digest.update(part);
  } catch {
    return GONE;
  }
  return digest.digest("hex");
}
