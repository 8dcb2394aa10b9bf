/** JSON that somebody else wrote: read in one place, with one limit. */

/** In characters: more than any answer, page of a history or evidence pack that we take holds. */
const LONGEST = 64 * 1024 * 1024;

/** What a text says; undefined where it is no JSON, or longer than any that we read. */
export function parseJson(text: string): unknown {
  if (text.length > LONGEST) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** JSON in a text as what it says; any other value, and a text that is no JSON, as it is. */
export function plainOfText(value: unknown): unknown {
  if (typeof value !== "string") return value;
  const plain = parseJson(value);
  return plain === undefined ? value : plain;
}
