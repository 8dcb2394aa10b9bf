/** One program of a command line, with its words as the shell would pass them. */
export interface Program {
  readonly words: readonly string[];
  /** Its output goes to a file. */
  readonly hasOutputFile: boolean;
}

/** As many programs of one command line as are looked at. */
const MAX_PROGRAMS = 16;

const SEPARATORS = ";|&\n";
const BLANKS = " \t\r";

/**
 * Splits a command line at `;`, `&`, `|` and line ends, minding quotes and escapes.
 *
 * It is a reader of common commands, not a shell: expansions stay as they are written.
 */
export function splitPrograms(command: string): readonly Program[] {
  const reader = new CommandReader();
  for (let at = 0; at < command.length; at++) {
    at = reader.take(command, at);
    if (reader.programs.length >= MAX_PROGRAMS) break;
  }
  reader.endProgram();
  return reader.programs;
}

class CommandReader {
  readonly programs: Program[] = [];
  #words: string[] = [];
  #hasOutputFile = false;
  #word: string | undefined;

  /** Takes the character at a place, or more of them; answers the place of the last one taken. */
  take(command: string, at: number): number {
    const character = command.charAt(at);
    if (character === "'" || character === '"') return this.#quoted(command, at, character);
    if (character === "\\") return this.#escaped(command, at);
    if (character === ">") return this.#redirected(command, at);
    if (character === "<") {
      this.#endWord();
    } else if (character === "#" && this.#word === undefined) {
      return lineEnd(command, at) - 1;
    } else if (SEPARATORS.includes(character)) {
      this.endProgram();
    } else if (BLANKS.includes(character)) {
      this.#endWord();
    } else {
      this.#word = (this.#word ?? "") + character;
    }
    return at;
  }

  endProgram(): void {
    this.#endWord();
    if (this.#words.length > 0) {
      this.programs.push({ words: this.#words, hasOutputFile: this.#hasOutputFile });
    }
    this.#words = [];
    this.#hasOutputFile = false;
  }

  #endWord(): void {
    if (this.#word !== undefined) this.#words.push(this.#word);
    this.#word = undefined;
  }

  #quoted(command: string, at: number, quote: string): number {
    const close = command.indexOf(quote, at + 1);
    const end = close < 0 ? command.length : close;
    this.#word = (this.#word ?? "") + command.slice(at + 1, end);
    return end;
  }

  #escaped(command: string, at: number): number {
    const next = command.charAt(at + 1);
    if (next !== "\n") this.#word = (this.#word ?? "") + next;
    return at + 1;
  }

  /** `> file`, but neither `2> errors` nor `>&2` nor `> /dev/null`. */
  #redirected(command: string, at: number): number {
    const isErrors = this.#word === "2";
    if (isErrors || this.#word === "1" || this.#word === "&") this.#word = undefined;
    this.#endWord();
    let target = at + 1;
    while (command.charAt(target) === ">" || command.charAt(target) === " ") target += 1;
    if (command.charAt(target) === "&") return target;
    if (!isErrors && !command.startsWith("/dev/", target)) this.#hasOutputFile = true;
    return target - 1;
  }
}

function lineEnd(command: string, at: number): number {
  const end = command.indexOf("\n", at);
  return end < 0 ? command.length : end;
}
