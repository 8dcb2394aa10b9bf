import { createPublicKey, type KeyObject, verify } from "node:crypto";
import { encodeLine } from "../line/line.ts";
import type { Algorithm, Platform } from "../rules/platform.ts";
import { CompactRange } from "../tree/compact-range.ts";
import { sha256 } from "../tree/leaf.ts";

/** DER of a SubjectPublicKeyInfo up to the key itself (RFC 8410, RFC 9881). */
const SPKI_PREFIX: Readonly<Record<Algorithm, Buffer>> = {
  Ed25519: Buffer.from("302a300506032b6570032100", "hex"),
  "ML-DSA-44": Buffer.from("30820532300b06096086480165030403110382052100", "hex"),
};
const ML_DSA_44_KEY_BYTES = 1_312;

export const nodePlatform: Platform = {
  sha256,
  writeLine: encodeLine,
  newTree: () => new CompactRange(),
  knows: (algorithm) => algorithm === "Ed25519" || knowsMlDsa(),
  checker: (algorithm, publicKey) => {
    const key = imported(algorithm, publicKey);
    return (message, signature) => verify(null, message, key, signature);
  },
};

let isMlDsaKnown: boolean | undefined;

/** OpenSSL 3.5, which Node 24 brings, is the first that has ML-DSA. */
function knowsMlDsa(): boolean {
  isMlDsaKnown ??= canImport("ML-DSA-44", new Uint8Array(ML_DSA_44_KEY_BYTES));
  return isMlDsaKnown;
}

function canImport(algorithm: Algorithm, raw: Uint8Array): boolean {
  try {
    imported(algorithm, raw);
    return true;
  } catch {
    return false;
  }
}

function imported(algorithm: Algorithm, raw: Uint8Array): KeyObject {
  const key = Buffer.concat([SPKI_PREFIX[algorithm], raw]);
  return createPublicKey({ key, format: "der", type: "spki" });
}
