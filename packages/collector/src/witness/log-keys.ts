/** Which logs a witness knows: the name of a key is the origin of its log. */
import { encodeVerifierKey, logKeyNameOf } from "@caum/core/collector";
import { parseVerifierKey, type VerifierKey } from "@caum/core/verify";

/** The type byte of Ed25519 cosignatures: such keys are those of witnesses. */
const COSIGNATURE = 0x04;

/** The keys that are known, and of which logs they are. */
export class LogKeys {
  readonly #keys: readonly VerifierKey[];

  /** @throws {Error} when one is no key that a log can have, or cannot be checked on this machine */
  constructor(vkeys: readonly string[]) {
    this.#keys = [...new Set(vkeys)].map((vkey) => {
      const key = parseVerifierKey(vkey);
      if (key.type === COSIGNATURE) {
        throw new Error(`${key.name} is the key of a witness: name the key that signs the log`);
      }
      if (!key.isCheckable) throw new Error(`this Node cannot check the key of ${key.name}`);
      return key;
    });
  }

  get names(): readonly string[] {
    return [...new Set(this.#keys.map(({ name }) => name))];
  }

  /**
   * The keys that sign the log of this origin; a log has several while it changes its key.
   *
   * A collector has a log for each account. They are signed with its own key by another name, so that
   * whoever knows the key of the collector knows all of its logs.
   */
  of(origin: string): readonly VerifierKey[] {
    const collector = logKeyNameOf(origin);
    const derived = this.#keys.filter(({ name }) => name === collector);
    return [
      ...this.#keys.filter(({ name }) => name === origin),
      ...derived.map((key) => parseVerifierKey(named(key, origin))),
    ];
  }
}

function named({ publicKey, type }: VerifierKey, name: string): string {
  return encodeVerifierKey(name, Buffer.from(publicKey, "hex"), type);
}

/**
 * The keys in a file: one a line, with or without the word `log` before it, so that a policy is one
 * too. Empty lines, comments and other words of policies are passed over.
 */
export function vkeysIn(text: string): readonly string[] {
  return text.split("\n").flatMap((line) => {
    const [first = "", second = ""] = line.trim().split(/[ \t]+/);
    if (first === "log") return [second];
    return first === "" || first.startsWith("#") || NOT_LOGS.has(first) ? [] : [first];
  });
}

const NOT_LOGS: ReadonlySet<string> = new Set(["witness", "group", "quorum"]);
