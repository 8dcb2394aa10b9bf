/**
 * Reads the outline of JSON that may be cut off: which members an object has and where their values
 * stand, without building any of them.
 */
import { parseJson } from "@caum/core/adapter";

/** Where a value stands. */
export interface TextPlace {
  readonly start: number;
  /** Absent when the value goes on behind the cut. */
  readonly end?: number;
}

export interface Member extends TextPlace {
  readonly key: string;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPENERS = [0x7b, 0x5b];
const CLOSERS = [0x7d, 0x5d];
const OBJECT_START = 0x7b;
const LIST_START = 0x5b;
const SPACE = 0x20;

/** The members of the object that starts at `at`, as far as they can be read. */
export function membersOf(bytes: Buffer, at: number): readonly Member[] {
  const members: Member[] = [];
  let position = skipSpace(bytes, at);
  if (bytes[position] !== OBJECT_START) return members;
  position = skipSpace(bytes, position + 1);
  while (bytes[position] === QUOTE) {
    const keyEnd = endOfString(bytes, position);
    if (keyEnd === undefined) break;
    const key = bytes.toString("utf8", position + 1, keyEnd - 1);
    const colon = skipSpace(bytes, keyEnd);
    if (bytes[colon] !== COLON) break;
    const start = skipSpace(bytes, colon + 1);
    const end = endOfValue(bytes, start);
    if (end === undefined) {
      if (start < bytes.length) members.push({ key, start });
      break;
    }
    members.push({ key, start, end });
    position = skipSpace(bytes, end);
    if (bytes[position] !== COMMA) break;
    position = skipSpace(bytes, position + 1);
  }
  return members;
}

/** The member of the object that starts at `at`; the last one of its name counts, as in JSON.parse. */
export function memberOf(bytes: Buffer, at: number, key: string): TextPlace | undefined {
  return membersOf(bytes, at).findLast((member) => member.key === key);
}

/** The values of the list that starts at `at`, as far as they are whole. */
export function elementsOf(bytes: Buffer, at: number): readonly TextPlace[] {
  const elements: TextPlace[] = [];
  let position = skipSpace(bytes, at);
  if (bytes[position] !== LIST_START) return elements;
  while (bytes[position] === LIST_START || bytes[position] === COMMA) {
    const start = skipSpace(bytes, position + 1);
    const end = endOfValue(bytes, start);
    if (end === undefined || end === start) break;
    elements.push({ start, end });
    position = skipSpace(bytes, end);
    // The next bracket would begin another list.
    if (bytes[position] !== COMMA) break;
  }
  return elements;
}

/** The value in a place when it is whole and is JSON; undefined otherwise. */
export function valueAt(bytes: Buffer, place: TextPlace | undefined): unknown {
  if (place?.end === undefined) return undefined;
  return parseJson(bytes.toString("utf8", place.start, place.end));
}

function endOfValue(bytes: Buffer, start: number): number | undefined {
  const first = bytes[start];
  if (first === undefined) return undefined;
  if (first === QUOTE) return endOfString(bytes, start);
  return OPENERS.includes(first) ? endOfNested(bytes, start) : endOfWord(bytes, start);
}

function endOfNested(bytes: Buffer, start: number): number | undefined {
  let depth = 0;
  for (let position = start; position < bytes.length; position++) {
    const byte = bytes[position];
    if (byte === QUOTE) {
      const end = endOfString(bytes, position);
      if (end === undefined) return undefined;
      position = end - 1;
    } else if (byte !== undefined && OPENERS.includes(byte)) {
      depth++;
    } else if (byte !== undefined && CLOSERS.includes(byte) && --depth === 0) {
      return position + 1;
    }
  }
  return undefined;
}

function endOfString(bytes: Buffer, start: number): number | undefined {
  for (let end = bytes.indexOf(QUOTE, start + 1); end >= 0; end = bytes.indexOf(QUOTE, end + 1)) {
    let backslashes = 0;
    while (bytes[end - 1 - backslashes] === BACKSLASH) backslashes++;
    if (backslashes % 2 === 0) return end + 1;
  }
  return undefined;
}

/** A number or a literal ends where something else begins; at the cut it may go on. */
function endOfWord(bytes: Buffer, start: number): number | undefined {
  for (let position = start; position < bytes.length; position++) {
    const byte = bytes[position] ?? 0;
    if (byte === COMMA || byte <= SPACE || CLOSERS.includes(byte)) return position;
  }
  return undefined;
}

function skipSpace(bytes: Buffer, at: number): number {
  let position = at;
  while ((bytes[position] ?? 0xff) <= SPACE) position++;
  return position;
}
