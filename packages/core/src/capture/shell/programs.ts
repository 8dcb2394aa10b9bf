/** One program of a command line, with its words as the shell would pass them. */
export interface Program {
  readonly words: readonly string[];
  /** Its output goes to a file. */
  readonly hasOutputFile: boolean;
}

/** What ends a plain run of characters within a word. */
const SPECIAL = new Uint8Array(128);
for (const character of "'\"\\<>#;|&\n \t\r") SPECIAL[character.charCodeAt(0)] = 1;

/**
 * Reads the programs of a command line one by one, split at `;`, `&`, `|` and line ends, minding
 * quotes and escapes.
 *
 * It is a reader of common commands, not a shell: expansions stay as they are written.
 */
export class ProgramReader {
  readonly #command: string;
  #at = 0;
  #words: string[] = [];
  #word: string | undefined;
  #hasOutputFile = false;

  constructor(command: string) {
    this.#command = command;
  }

  /** The next program that has a word; undefined at the end. */
  next(): Program | undefined {
    this.#words = [];
    this.#hasOutputFile = false;
    while (this.#at < this.#command.length) {
      if (this.#take() && this.#words.length > 0) break;
    }
    this.#endWord();
    if (this.#words.length === 0) return undefined;
    return { words: this.#words, hasOutputFile: this.#hasOutputFile };
  }

  /** Takes a run of plain characters or a special one; tells whether it ended the program. */
  #take(): boolean {
    const start = this.#at;
    const end = plainEnd(this.#command, start);
    if (end > start) {
      this.#add(this.#command.slice(start, end));
      this.#at = end;
      return false;
    }
    this.#at += 1;
    return this.#takeSpecial(this.#command.charAt(start));
  }

  #takeSpecial(character: string): boolean {
    switch (character) {
      case "'":
      case '"':
        this.#takeQuoted(character);
        return false;
      case "\\":
        this.#takeEscaped();
        return false;
      case ">":
        this.#takeOutput();
        return false;
      case "#":
        this.#takeHash();
        return false;
      case ";":
      case "|":
      case "&":
      case "\n":
        this.#endWord();
        return true;
      default:
        this.#endWord();
        return false;
    }
  }

  #add(text: string): void {
    this.#word = this.#word === undefined ? text : this.#word + text;
  }

  #endWord(): void {
    if (this.#word !== undefined) this.#words.push(this.#word);
    this.#word = undefined;
  }

  #takeQuoted(quote: string): void {
    const close = this.#command.indexOf(quote, this.#at);
    const end = close < 0 ? this.#command.length : close;
    this.#add(this.#command.slice(this.#at, end));
    this.#at = end + 1;
  }

  #takeEscaped(): void {
    const next = this.#command.charAt(this.#at);
    if (next !== "\n") this.#add(next);
    this.#at += 1;
  }

  /** `> file`, but neither `2> errors` nor `>&2` nor `> /dev/null`. */
  #takeOutput(): void {
    const command = this.#command;
    const isErrors = this.#word === "2";
    if (isErrors || this.#word === "1" || this.#word === "&") this.#word = undefined;
    this.#endWord();
    while (command.charAt(this.#at) === ">" || command.charAt(this.#at) === " ") this.#at += 1;
    if (command.charAt(this.#at) === "&") this.#at += 1;
    else if (!isErrors && !command.startsWith("/dev/", this.#at)) this.#hasOutputFile = true;
  }

  /** A remark goes on to the end of the line; within a word it is a character. */
  #takeHash(): void {
    if (this.#word !== undefined) {
      this.#add("#");
      return;
    }
    const end = this.#command.indexOf("\n", this.#at);
    this.#at = end < 0 ? this.#command.length : end;
  }
}

function plainEnd(command: string, from: number): number {
  let at = from;
  while (at < command.length && SPECIAL[command.charCodeAt(at)] !== 1) at += 1;
  return at;
}
