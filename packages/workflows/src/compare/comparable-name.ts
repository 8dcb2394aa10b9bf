/** A keyed tag: `x-` and 8 hex digits, made under a key of one session. */
const KEYED = /^x-[0-9a-f]{8}$/;

/**
 * A name as it can be compared with names of other sessions.
 *
 * @returns undefined for a keyed tag: the same name has another one in every session
 */
export function comparableName(name: string): string | undefined {
  return KEYED.test(name) ? undefined : name;
}
