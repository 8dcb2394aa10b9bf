import { byteAt, digitsEnd, hexEnd, isDigit, isHexLetter, isWordByte } from "./masks/bytes.ts";
import { MaskedForm } from "./masks/masked-form.ts";
import { address, bracketedProcessId, processId, shellLine, uuid } from "./masks/place-masks.ts";
import { continuesPath, readComponent, temporaryFolder } from "./masks/temporary-path.ts";
import { clock, compactDateAndTime, dateAndTime, duration, epochTime } from "./masks/time-masks.ts";

/** The two coarser forms of a canonical one; absent where a form equals the finer one. */
export interface Forms {
  /** What changes by itself is masked: times, durations, UUIDs, addresses, pids, temporary paths. */
  readonly norm?: Uint8Array;
  /** Every number and long hex is masked too. */
  readonly shape?: Uint8Array;
}

/** A mask that begins at a digit: where it ends, or -1. */
interface Mask {
  readonly marker: number;
  readonly end: (bytes: Uint8Array, at: number) => number;
}

const MARK_PATH = 0xf8;
const MARK_UUID = 0xf9;
const MARK_TIME = 0xfa;
const MARK_DURATION = 0xfb;
const MARK_ADDRESS = 0xfc;
const MARK_PROCESS = 0xfd;
const MARK_LINE = 0xfe;
const MARK_NUMBER = 0xff;
const MARK_HEX = 0xf7;

const CLOCK: Mask = { marker: MARK_TIME, end: clock };
const DATE_AND_TIME: Mask = { marker: MARK_TIME, end: dateAndTime };
const COMPACT_TIME: Mask = { marker: MARK_TIME, end: compactDateAndTime };
const EPOCH: Mask = { marker: MARK_TIME, end: epochTime };
const DURATION: Mask = { marker: MARK_DURATION, end: duration };
const ADDRESS: Mask = { marker: MARK_ADDRESS, end: address };
const PROCESS: Mask = { marker: MARK_PROCESS, end: processId };
const BRACKETED: Mask = { marker: MARK_PROCESS, end: bracketedProcessId };
const LINE: Mask = { marker: MARK_LINE, end: shellLine };

/** Which masks can apply, by the byte behind the first run of digits. */
const BY_NEXT_BYTE: ReadonlyMap<number, readonly Mask[]> = new Map(
  Object.entries<readonly Mask[]>({
    "-": [DATE_AND_TIME, COMPACT_TIME],
    "/": [DATE_AND_TIME],
    T: [COMPACT_TIME],
    _: [COMPACT_TIME],
    ":": [CLOCK, LINE],
    x: [ADDRESS],
    "]": [BRACKETED],
    ".": [DURATION, EPOCH],
    " ": [DURATION],
    ...Object.fromEntries([..."smunhd\u00c2\u00ce"].map((unit) => [unit, [DURATION]])),
  }).map(([text, masks]) => [text.charCodeAt(0), masks]),
);
const ALWAYS: readonly Mask[] = [EPOCH, PROCESS, BRACKETED];

const MIN_HEX_DIGITS = 8;
const ZERO = 0x30;
const NINE = 0x39;
const SLASH = 0x2f;
const BACKSLASH = 0x5c;
const DASH = 0x2d;
const DOT = 0x2e;

/**
 * Makes the norm and the shape form in one pass, in time linear in the input.
 *
 * Only a digit, a slash or a backslash can lead to a mask; every mask looks at a bounded number of
 * bytes around it, or at a run that it then consumes. Masks are bytes that no UTF-8 text has.
 *
 * @returns views that are valid until the next call
 */
export function scan(bytes: Uint8Array): Forms {
  return SCANNER.scan(bytes);
}

class Scanner {
  readonly #norm = new MaskedForm();
  readonly #shape = new MaskedForm();
  #bytes: Uint8Array = new Uint8Array(0);
  /** Where the last mask ended: nothing before is looked at again. */
  #done = 0;
  /** Where the temporary path that is being read may go on. */
  #pathAt = -1;
  #isShapeCoarser = false;

