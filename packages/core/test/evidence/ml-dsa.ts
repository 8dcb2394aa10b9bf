/** Witnesses that sign with ML-DSA-44, as Node 24 can. */
import { generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import { cosignedTree } from "../../src/evidence/note/note.ts";
import { ML_DSA_COSIGNATURE } from "../../src/evidence/note/verifier-key.ts";
import { encodeVerifierKey } from "../../src/evidence/note/vkey.ts";

export interface MlDsa {
  readonly vkey: string;
  readonly name: string;
  readonly privateKey: KeyObject;
}

export function mlDsaOf(name: string): MlDsa {
  // The types of Node 20 do not have the algorithm; where it is missing, no test asks for it.
  const pair = (generateKeyPairSync as unknown as (type: string) => Record<string, KeyObject>)(
    "ml-dsa-44",
  );
  const spki = pair.publicKey?.export({ format: "der", type: "spki" }) as Buffer;
  const vkey = encodeVerifierKey(name, spki.subarray(-1_312), ML_DSA_COSIGNATURE);
  return { vkey, name, privateKey: pair.privateKey as KeyObject };
}

/** The line of a cosignature on a checkpoint. */
export function mlDsaLine(text: string, { name, vkey, privateKey }: MlDsa, seconds: number) {
  const message = cosignedTree(text, name, seconds) ?? Buffer.of();
  const time = Buffer.alloc(8);
  time.writeBigUInt64BE(BigInt(seconds));
  const bytes = Buffer.concat([time, sign(null, message, privateKey)]);
  return { name, keyId: vkey.split("+")[1] ?? "", bytes };
}
