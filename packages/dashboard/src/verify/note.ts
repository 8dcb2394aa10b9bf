/** Signed checkpoints (C2SP signed-note, tlog-checkpoint) and the key that they are checked with. */
import { fromBase64, joined, toHex, toUtf8 } from "./bytes.ts";
import { hashText } from "./tree.ts";

const ED25519_NOTE = 1;
const KEY_BYTES = 32;
const KEY_ID_BYTES = 4;
const HASH_BYTES = 32;
const SIGNATURE_MARK = "\u2014 ";
const SIZE = /^(?:0|[1-9]\d{0,14})$/;

/** A key that checkpoints are checked against. */
export interface VerifierKey {
  readonly name: string;
  readonly id: string;
  verify(text: string, signature: Uint8Array): Promise<boolean>;
}

/** A size and root, and which tree they are of. */
export interface Checkpoint {
  readonly origin: string;
  readonly size: number;
  readonly root: string;
}

/** Whether the key signed the note, and whether that holds. */
export type Signed = "signed" | "not_signed" | "forged";

/** Thrown where the browser has no Ed25519. */
export class NoEd25519 extends Error {}

/**
 * Reads `<name>+<key id>+<base64>`.
 *
 * @throws {Error} when it is no such key
 * @throws {NoEd25519} when the browser cannot check with it
 */
export async function parseVerifierKey(text: string): Promise<VerifierKey> {
  const [name = "", id = "", ...rest] = text.trim().split("+");
  const typed = fromBase64(rest.join("+"));
  if (name === "" || typed?.length !== 1 + KEY_BYTES || typed[0] !== ED25519_NOTE) {
    throw new Error("not a verifier key: expected <name>+<key id>+<base64>");
  }
  const hash = await crypto.subtle.digest("SHA-256", joined(toUtf8(`${name}\n`), typed));
  if (toHex(new Uint8Array(hash, 0, KEY_ID_BYTES)) !== id) {
    throw new Error("the key id does not belong to this name and key");
  }
  const key = await importKey(joined(typed.subarray(1)));
  return {
    name,
    id,
    verify: (message, signature) =>
      crypto.subtle.verify("Ed25519", key, joined(signature), joined(toUtf8(message))),
  };
}

/** As this platform's types call it. */
type Ed25519Key = Awaited<ReturnType<typeof crypto.subtle.importKey>>;

async function importKey(raw: Uint8Array<ArrayBuffer>): Promise<Ed25519Key> {
  try {
    return await crypto.subtle.importKey("raw", raw, "Ed25519", false, ["verify"]);
  } catch {
    throw new NoEd25519("this browser has no Ed25519");
  }
}

/**
 * Reads a signed note and checks the line of this key.
 *
 * @throws {Error} when it is no checkpoint
 */
export async function readNote(
  note: string,
  key: VerifierKey,
): Promise<{ readonly checkpoint: Checkpoint; readonly signed: Signed }> {
  const split = note.lastIndexOf("\n\n");
  if (split <= 0 || !note.endsWith("\n")) throw new Error("not a signed note");
  const text = note.slice(0, split + 1);
  let signed: Signed = "not_signed";
  for (const line of note.slice(split + 2, -1).split("\n")) {
    const bytes = line.startsWith(SIGNATURE_MARK) && fromBase64(line.split(" ")[2] ?? "");
    if (!bytes) throw new Error("a signature line is malformed");
    const isBy =
      line.split(" ")[1] === key.name && toHex(bytes.subarray(0, KEY_ID_BYTES)) === key.id;
    if (!isBy || signed !== "not_signed") continue;
    signed = (await key.verify(text, bytes.subarray(KEY_ID_BYTES))) ? "signed" : "forged";
  }
  return { checkpoint: parseCheckpoint(text), signed };
}

function parseCheckpoint(text: string): Checkpoint {
  const [origin = "", size = "", rootText = ""] = text.split("\n");
  const root = fromBase64(rootText);
  if (origin === "" || !SIZE.test(size) || root?.length !== HASH_BYTES) {
    throw new Error("not a checkpoint: expected origin, size and root");
  }
  return { origin, size: Number(size), root: toHex(root) };
}

/** The origin of the tree of a session ends with this tag; its id is never shown there. */
export async function sessionTag(sessionId: string): Promise<string> {
  return (await hashText(sessionId)).slice(0, 32);
}

/** One leaf, its way to the root and the signed root, as one text (C2SP tlog-proof). */
export function parseProof(text: string): {
  readonly index: number;
  readonly path: readonly string[];
  readonly note: string;
} {
  const split = text.indexOf("\n\n");
  const [header, indexLine = "", ...hashes] = text.slice(0, split).split("\n");
  const index = indexLine.slice("index ".length);
  const path = hashes.map((hash) => toHex(fromBase64(hash) ?? new Uint8Array()));
  if (header !== "c2sp.org/tlog-proof@v1" || split < 0 || !SIZE.test(index)) {
    throw new Error("not a proof");
  }
  return { index: Number(index), path, note: text.slice(split + 2) };
}
