/** Quotes, colon, quotes of the value and a brace or comma around one named argument. */
const PUNCTUATION = 7;

/**
 * A lower bound of the arguments' length, from their signature.
 *
 * `q:s4,limit:n1` means a string `q` of 8 to 15 characters and a number. Names and punctuation
 * count, as they do in the canonical arguments.
 */
export function bytesOfSignature(signature: string | undefined): number | undefined {
  if (signature === undefined) return undefined;
  let bytes = 0;
  for (const part of signature.split(",")) {
    const [, name = "", , digits = ""] = /^(?:(.*):)?([a-z])(\d*)$/.exec(part) ?? [];
    const size = Math.min(Number(digits), 31);
    const value = size === 0 ? 0 : 2 ** (size - 1);
    bytes += value + (name === "" ? 0 : name.length + PUNCTUATION);
  }
  return bytes;
}
