import { isIdentifier } from "./identifier.ts";
import type { RootKey } from "./keys/root-key.ts";
import { SessionKeys } from "./keys/session-keys.ts";

/** A name that a person chose as a name: short, printable, one line. */
const PERSONS = /^[A-Za-z0-9][A-Za-z0-9_.:/@ -]{0,63}$/;
/** One that a model, a server or a host chose: no sentence and no address can be written in it. */
const STRANGERS = /^[A-Za-z0-9][A-Za-z0-9_.:/-]{0,63}$/;

/**
 * A name that a model, a server or a host chose, as it may be kept: itself when it looks like an
 * identifier, else a keyed tag.
 *
 * @param hashNames key every name
 */
export function labelOf(text: string, keys: SessionKeys, hashNames = false): string {
  return !hashNames && STRANGERS.test(text) ? text : keys.tag(text);
}

/** The same for a name that the person who set it up chose; it may hold blanks and `@`. */
export function ownLabelOf(text: string, keys: SessionKeys, hashNames = false): string {
  return !hashNames && PERSONS.test(text) ? text : keys.tag(text);
}

/**
 * The id of an agent or a session that the user chose: itself where it fits the schema, else a keyed
 * tag, which is the same in every session of this machine.
 */
export function ownIdentifierOf(id: string, rootKey: RootKey): string {
  return isIdentifier(id) ? id : new SessionKeys(rootKey, "identifiers").tag(id);
}

/** Whether an id that a host handed over says no more than an identifier can. */
export function looksLikeId(text: string): boolean {
  return STRANGERS.test(text);
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
