import type { SessionKeys } from "./digest.ts";

/** A name that somebody chose as a name: short, printable, one line. */
const LABEL = /^[A-Za-z0-9][A-Za-z0-9_.:/@ -]{0,63}$/;

/**
 * A name as it may be kept: itself when it looks like a label, else a keyed tag.
 *
 * @param hashNames key every name, labels too
 */
export function labelOf(text: string, keys: SessionKeys, hashNames = false): string {
  return !hashNames && LABEL.test(text) ? text : keys.tag(text);
}

/**
 * A word of a closed list, or nothing: not every caller is checked by a compiler, and a word outside
 * of the list could be content.
 */
export function knownWord<T extends string>(
  list: readonly T[],
  word: T | undefined,
): T | undefined {
  return word !== undefined && list.includes(word) ? word : undefined;
}
