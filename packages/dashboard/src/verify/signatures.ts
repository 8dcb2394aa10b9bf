/** Signatures by WebCrypto, which answers later, for rules that ask at once. */
import { canonicalJson, fromHex, joined, ListedTree, type Platform } from "@caum/core/verify/rules";
import { sha256 } from "./sha256.ts";

/** A public key that every implementation takes (RFC 8032, section 7.1, test 1). */
const KNOWN_KEY = fromHex("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a");

interface Question {
  readonly publicKey: Uint8Array<ArrayBuffer>;
  readonly message: Uint8Array<ArrayBuffer>;
  readonly signature: Uint8Array<ArrayBuffer>;
}

/** What the rules ask about signatures, and the answers so far: no, until it is known. */
export class Signatures {
  readonly #known = new Map<string, boolean>();
  readonly #open = new Map<string, Question>();

  readonly platform: Platform = {
    sha256,
    writeLine: (record) => canonicalJson(record),
    newTree: () => new ListedTree(sha256),
    knows: (algorithm) => algorithm === "Ed25519",
    checker: (_, publicKey) => (message, signature) => {
      const question = { publicKey, message, signature: joined(signature) };
      // Key and signature have one length each, so no two questions read alike.
      const id = sha256(joined(publicKey, signature, message));
      if (!this.#known.has(id)) this.#open.set(id, question);
      return this.#known.get(id) ?? false;
    },
  };

  /**
   * Answers what is open. Whoever asked has to ask again.
   *
   * @returns whether anything was
   * @throws {Error} where the browser has no Ed25519
   */
  async answer(): Promise<boolean> {
    const open = [...this.#open];
    this.#open.clear();
    if (open.length > 0) await imported(KNOWN_KEY);
    const answers = await Promise.all(open.map(([, question]) => isSigned(question)));
    for (const [index, [id]] of open.entries()) this.#known.set(id, answers[index] ?? false);
    return open.length > 0;
  }
}

async function isSigned({ publicKey, message, signature }: Question): Promise<boolean> {
  try {
    const key = await imported(publicKey);
    return await crypto.subtle.verify("Ed25519", key, signature, message);
  } catch {
    // A key that is no point of the curve: nobody signs with it.
    return false;
  }
}

async function imported(raw: Uint8Array<ArrayBuffer>) {
  try {
    return await crypto.subtle.importKey("raw", raw, "Ed25519", false, ["verify"]);
  } catch {
    throw new Error("this browser has no Ed25519 signatures. Use caum verify");
  }
}
