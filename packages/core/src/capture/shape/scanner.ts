import {
  byteAt,
  digitsEnd,
  hexEnd,
  isDigit,
  isHexLetter,
  isWordByte,
  MARGIN,
} from "../masks/bytes.ts";
import { type Cut, cutUpTo, endOf, MARKERS, markerOf, NO_CUT } from "../masks/cut.ts";
import { MaskedForm } from "../masks/masked-form.ts";
import { cutNumber } from "../masks/number-masks.ts";
import { cutUuid } from "../masks/place-masks.ts";
import { continuesPath, NO_PATH, readComponent, temporaryFolder } from "../masks/temporary-path.ts";
import { MAX_CANONICAL_BYTES } from "../walk/byte-sink.ts";
import { Region } from "../walk/region.ts";

/** The two coarser forms of a canonical one; absent where a form equals the finer one. */
export interface Forms {
  /** What changes by itself is masked: times, durations, UUIDs, addresses, pids, temporary paths. */
  readonly norm?: Uint8Array;
  /** Every number and long hex is masked too. */
  readonly shape?: Uint8Array;
}

const MIN_HEX_DIGITS = 8;
const UUID_SECOND_GROUP = 9;
const DASH = 0x2d;
const DOT = 0x2e;
const PLUS = 0x2b;
const BACKSLASH = 0x5c;
const LOWER_E = 0x65;

/** What a byte leads to: nothing, a number, a path, or perhaps the margin. */
const AT_DIGIT = 1;
const AT_SLASH = 2;
const AT_NULL = 3;
const LEADS_TO = Uint8Array.from({ length: 256 }, (_, byte) => {
  if (byte === 0) return AT_NULL;
  const text = String.fromCharCode(byte);
  if (text >= "0" && text <= "9") return AT_DIGIT;
  return text === "/" || text === "\\" ? AT_SLASH : 0;
});

/**
 * Makes the norm and the shape form in one pass, in time linear in the input.
 *
 * Only a digit or a slash can lead to a mask, and which ones is looked up by the bytes beside it.
 * Every mask looks at a bounded number of bytes; longer runs are read once and consumed. Masks are
 * bytes that no UTF-8 text has, so a masked text equals no other text.
 *
 * @param bytes at most 64 KiB and a trailer
 * @returns views that are valid until the next call
 */
export function scan(bytes: Uint8Array): Forms {
  return SCANNER.scan(bytes);
}

class Scanner {
  /** The text between two margins of zeros. */
  readonly #region = new Region(MARGIN + MAX_CANONICAL_BYTES + 2 * MARGIN);
  readonly #text = this.#region.bytes;
  readonly #norm = new MaskedForm(this.#region);
  readonly #shape = new MaskedForm(this.#region);
  /** Where the last mask ended: nothing before is masked again. */
  #done = MARGIN;
  /** Where the temporary path that is being read may go on. */
  #pathAt = NO_PATH;
  #isShapeCoarser = false;

  scan(bytes: Uint8Array): Forms {
    const text = this.#text;
    const end = MARGIN + bytes.length;
    text.set(bytes, MARGIN);
    text.fill(0, end, end + MARGIN);
    this.#done = MARGIN;
    this.#pathAt = NO_PATH;
    this.#isShapeCoarser = false;
    this.#norm.begin(MARGIN);
    this.#shape.begin(MARGIN);
    this.#pass(end);
    const norm = this.#norm.finish(end);
    const shape = this.#isShapeCoarser ? this.#shape.finish(end) : undefined;
    return { ...(norm === undefined ? {} : { norm }), ...(shape === undefined ? {} : { shape }) };
  }

  #pass(end: number): void {
    const text = this.#text;
    let at = MARGIN;
    while (at < end) {
      const leadsTo = LEADS_TO[text[at] ?? 0];
      if (leadsTo === AT_DIGIT) at = this.#atDigit(at);
      else if (leadsTo === AT_SLASH) at = this.#atSlash(at);
      else at = plainEnd(text, at + 1);
    }
  }

  /** Masks what a digit belongs to; answers where to go on. */
  #atDigit(at: number): number {
    const text = this.#text;
    const digits = digitsEnd(text, at);
    if (isHexLetter(text, at - 1) || isHexLetter(text, digits) || byteAt(text, digits) === DASH) {
      const end = this.#atHex(at, digits);
      if (end !== 0) return end;
    }
    const cut = cutNumber(text, at, digits);
    if (cut !== NO_CUT) return this.#maskNorm(at, cut);
    return this.#maskShape(at, numberEnd(text, digits), MARKERS.number);
  }

  /** Masks the UUID or the long hex that digits are a part of; answers its end, else 0. */
  #atHex(at: number, digits: number): number {
    const start = this.#hexStart(at);
    const end = hexEnd(this.#text, digits);
    if (byteAt(this.#text, end) === DASH) {
      const uuidStart = end - start === 4 ? start - UUID_SECOND_GROUP : start;
      const cut = uuidStart < this.#done ? NO_CUT : cutUuid(this.#text, uuidStart);
      if (cut !== NO_CUT) return this.#maskNorm(uuidStart, cut);
    }
    const isLongHex = end - start >= MIN_HEX_DIGITS && (start < at || end > digits);
    return isLongHex ? this.#maskShape(start, end, MARKERS.hex) : 0;
  }

  /** Where the run of hex digits around a digit begins. */
  #hexStart(at: number): number {
    let start = at;
    while (start > this.#done && isHexLetter(this.#text, start - 1)) start -= 1;
    const isEscape = start < at && byteAt(this.#text, start - 1) === BACKSLASH;
    return isEscape ? start + 1 : start;
  }

  /** At a slash of a temporary path: masks the component behind it when that is random. */
  #atSlash(at: number): number {
    const text = this.#text;
    const start = at === this.#pathAt ? continuesPath(text, at) : temporaryFolder(text, at);
    if (start === NO_PATH) return at + 1;
    const component = readComponent(text, start);
    this.#pathAt = component.end;
    return component.isRandom ? this.#maskNorm(start, cutUpTo(component.end, MARKERS.path)) : start;
  }

  #maskNorm(start: number, cut: Cut): number {
    this.#norm.mask(start, endOf(cut), markerOf(cut));
    return this.#mask(start, endOf(cut), markerOf(cut));
  }

  #maskShape(start: number, end: number, marker: number): number {
    this.#isShapeCoarser = true;
    return this.#mask(start, end, marker);
  }

  #mask(start: number, end: number, marker: number): number {
    this.#shape.mask(start, end, marker);
    this.#done = end;
    return end;
  }
}

/** The next byte that leads to something, or the margin. */
function plainEnd(text: Uint8Array, from: number): number {
  let at = from;
  while (LEADS_TO[text[at] ?? 0] === 0) at += 1;
  return at;
}

/** The end of a number whose first digits end here: with its fraction and its exponent. */
function numberEnd(text: Uint8Array, digits: number): number {
  const hasFraction = byteAt(text, digits) === DOT && isDigit(text, digits + 1);
  const end = hasFraction ? digitsEnd(text, digits + 1) : digits;
  return byteAt(text, end) === LOWER_E ? exponentEnd(text, end) : end;
}

function exponentEnd(text: Uint8Array, mantissa: number): number {
  const sign = byteAt(text, mantissa + 1);
  const digits = sign === DASH || sign === PLUS ? mantissa + 2 : mantissa + 1;
  const end = digitsEnd(text, digits);
  return end > digits && !isWordByte(text, end) ? end : mantissa;
}

const SCANNER = new Scanner();
