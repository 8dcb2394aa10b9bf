/** Which logs a witness knows: the name of a key is the origin of its log. */
import { parseVerifierKey, type VerifierKey } from "@caum/core/verify";

/** The type byte of Ed25519 cosignatures: such keys are those of witnesses. */
const COSIGNATURE = 0x04;

/** The keys of each log; a log has several while it changes its key. */
export type LogKeys = ReadonlyMap<string, readonly VerifierKey[]>;

/** @throws {Error} when one is no key that a log can have; or it cannot be checked on this machine */
export function logKeysOf(vkeys: readonly string[]): LogKeys {
  const logs = new Map<string, readonly VerifierKey[]>();
  for (const vkey of new Set(vkeys)) {
    const key = parseVerifierKey(vkey);
    if (key.type === COSIGNATURE) {
      throw new Error(`${key.name} is the key of a witness: name the key that signs the log`);
    }
    if (!key.isCheckable) throw new Error(`this Node cannot check the key of ${key.name}`);
    logs.set(key.name, [...(logs.get(key.name) ?? []), key]);
  }
  return logs;
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
