/** What changes the text beside it without being seen: controls, directions, half characters. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]+/gu;

/**
 * A text with names that somebody else chose, as one line of what it shows.
 *
 * @param max in characters as people count them; the rest is cut off
 */
export function visible(text: string, max: number): string {
  return [...text.replace(UNSEEN, " ")].slice(0, max).join("");
}

/**
 * The sentences of a message that there is room for; of one that is too long itself, its beginning.
 *
 * @param max in characters as people count them
 */
export function headline(message: string, max: number): string {
  const whole = visible(message, Number.POSITIVE_INFINITY);
  if ([...whole].length <= max) return whole;
  const cut = visible(whole, max);
  const end = cut.lastIndexOf(". ");
  return end < 0 ? `${visible(whole, max - 1)}…` : cut.slice(0, end + 1);
}
