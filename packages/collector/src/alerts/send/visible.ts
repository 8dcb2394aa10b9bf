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