  scan(bytes: Uint8Array): Forms {
    this.#bytes = bytes;
    this.#done = 0;
    this.#pathAt = -1;
    this.#isShapeCoarser = false;
    this.#norm.clear();
    this.#shape.clear();
    this.#pass(bytes);
    const norm = this.#norm.finish(bytes);
    const shape = this.#isShapeCoarser ? this.#shape.finish(bytes) : undefined;
    this.#bytes = new Uint8Array(0);
    return { ...(norm === undefined ? {} : { norm }), ...(shape === undefined ? {} : { shape }) };
  }

  #pass(bytes: Uint8Array): void {
    const length = bytes.length;
    let at = 0;
    while (at < length) {
      const byte = byteAt(bytes, at);
      if (byte >= ZERO && byte <= NINE) at = this.#atDigit(at);
      else if (byte === SLASH || byte === BACKSLASH) at = this.#atSlash(at);
      else at += 1;
    }
  }

  /** Masks what the digit belongs to and answers where to go on. */
  #atDigit(at: number): number {
    const bytes = this.#bytes;
    const start = this.#hexStart(at);
    const runEnd = hexEnd(bytes, at);
    const identifier = this.#uuidEnd(start, runEnd);
    if (identifier > 0) return identifier;
    const digits = digitsEnd(bytes, at);
    for (const mask of BY_NEXT_BYTE.get(byteAt(bytes, digits)) ?? []) {
      const end = mask.end(bytes, at);
      if (end > at) return this.#maskNorm(at, end, mask.marker);
    }
    for (const mask of ALWAYS) {
      const end = mask.end(bytes, at);
      if (end > at) return this.#maskNorm(at, end, mask.marker);
    }
    const isLongHex = runEnd - start >= MIN_HEX_DIGITS && (runEnd > digits || start < at);
    if (isLongHex) return this.#maskShape(start, runEnd, MARK_HEX);
    return this.#maskShape(at, numberEnd(bytes, digits), MARK_NUMBER);
  }

  /** Where the run of hex digits around a digit begins. */
  #hexStart(at: number): number {
    let start = at;
    while (start > this.#done && isHexLetter(this.#bytes, start - 1)) start -= 1;
    const isEscape = start < at && byteAt(this.#bytes, start - 1) === BACKSLASH;
    return isEscape ? start + 1 : start;
  }

  /** Masks a UUID whose first or second group this run is. */
  #uuidEnd(start: number, runEnd: number): number {
    if (byteAt(this.#bytes, runEnd) !== DASH) return -1;
    const groupStart = runEnd - start === 4 ? start - 9 : start;
    if (groupStart < this.#done) return -1;
    const end = uuid(this.#bytes, groupStart);
    return end < 0 ? -1 : this.#maskNorm(groupStart, end, MARK_UUID);
  }

  /** At a slash of a temporary path: masks the component behind it when that is random. */
  #atSlash(at: number): number {
    const bytes = this.#bytes;
    const start = at === this.#pathAt ? continuesPath(bytes, at) : temporaryFolder(bytes, at);
    if (start < 0) return at + 1;
    const component = readComponent(bytes, start);
    this.#pathAt = component.end;
    return component.isRandom ? this.#maskNorm(start, component.end, MARK_PATH) : start;
  }

  #maskNorm(start: number, end: number, marker: number): number {
    this.#norm.mask(this.#bytes, start, end, marker);
    this.#shape.mask(this.#bytes, start, end, marker);
    this.#done = end;
    return end;
  }

  #maskShape(start: number, end: number, marker: number): number {
    this.#shape.mask(this.#bytes, start, end, marker);
    this.#isShapeCoarser = true;
    this.#done = end;
    return end;
  }
}

/** The end of a number whose first digits end here: with its fraction and its exponent. */
function numberEnd(bytes: Uint8Array, digits: number): number {
  const hasFraction = byteAt(bytes, digits) === DOT && isDigit(bytes, digits + 1);
  const end = hasFraction ? digitsEnd(bytes, digits + 1) : digits;
  const isExponent = byteAt(bytes, end) === 0x65; // e
  if (!isExponent) return end;
  const sign = byteAt(bytes, end + 1);
  const exponent = sign === DASH || sign === 0x2b ? end + 2 : end + 1;
  const exponentEnd = digitsEnd(bytes, exponent);
  return exponentEnd > exponent && !isWordByte(bytes, exponentEnd) ? exponentEnd : end;
}

const SCANNER = new Scanner();
