/**
 * Events of one stream that differ in one text alone: what a model says comes in thousands of them, and
 * parsing each anew takes longer than everything else that is done with it.
 */

/** A JSON string that needs no unescaping, without its quotes. */
const PLAIN_TEXT = '([^"\\\\\\x00-\\x1f]*)';
/** Padding that hides the lengths of pieces, another one in each event. */
const PADDING = /("obfuscation":")[^"\\]*(")/;
/** A longer event is no piece of what a model says. */
const MAX_LENGTH = 4_096;
/** Making a pattern takes as long as parsing some ten events: a short answer needs none. */
const PARSED_BEFORE = 8;
/** Events that differ elsewhere each time would have a pattern made for each. */
const MAX_PATTERNS = 8;

/** Recognises an event that says the same as one that was parsed, but for one text. */
export class RepeatedEvent {
  readonly #name: string;
  #pattern: RegExp | undefined;
  #parsed = 0;
  #patterns = 0;

  /** @param name of the member that holds the text */
  constructor(name: string) {
    this.#name = `"${name}":"`;
  }

  /**
   * From now on events like this one are recognised.
   *
   * @param data was parsed; the text is all that matters of it
   */
  learn(data: string, text: string): void {
    this.#parsed += 1;
    if (this.#parsed <= PARSED_BEFORE || this.#patterns === MAX_PATTERNS) return;
    if (data.length > MAX_LENGTH) return;
    const at = data.indexOf(this.#name);
    const start = at + this.#name.length;
    // Of a member that is there twice the last one counts, and a text with an escape ends elsewhere.
    if (at < 0 || at !== data.lastIndexOf(this.#name)) return;
    if (!data.startsWith(`${text}"`, start)) return;
    this.#patterns += 1;
    const [head, tail] = [data.slice(0, start), data.slice(start + text.length)];
    this.#pattern = new RegExp(`^${literally(head)}${PLAIN_TEXT}${literally(tail)}$`);
  }

  /** The text of an event that says nothing else than the one that was learned. */
  textOf(data: string): string | undefined {
    return this.#pattern?.exec(data)?.[1];
  }
}

/** A pattern for this part of an event alone, whatever its padding. */
function literally(part: string): string {
  const [before = "", opening, closing, ...after] = part.split(PADDING);
  if (opening === undefined || closing === undefined) return escapedPattern(part);
  const rest = escapedPattern(after.join(""));
  return `${escapedPattern(before + opening)}[^"\\\\\\x00-\\x1f]*${escapedPattern(closing)}${rest}`;
}

function escapedPattern(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&");
}
