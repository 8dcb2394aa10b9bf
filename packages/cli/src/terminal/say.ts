/** All that the command prints: each text is one line and shows all that is in it. */
import { printable } from "./printable.ts";

/** What the terminal is told before and after a text. */
type Colour = readonly [string, string];

/** To standard output. */
export function say(lines: string | readonly string[], [on, off]: Colour = ["", ""]): void {
  process.stdout.write(`${on}${printed(lines)}${off}`);
}

/** To standard error. */
export function complain(lines: string | readonly string[]): void {
  process.stderr.write(printed(lines));
}

/** For programs that read it; over several lines unless it is to be one. */
export function sayJson(value: unknown, { isOneLine = false } = {}): void {
  say(JSON.stringify(value, undefined, isOneLine ? undefined : 2).split("\n"));
}

/** The same for who has a stream of its own. */
export function printed(lines: string | readonly string[]): string {
  const all = typeof lines === "string" ? [lines] : lines;
  return all.map((line) => `${printable(line)}\n`).join("");
}
