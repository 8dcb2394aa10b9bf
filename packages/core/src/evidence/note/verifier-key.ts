/** Verifier keys as text: C2SP signed-note, `<name>+<key id>+<base64(type || public key)>`. */
import { EvidenceError } from "../error.ts";
import { joined, strictBase64, toHex, toUtf8 } from "../rules/bytes.ts";
import type { Algorithm, Platform, Sha256 } from "../rules/platform.ts";

/** Signature types of C2SP signed-note: a note by its author, and cosignatures with a time. */
export const NOTE_SIGNATURE = 0x01;
export const COSIGNATURE = 0x04;
export const ML_DSA_COSIGNATURE = 0x06;

export type KeyType = typeof NOTE_SIGNATURE | typeof COSIGNATURE | typeof ML_DSA_COSIGNATURE;

const ED25519_KEY_BYTES = 32;
const ML_DSA_44_KEY_BYTES = 1_312;
const KEY_ID_HEX = 8;
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
  readonly type: KeyType;
  /** The text it was read from. */
  readonly text: string;
  /** Hex, without the type. */
  readonly publicKey: string;
  /** Whether this machine can check signatures of its kind; others are named and ignored. */
  readonly isCheckable: boolean;
  /** Whether `signature` is a signature of `message` by this key. */
  verify(message: Uint8Array<ArrayBuffer>, signature: Uint8Array): boolean;
}

/**
 * Reads a verifier key.
 *
 * Small-order and non-canonical keys are refused here and not left to the platform: under such a
 * key Node 20 accepts signatures that anyone can make.
 *
 * @throws {EvidenceError} saying what is wrong with it
 */
export function readVerifierKey(text: string, platform: Platform): VerifierKey {
  const [name = "", id = "", ...rest] = text.split("+");
  // Base64 may hold a plus sign itself.
  const encoded = strictBase64(rest.join("+"));
  if (!isKeyName(name) || !/^[0-9a-f]{8}$/.test(id) || encoded === undefined) {
    throw new EvidenceError("invalid_key", "not a verifier key: expected <name>+<key id>+<base64>");
  }
  const type = typeOf(encoded);
  if (keyIdOf(name, encoded, platform.sha256) !== id) {
    throw new EvidenceError("invalid_key", "the key id does not belong to this name and key");
  }
  const publicKey = encoded.slice(1);
  const algorithm: Algorithm = type === ML_DSA_COSIGNATURE ? "ML-DSA-44" : "Ed25519";
  if (algorithm === "Ed25519") refuseWeakPoint(publicKey);
  const isCheckable = platform.knows(algorithm);
  const verify = isCheckable ? platform.checker(algorithm, publicKey) : () => false;
  return { name, id, type, text, publicKey: toHex(publicKey), isCheckable, verify };
}

function typeOf(encoded: Uint8Array): KeyType {
  const [type] = encoded;
  const isOfEd25519 = type === NOTE_SIGNATURE || type === COSIGNATURE;
  if (!isOfEd25519 && type !== ML_DSA_COSIGNATURE) {
    const what = "the key is of an unknown type: only Ed25519 and ML-DSA-44 are known";
    throw new EvidenceError("invalid_key", what);
  }
  const length = isOfEd25519 ? ED25519_KEY_BYTES : ML_DSA_44_KEY_BYTES;
  if (encoded.length === 1 + length) return type;
  throw new EvidenceError("invalid_key", "not a verifier key: it has the wrong length");
}

/** Whether a text can name a key: not empty, no white space, no plus sign. */
export function isKeyName(name: string): boolean {
  return name.length > 0 && !UNFIT_NAME.test(name);
}

/** @param typed the type byte and the public key */
export function keyIdOf(name: string, typed: Uint8Array, sha256: Sha256): string {
  return sha256(joined(toUtf8(`${name}\n`), typed)).slice(0, KEY_ID_HEX);
}

function refuseWeakPoint(raw: Uint8Array): void {
  const y = BigInt(`0x${toHex(raw.toReversed())}`) % 2n ** 255n;
  if (y >= FIELD) {
    throw new EvidenceError("invalid_key", "the key is not in its canonical form");
  }
  if (SMALL_ORDER_Y.has(y)) {
    throw new EvidenceError("invalid_key", "the key has a small order: anyone can sign under it");
  }
}
