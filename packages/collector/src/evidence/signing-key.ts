/** The key that signs the collector's checkpoints; all nodes of one collector share it. */
import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { Signer, sha256 } from "@caum/core/collector";
import { readOrCreateKeyFile } from "@caum/core/machine";

const SEED_BYTES = 32;
const SETTING = "CAUM_SIGNING_KEY";

/**
 * `CAUM_SIGNING_KEY` holds the key, else it is `<folder>/keys/signing.key`, made on first use.
 *
 * @throws {EvidenceError} when the setting holds none; it is never replaced by another key
 */
export function loadSigningKey(
  folder: string,
  env: Readonly<Record<string, string | undefined>>,
): Signer {
  const setting = env[SETTING]?.trim();
  if (setting) return Signer.parse(setting);
  const path = join(folder, "keys", "signing.key");
  const bytes = readOrCreateKeyFile(path, () => Buffer.from(`${newKey()}\n`));
  return Signer.parse(Buffer.from(bytes).toString("utf8"));
}

/** The name is made from the key, so that it says nothing about the machine. */
function newKey(): string {
  const seed = randomBytes(SEED_BYTES);
  const name = `caum-collector-${sha256(new Signer("unnamed", seed).vkey).slice(0, 12)}`;
  return Signer.format(name, seed);
}
