/** Keys that sign notes, as text in the form of the Go checksum database: `PRIVATE+KEY+...`. */
import { createPrivateKey, createPublicKey, type KeyObject, sign } from "node:crypto";
import { EvidenceError } from "../error.ts";
import { strictBase64 } from "../rules/bytes.ts";
import { type Checkpoint, formatCheckpoint } from "./checkpoint.ts";
import { cosignedText, formatNote, parseNote, type SignatureLine } from "./note.ts";
import { COSIGNATURE, isKeyName, NOTE_SIGNATURE } from "./verifier-key.ts";
import { encodeVerifierKey, keyId } from "./vkey.ts";

const SEED_BYTES = 32;
const PUBLIC_KEY_BYTES = 32;
/** DER of an Ed25519 PKCS #8 private key up to the seed (RFC 8410). */
const PKCS8_PREFIX = Buffer.from("302e020100300506032b657004220420", "hex");

/** A named Ed25519 key that signs notes. */
export class Signer {
  readonly name: string;
  /** The verifier key to hand out. */
  readonly vkey: string;
  readonly #privateKey: KeyObject;
  readonly #publicKey: Buffer;
  readonly #seed: Uint8Array;

  /** @param seed 32 secret bytes (RFC 8032) */
  constructor(name: string, seed: Uint8Array) {
    if (!isKeyName(name) || seed.length !== SEED_BYTES) {
      throw new EvidenceError("invalid_key", "a signing key is a name and a seed of 32 bytes");
    }
    const key = Buffer.concat([PKCS8_PREFIX, seed]);
    this.name = name;
    this.#seed = seed;
    this.#privateKey = createPrivateKey({ key, format: "der", type: "pkcs8" });
    const spki = createPublicKey(this.#privateKey).export({ format: "der", type: "spki" });
    this.#publicKey = spki.subarray(-PUBLIC_KEY_BYTES);
    this.vkey = encodeVerifierKey(name, this.#publicKey);
  }

  /** @throws {EvidenceError} when the text is not a signing key; the text is never repeated */
  static parse(text: string): Signer {
    const [label, word, name = "", id, ...rest] = text.trim().split("+");
    const typed = strictBase64(rest.join("+"));
    if (label !== "PRIVATE" || word !== "KEY" || typed?.length !== 1 + SEED_BYTES) {
      throw new EvidenceError("invalid_key", "not a signing key: expected PRIVATE+KEY+<name>+...");
    }
    const signer = new Signer(name, typed.subarray(1));
    if (typed[0] !== NOTE_SIGNATURE || signer.vkey.split("+")[1] !== id) {
      throw new EvidenceError("invalid_key", "the id of the signing key does not belong to it");
    }
    return signer;
  }

  /** The text that {@link Signer.parse} reads. */
  static format(name: string, seed: Uint8Array): string {
    const id = new Signer(name, seed).vkey.split("+")[1];
    const typed = Buffer.concat([Buffer.of(NOTE_SIGNATURE), seed]);
    return `PRIVATE+KEY+${name}+${id}+${typed.toString("base64")}`;
  }

  /** The same key under another name, for what is signed of another origin. */
  named(name: string): Signer {
    return new Signer(name, this.#seed);
  }

  /** The verifier key under which {@link Signer.cosign} signs: the same key with another type. */
  get cosignerKey(): string {
    return encodeVerifierKey(this.name, this.#publicKey, COSIGNATURE);
  }

  /** @param text what is signed, with its last newline */
  sign(text: string): SignatureLine {
    const bytes = sign(null, Buffer.from(text), this.#privateKey);
    return { name: this.name, keyId: this.#keyId(NOTE_SIGNATURE), bytes };
  }

  /** Signs a text together with the time at which it was seen. */
  cosign(text: string, timeSeconds: number): SignatureLine {
    const time = Buffer.alloc(8);
    time.writeBigUInt64BE(BigInt(timeSeconds));
    const message = Buffer.from(cosignedText(text, timeSeconds));
    const bytes = Buffer.concat([time, sign(null, message, this.#privateKey)]);
    return { name: this.name, keyId: this.#keyId(COSIGNATURE), bytes };
  }

  #keyId(type: number): string {
    return keyId(this.name, Buffer.concat([Buffer.of(type), this.#publicKey]));
  }
}

/**
 * A signed checkpoint as text.
 *
 * @param signers the key that the origin names first; while a key is being replaced both of them
 */
export function signCheckpoint(checkpoint: Checkpoint, ...signers: readonly Signer[]): string {
  const text = formatCheckpoint(checkpoint);
  return formatNote({ text, signatures: signers.map((signer) => signer.sign(text)) });
}

/**
 * Adds a signature to a signed note; what is signed stays as it is.
 *
 * Whoever co-signs must first have checked that the checkpoint agrees with its own records.
 *
 * @throws {EvidenceError} when `note` is not a signed note
 */
export function cosignNote(note: string, signer: Signer): string {
  const { text, signatures } = parseNote(Buffer.from(note));
  return formatNote({ text, signatures: [...signatures, signer.sign(text)] });
}
