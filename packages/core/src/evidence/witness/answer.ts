/** What a witness answers: signature lines (C2SP tlog-witness). */
import {
  formatNote,
  ML_DSA_44_SIGNATURE_BYTES,
  parseNote,
  TIME_BYTES,
  verifySignatures,
} from "../note/note.ts";
import { parseVerifierKey } from "../note/vkey.ts";
import { fromUtf8, toUtf8 } from "../rules/bytes.ts";

/** Longer answers are not read: 16 signatures of 5 kB and more fit in. */
export const MAX_ANSWER_BYTES = 98_304;

/**
 * The lines of a witness's answer that are cosignatures of this checkpoint by the given key.
 *
 * @param answer signature lines; those of other keys are ignored
 * @param note the signed checkpoint that was submitted
 * @param vkey the witness's verifier key
 * @returns no line when the witness did not sign
 * @throws {EvidenceError} when the answer is no list of signature lines, or its signature is bad
 */
export function readCosignatures(answer: Uint8Array, note: string, vkey: string): string[] {
  const key = parseVerifierKey(vkey);
  const { text } = parseNote(toUtf8(note));
  const { signatures } = parseNote(toUtf8(`${text}\n${fromUtf8(answer) ?? ""}`));
  const own = signatures.filter(({ name, keyId }) => name === key.name && keyId === key.id);
  const [line] = own;
  if (line === undefined) return [];
  if (key.isCheckable) verifySignatures({ text, signatures: [line] }, [key]);
  // What this machine cannot check is kept for those who can, if it may be one.
  else if (line.bytes.length !== TIME_BYTES + ML_DSA_44_SIGNATURE_BYTES) return [];
  const whole = formatNote({ text, signatures: [line] });
  return [whole.slice(text.length + 1, -1)];
}
