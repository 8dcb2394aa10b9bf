/** The key under which a witness cosigns. */
import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { Signer, sha256 } from "@caum/core/collector";
import { readOrCreateKeyFile } from "@caum/core/machine";

export const KEY_FILE = "witness.key";
const SEED_BYTES = 32;

/**
 * Reads the key of a witness, or makes one.
 *
 * @param name what the key is to be called; made from the key when absent
 * @throws {Error} when the key there has another name, or is none
 */
export function loadWitnessKey(folder: string, name: string | undefined): Signer {
  const path = join(folder, KEY_FILE);
  const bytes = readOrCreateKeyFile(path, () => Buffer.from(`${newKey(name)}\n`));
  const signer = Signer.parse(Buffer.from(bytes).toString("utf8"));
  if (name === undefined || name === signer.name) return signer;
  throw new Error(
    `this witness is named ${signer.name}, and its name is part of its key: leave out --name, or choose another folder`,
  );
}

export function hasWitnessKey(folder: string): boolean {
  return existsSync(join(folder, KEY_FILE));
}

/** A name that is made from the key says nothing about the machine. */
function newKey(name: string | undefined): string {
  const seed = randomBytes(SEED_BYTES);
  const made = () => `caum-witness-${sha256(new Signer("unnamed", seed).vkey).slice(0, 12)}`;
  return Signer.format(name ?? made(), seed);
}
