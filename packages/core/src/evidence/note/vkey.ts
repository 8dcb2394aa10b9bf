/** Verifier keys as text: C2SP signed-note, `<name>+<key id>+<base64(type || public key)>`. */
import { createPublicKey, type KeyObject, verify } from "node:crypto";
import { EvidenceError } from "../error.ts";
import { sha256 } from "../tree/leaf.ts";
import { strictBase64 } from "./base64.ts";

/** Signature types of C2SP signed-note: a note by its author, and a cosignature with a time. */
export const NOTE_SIGNATURE = 0x01;
export const COSIGNATURE = 0x04;

const KEY_BYTES = 32;
const KEY_ID_HEX = 8;
/** DER of an Ed25519 SubjectPublicKeyInfo up to the key itself (RFC 8410). */
const SPKI_PREFIX = Buffer.from("302a300506032b6570032100", "hex");
const UNFIT_NAME = /[\s+]|\p{Cc}|\p{Surrogate}/u;

/** The field of Ed25519 (RFC 8032, section 5.1): 2^255 - 19. */
const FIELD = 2n ** 255n - 19n;
/** The y of two of the points of order 8; the other two have the negative of it. */
const ORDER_8_Y = 2707385501144840649318225287225658788936804267575313519463743609750303402022n;
/** The y of the points whose order divides 8; their x does not matter. */
const SMALL_ORDER_Y: ReadonlySet<bigint> = new Set([
  0n,
  1n,
  FIELD - 1n,
  ORDER_8_Y,
  FIELD - ORDER_8_Y,
]);

/** A key that signatures are checked against. */
export interface VerifierKey {
  readonly name: string;
  /** First 4 bytes of SHA-256(name, newline, type, public key), as hex. */
  readonly id: string;
  readonly type: typeof NOTE_SIGNATURE | typeof COSIGNATURE;
  /** The text it was read from. */
  readonly text: string;
  /** Whether `signature` is an Ed25519 signature of `message` by this key. */
  verify(message: Uint8Array, signature: Uint8Array): boolean;
}

/**
 * Reads a verifier key.
 *
 * Small-order and non-canonical keys are refused here and not left to the platform: under such a
 * key Node 20 accepts signatures that anyone can make.
 *
 * @throws {EvidenceError} saying what is wrong with it
 */
export function parseVerifierKey(text: string): VerifierKey {
  const [name = "", id = "", ...rest] = text.split("+");
  // Base64 may hold a plus sign itself.
  const encoded = strictBase64(rest.join("+"));
  if (!isKeyName(name) || !/^[0-9a-f]{8}$/.test(id) || encoded?.length !== 1 + KEY_BYTES) {
    throw new EvidenceError("invalid_key", "not a verifier key: expected <name>+<key id>+<base64>");
  }
  const type = encoded[0];
  if (type !== NOTE_SIGNATURE && type !== COSIGNATURE) {
    throw new EvidenceError("invalid_key", "the key is of an unknown type: only Ed25519 is known");
  }
  if (keyId(name, encoded) !== id) {
    throw new EvidenceError("invalid_key", "the key id does not belong to this name and key");
  }
  const publicKey = importPublicKey(encoded.subarray(1));
  return {
    name,
    id,
    type,
    text,
    verify: (message, signature) => verify(null, message, publicKey, signature),
  };
}

/** The verifier key text for a raw public key of 32 bytes. */
export function encodeVerifierKey(
  name: string,
  publicKey: Uint8Array,
  type: VerifierKey["type"] = NOTE_SIGNATURE,
): string {
  const typed = Buffer.concat([Buffer.of(type), publicKey]);
  return `${name}+${keyId(name, typed)}+${typed.toString("base64")}`;
}

/** Whether a text can name a key: not empty, no white space, no plus sign. */
export function isKeyName(name: string): boolean {
  return name.length > 0 && !UNFIT_NAME.test(name);
}

/** @param typed the type byte and the public key */
export function keyId(name: string, typed: Uint8Array): string {
  const digest = sha256(Buffer.concat([Buffer.from(`${name}\n`), typed]));
  return digest.slice(0, KEY_ID_HEX);
}

function importPublicKey(raw: Buffer): KeyObject {
  const littleEndian = Buffer.from(raw).reverse();
  const y = BigInt(`0x${littleEndian.toString("hex")}`) % 2n ** 255n;
  if (y >= FIELD) {
    throw new EvidenceError("invalid_key", "the key is not in its canonical form");
  }
  if (SMALL_ORDER_Y.has(y)) {
    throw new EvidenceError("invalid_key", "the key has a small order: anyone can sign under it");
  }
  return createPublicKey({ key: Buffer.concat([SPKI_PREFIX, raw]), format: "der", type: "spki" });
}
