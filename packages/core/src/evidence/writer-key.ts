/** The key of this installation: signs local runs and co-signs what a collector keeps of them. */
import { randomBytes } from "node:crypto";
import { renameSync } from "node:fs";
import { join } from "node:path";
import { readOrCreateKeyFile } from "../capture/keys/key-file.ts";
import { Signer } from "./note/signer.ts";
import { sha256 } from "./tree/leaf.ts";

const SEED_BYTES = 32;

export interface WriterKey {
  readonly signer: Signer;
  /** The verifier key to hand out. */
  readonly vkey: string;
  /** An ephemeral key lives only in this process: what it signs cannot be attributed later. */
  readonly origin: "file" | "ephemeral";
}

export interface WriterKeyPlace {
  /** The folder CAUM_HOME. */
  readonly home: string;
}

/** Reads `<home>/keys/writer.key`, or makes it; an unwritable home gives an ephemeral key. */
export function loadWriterKey({ home }: WriterKeyPlace): WriterKey {
  try {
    return written(keyPath(home));
  } catch {
    const signer = Signer.parse(newKey());
    return { signer, vkey: signer.vkey, origin: "ephemeral" };
  }
}

/**
 * Replaces the writer key by a new one of the same name; the old file is kept beside it.
 *
 * Until every open session holds a `key_rotate` record and a checkpoint signed by both keys, sign
 * with both.
 *
 * Where there was no key yet, one is made and replaced at once.
 *
 * @throws when the folder cannot be written
 */
export function rotateWriterKey({ home }: WriterKeyPlace): {
  current: WriterKey;
  previous: Signer;
} {
  const path = keyPath(home);
  const previous = written(path).signer;
  renameSync(path, `${path}.retired-${previous.vkey.split("+")[1]}`);
  const text = Signer.format(previous.name, randomBytes(SEED_BYTES));
  readOrCreateKeyFile(path, () => Buffer.from(`${text}\n`));
  return { current: written(path), previous };
}

function written(path: string): WriterKey {
  const bytes = readOrCreateKeyFile(path, () => Buffer.from(`${newKey()}\n`));
  const signer = Signer.parse(Buffer.from(bytes).toString("utf8"));
  return { signer, vkey: signer.vkey, origin: "file" };
}

/** The name is made from the key, so that it says nothing about the machine. */
function newKey(): string {
  const seed = randomBytes(SEED_BYTES);
  const name = `caum-writer-${sha256(new Signer("unnamed", seed).vkey).slice(0, 12)}`;
  return Signer.format(name, seed);
}

function keyPath(home: string): string {
  return join(home, "keys", "writer.key");
}
