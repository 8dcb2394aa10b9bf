/** Control and format characters, line ends, and whatever else draws nothing by itself. */
const UNSEEN = /[\p{C}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/gu;

/**
 * A text that somebody else chose, as a line that shows all that is in it: what would speak to the
 * terminal, end the line, hide, or turn the direction of what follows is written as JSON escapes it.
 *
 * @param most the most characters that are shown
 */
export function printable(text: string, most = Number.POSITIVE_INFINITY): string {
  const shown = text.replace(UNSEEN, escaped);
  return most < shown.length ? [...shown].slice(0, most).join("") : shown;
}

function escaped(character: string): string {
  const units = Array.from({ length: character.length }, (_, at) => character.charCodeAt(at));
  return units.map((unit) => `\\u${unit.toString(16).padStart(4, "0")}`).join("");
}
