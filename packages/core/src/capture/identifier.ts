const MAX_CHARACTERS = 255;
/** Controls, and surrogates that are not half of a pair. */
const UNFIT = /\p{Cc}|\p{Surrogate}/u;

/** Whether a text can be an agent or session id: 1..255 characters, none of them a control. */
export function isIdentifier(text: string): boolean {
  return text.length > 0 && hasAtMost(text, MAX_CHARACTERS) && !UNFIT.test(text);
}

/** Characters as people count them: a pair of surrogates is one. */
function hasAtMost(text: string, most: number): boolean {
  if (text.length <= most) return true;
  return text.length <= 2 * most && [...text].length <= most;
}
