/**
 * A text in single quotes, for scripts of a POSIX shell that stay the same whatever is in it. What
 * people read and copy takes `shellWord` of core, which quotes only what needs it.
 */
export function shellQuoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
