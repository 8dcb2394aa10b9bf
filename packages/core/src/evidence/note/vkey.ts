/** Verifier keys, checked by Node. */
import { sha256 } from "../tree/leaf.ts";
import { nodePlatform } from "../verify/node-platform.ts";
import {
  type KeyType,
  keyIdOf,
  NOTE_SIGNATURE,
  readVerifierKey,
  type VerifierKey,
} from "./verifier-key.ts";

/** As {@link readVerifierKey}. @throws {EvidenceError} saying what is wrong with it */
export function parseVerifierKey(text: string): VerifierKey {
  return readVerifierKey(text, nodePlatform);
}

/** The verifier key text for a raw public key. */
export function encodeVerifierKey(
  name: string,
  publicKey: Uint8Array,
  type: KeyType = NOTE_SIGNATURE,
): string {
  const typed = Buffer.concat([Buffer.of(type), publicKey]);
  return `${name}+${keyId(name, typed)}+${typed.toString("base64")}`;
}

/** @param typed the type byte and the public key */
export function keyId(name: string, typed: Uint8Array): string {
  return keyIdOf(name, typed, sha256);
}
