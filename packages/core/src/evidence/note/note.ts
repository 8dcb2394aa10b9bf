/** Signed notes: text, an empty line, one line per signature (C2SP signed-note). */
import { isUtf8 } from "node:buffer";
import { EvidenceError } from "../error.ts";
import { strictBase64 } from "./base64.ts";
import { COSIGNATURE, isKeyName, type VerifierKey } from "./vkey.ts";

/** A note longer than this is refused unread. */
export const MAX_NOTE_BYTES = 16_384;

const MAX_SIGNATURES = 100;
const KEY_ID_BYTES = 4;
const TIME_BYTES = 8;
const SIGNATURE_BYTES = 64;
/** An em dash and a space. */
const SIGNATURE_MARK = "\u2014 ";
/** Controls other than newline. */
const UNFIT = /(?!\n)\p{Cc}/u;

/** One signature line, not verified. */
export interface SignatureLine {
  readonly name: string;
  readonly keyId: string;
  /** What follows the key id: a signature, for a cosignature with its time before it. */
  readonly bytes: Buffer;
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
  if (note.length > MAX_NOTE_BYTES || !isUtf8(note)) throw invalid("it is too long or not UTF-8");
  const whole = Buffer.from(note.buffer, note.byteOffset, note.byteLength).toString("utf8");
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
  const keyId = bytes.toString("hex", 0, KEY_ID_BYTES);
  return { name, keyId, bytes: bytes.subarray(KEY_ID_BYTES) };
}

/**
 * The signatures of the given keys on a note.
 *
 * Signatures by other keys are ignored: a note may carry signers that the reader does not know.
 * So is a second line of the same key.
 *
 * @throws {EvidenceError} `bad_signature` when one of the given keys did not sign what its line says
 */
export function verifySignatures(note: Note, keys: readonly VerifierKey[]): VerifiedSignature[] {
  const verified = new Map<VerifierKey, VerifiedSignature>();
  for (const line of note.signatures) {
    const key = keys.find(
      (candidate) => candidate.name === line.name && candidate.id === line.keyId,
    );
    if (key !== undefined && !verified.has(key))
      verified.set(key, verifyLine(note.text, line, key));
  }
  return [...verified.values()];
}

function verifyLine(text: string, line: SignatureLine, key: VerifierKey): VerifiedSignature {
  const timed = key.type === COSIGNATURE;
  const signature = line.bytes.subarray(timed ? TIME_BYTES : 0);
  const timeSeconds =
    timed && line.bytes.length >= TIME_BYTES ? Number(line.bytes.readBigUInt64BE()) : 0;
  const message = Buffer.from(timed ? cosignedText(text, timeSeconds) : text);
  const isSigned = signature.length === SIGNATURE_BYTES && key.verify(message, signature);
  if (!isSigned || !Number.isSafeInteger(timeSeconds)) {
    throw new EvidenceError("bad_signature", `the signature by ${key.name} does not fit the note`);
  }
  return timed ? { key, timeSeconds } : { key };
}

/** What a cosignature signs (C2SP tlog-cosignature): its time, then the note. */
export function cosignedText(text: string, timeSeconds: number): string {
  return `cosignature/v1\ntime ${timeSeconds}\n${text}`;
}

/** The note as text; every line ends with a newline. */
export function formatNote(note: Note): string {
  const lines = note.signatures.map(({ name, keyId, bytes }) => {
    const encoded = Buffer.concat([Buffer.from(keyId, "hex"), bytes]).toString("base64");
    return `${SIGNATURE_MARK}${name} ${encoded}\n`;
  });
  return `${note.text}\n${lines.join("")}`;
}

function invalid(why: string): EvidenceError {
  return new EvidenceError("invalid_note", `not a signed note: ${why}`);
}
