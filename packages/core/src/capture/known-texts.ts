const MAX_KNOWN = 1_024;
const MAX_KNOWN_LENGTH = 128;

/**
 * What was worked out of names, which come again and again: the tools, the fields, the agents of a
 * process. Beyond its limit the memory starts afresh.
 */
export class KnownTexts<Worth> {
  readonly #known = new Map<string, Worth>();

  /** @param workOut gives the same for equal texts, and never undefined */
  of(text: string, workOut: (text: string) => Worth): Worth {
    const known = this.#known.get(text);
    if (known !== undefined) return known;
    const worth = workOut(text);
    if (text.length > MAX_KNOWN_LENGTH) return worth;
    if (this.#known.size >= MAX_KNOWN) this.#known.clear();
    this.#known.set(text, worth);
    return worth;
  }
}
