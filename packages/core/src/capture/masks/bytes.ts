/**
 * Readers of text as bytes.
 *
 * They look a few bytes to either side without asking for the bounds: the text stands in a buffer
 * with `MARGIN` zero bytes before and after it, which belong to no class and so end every run.
 */

/** The longest look to either side of a place: a UUID and the byte behind it. */
export const MARGIN = 64;

const DIGIT = 1;
const HEX_LETTER = 2;
const LETTER = 4;
const MASKED = 8;

/** Bytes from here on occur in no UTF-8 text: masks are written as such. */
const FIRST_FREE_BYTE = 0xf5;

const BACKSLASH = 0x5c;
const ZERO = 0x30;

const CLASS = Uint8Array.from({ length: 256 }, (_, byte) => classOf(byte));

function classOf(byte: number): number {
  const text = String.fromCharCode(byte);
  if (text >= "0" && text <= "9") return DIGIT;
  if ((text >= "a" && text <= "f") || (text >= "A" && text <= "F")) return HEX_LETTER | LETTER;
  if ((text >= "a" && text <= "z") || (text >= "A" && text <= "Z") || text === "_") return LETTER;
  return byte >= FIRST_FREE_BYTE ? MASKED : 0;
}

export function byteAt(bytes: Uint8Array, at: number): number {
  return bytes[at] ?? 0;
}

function classAt(bytes: Uint8Array, at: number): number {
  return CLASS[bytes[at] ?? 0] ?? 0;
}

export function isDigit(bytes: Uint8Array, at: number): boolean {
  return (classAt(bytes, at) & DIGIT) !== 0;
}

export function isHex(bytes: Uint8Array, at: number): boolean {
  return (classAt(bytes, at) & (DIGIT | HEX_LETTER)) !== 0;
}

export function isHexLetter(bytes: Uint8Array, at: number): boolean {
  return (classAt(bytes, at) & HEX_LETTER) !== 0;
}

export function isLetter(bytes: Uint8Array, at: number): boolean {
  return (classAt(bytes, at) & LETTER) !== 0;
}

/** Letters, digits, the underscore, and what has been masked before. */
export function isWordByte(bytes: Uint8Array, at: number): boolean {
  return classAt(bytes, at) !== 0;
}

/** Whether a word may begin here: behind no word byte, or behind an escape such as `\n`. */
export function beginsWord(bytes: Uint8Array, at: number): boolean {
  return !isWordByte(bytes, at - 1) || byteAt(bytes, at - 2) === BACKSLASH;
}

/** The end of the run of digits that begins here. */
export function digitsEnd(bytes: Uint8Array, at: number): number {
  let end = at;
  while (isDigit(bytes, end)) end += 1;
  return end;
}

/** As `digitsEnd`, after `most` digits at the latest. */
export function fewDigitsEnd(bytes: Uint8Array, at: number, most: number): number {
  let end = at;
  while (end < at + most && isDigit(bytes, end)) end += 1;
  return end;
}

/** The end of the run of hex digits that begins here. */
export function hexEnd(bytes: Uint8Array, at: number): number {
  let end = at;
  while (isHex(bytes, end)) end += 1;
  return end;
}

/** The two-digit number at a place; -1 when there is none. */
export function twoDigits(bytes: Uint8Array, at: number): number {
  if (!isDigit(bytes, at) || !isDigit(bytes, at + 1)) return -1;
  return (byteAt(bytes, at) - ZERO) * 10 + byteAt(bytes, at + 1) - ZERO;
}

/** Whether these bytes stand at a place. */
export function standsAt(bytes: Uint8Array, at: number, word: Uint8Array): boolean {
  for (let index = 0; index < word.length; index++) {
    if (bytes[at + index] !== word[index]) return false;
  }
  return true;
}

/** ASCII text as bytes, for `standsAt`. */
export function ascii(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}
