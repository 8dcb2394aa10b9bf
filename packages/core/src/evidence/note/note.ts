/** Signed notes: text, an empty line, one line per signature (C2SP signed-note). */
import { EvidenceError } from "../error.ts";
import {
  fromHex,
  fromUtf8,
  joined,
  strictBase64,
  toBase64,
  toHex,
  toUtf8,
  uint64,
} from "../rules/bytes.ts";
import { parseCheckpoint } from "./checkpoint.ts";
import { isKeyName, ML_DSA_COSIGNATURE, NOTE_SIGNATURE, type VerifierKey } from "./verifier-key.ts";

/** A note longer than this is refused unread: there is room for 16 signatures of 5 kB and more. */
export const MAX_NOTE_BYTES = 131_072;

const MAX_SIGNATURES = 100;
const KEY_ID_BYTES = 4;
export const TIME_BYTES = 8;
const ED25519_SIGNATURE_BYTES = 64;
export const ML_DSA_44_SIGNATURE_BYTES = 2_420;
/** What a name may have in the structure that ML-DSA signs. */
const MAX_SIGNED_NAME_BYTES = 255;
/** An em dash and a space. */
const SIGNATURE_MARK = "\u2014 ";
/** Controls other than newline. */
const UNFIT = /(?!\n)\p{Cc}/u;

/** One signature line, not verified. */
export interface SignatureLine {
  readonly name: string;
  readonly keyId: string;
  /** What follows the key id: a signature, for a cosignature with its time before it. */
  readonly bytes: Uint8Array;
}

/** A signature that was verified. */
export interface VerifiedSignature {
  readonly key: VerifierKey;
  /** Seconds since 1970, where the signature states a time. */
  readonly timeSeconds?: number;
}

export interface Note {
  /** What is signed, with its last newline. */
  readonly text: string;
  readonly signatures: readonly SignatureLine[];
}

/** @throws {EvidenceError} when the bytes are not a signed note */
export function parseNote(note: Uint8Array): Note {
  const whole = note.length > MAX_NOTE_BYTES ? undefined : fromUtf8(note);
  if (whole === undefined) throw invalid("it is too long or not UTF-8");
  const split = whole.lastIndexOf("\n\n");
  if (UNFIT.test(whole)) throw invalid("it holds a control character");
  if (split <= 0 || !whole.endsWith("\n")) throw invalid("text and signatures are not set apart");
  const lines = whole.slice(split + 2, -1).split("\n");
  if (lines.length > MAX_SIGNATURES) throw invalid("it has more than 100 signatures");
  return { text: whole.slice(0, split + 1), signatures: lines.map(parseSignatureLine) };
}

function parseSignatureLine(line: string): SignatureLine {
  const [name = "", encoded = "", ...more] = line.slice(SIGNATURE_MARK.length).split(" ");
  const bytes = strictBase64(encoded);
  const isWellFormed = line.startsWith(SIGNATURE_MARK) && isKeyName(name) && more.length === 0;
  if (!isWellFormed || bytes === undefined || bytes.length <= KEY_ID_BYTES) {
    throw invalid("a signature line is malformed");
  }
  const keyId = toHex(bytes.subarray(0, KEY_ID_BYTES));
  return { name, keyId, bytes: bytes.subarray(KEY_ID_BYTES) };
}

/**
 * The signatures of the given keys on a note.
 *
 * Signatures by other keys are ignored: a note may carry signers that the reader does not know.
 * So is a second line of the same key, and a key that this machine cannot check.
 *
 * @throws {EvidenceError} `bad_signature` when one of the given keys did not sign what its line says
 */
export function verifySignatures(note: Note, keys: readonly VerifierKey[]): VerifiedSignature[] {
  const verified = new Map<VerifierKey, VerifiedSignature>();
  for (const line of note.signatures) {
    const key = keys.find(
      (candidate) => candidate.name === line.name && candidate.id === line.keyId,
    );
    if (key?.isCheckable && !verified.has(key)) verified.set(key, verifyLine(note.text, line, key));
  }
  return [...verified.values()];
}

function verifyLine(text: string, line: SignatureLine, key: VerifierKey): VerifiedSignature {
  const isTimed = key.type !== NOTE_SIGNATURE;
  const signature = line.bytes.subarray(isTimed ? TIME_BYTES : 0);
  const timeSeconds = isTimed ? timeOf(line.bytes) : 0;
  const isMlDsa = key.type === ML_DSA_COSIGNATURE;
  const length = isMlDsa ? ML_DSA_44_SIGNATURE_BYTES : ED25519_SIGNATURE_BYTES;
  const message =
    !Number.isSafeInteger(timeSeconds) || signature.length !== length
      ? undefined
      : isMlDsa
        ? cosignedTree(text, key.name, timeSeconds)
        : toUtf8(isTimed ? cosignedText(text, timeSeconds) : text);
  if (message === undefined || !key.verify(message, signature)) {
    throw new EvidenceError("bad_signature", `the signature by ${key.name} does not fit the note`);
  }
  // Who signs with ML-DSA may say that it states no time, by a time of 0.
  const hasTime = isTimed && !(isMlDsa && timeSeconds === 0);
  return hasTime ? { key, timeSeconds } : { key };
}

function timeOf(bytes: Uint8Array): number {
  if (bytes.length < TIME_BYTES) return Number.NaN;
  return Number(new DataView(bytes.buffer, bytes.byteOffset, TIME_BYTES).getBigUint64(0));
}

/** What an Ed25519 cosignature signs (C2SP tlog-cosignature): its time, then the note. */
export function cosignedText(text: string, timeSeconds: number): string {
  return `cosignature/v1\ntime ${timeSeconds}\n${text}`;
}

/**
 * What an ML-DSA-44 cosignature signs (C2SP tlog-cosignature): the tree alone, so that lines of the
 * checkpoint after its root are under no such signature.
 *
 * @returns undefined when a name is too long to be signed
 */
export function cosignedTree(
  text: string,
  cosigner: string,
  timeSeconds: number,
): Uint8Array<ArrayBuffer> | undefined {
  const { origin, size, root } = parseCheckpoint(text);
  const names = [toUtf8(cosigner), toUtf8(origin)] as const;
  if (names.some(({ length }) => length > MAX_SIGNED_NAME_BYTES)) return undefined;
  const [name, log] = names.map((bytes) => joined(Uint8Array.of(bytes.length), bytes));
  if (name === undefined || log === undefined) return undefined;
  const label = toUtf8("subtree/v1\n\0");
  return joined(label, name, uint64(timeSeconds), log, uint64(0), uint64(size), fromHex(root));
}

/** The note as text; every line ends with a newline. */
export function formatNote(note: Note): string {
  const lines = note.signatures.map(({ name, keyId, bytes }) => {
    const encoded = toBase64(joined(fromHex(keyId), bytes));
    return `${SIGNATURE_MARK}${name} ${encoded}\n`;
  });
  return `${note.text}\n${lines.join("")}`;
}

function invalid(why: string): EvidenceError {
  return new EvidenceError("invalid_note", `not a signed note: ${why}`);
}
