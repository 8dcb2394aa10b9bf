/** Capitals of ASCII as small letters, and nothing else: that is what both stores can do too. */
export function lowerAscii(text: string): string {
  return text.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
}
