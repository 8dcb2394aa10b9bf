/** A text that somebody else chose, without what would speak to the terminal. */
export function printable(text: string, most = Number.POSITIVE_INFINITY): string {
  return [...text.replace(/\p{C}/gu, "\u{FFFD}")].slice(0, most).join("");
}
