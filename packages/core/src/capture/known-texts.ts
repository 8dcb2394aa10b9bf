const MAX_KNOWN = 1_024;
const MAX_KNOWN_LENGTH = 128;
/** The command of a server is rarely longer, and comes with each of its calls. */
const MAX_LATEST_LENGTH = 4_096;

/**
 * What was worked out of names, which come again and again: the tools, the fields, the agents of a
 * process. Beyond its limit the memory starts afresh. Of longer texts, the latest one is known.
 */
export class KnownTexts<Worth> {
  readonly #known = new Map<string, Worth>();
  #latest: { readonly text: string; readonly worth: Worth } | undefined;

  /** @param workOut gives the same for equal texts, and never undefined */
  of(text: string, workOut: (text: string) => Worth): Worth {
    if (text.length > MAX_KNOWN_LENGTH) return this.#longOf(text, workOut);
    const known = this.#known.get(text);
    if (known !== undefined) return known;
    const worth = workOut(text);
    if (this.#known.size >= MAX_KNOWN) this.#known.clear();
    this.#known.set(text, worth);
    return worth;
  }

  #longOf(text: string, workOut: (text: string) => Worth): Worth {
    if (this.#latest?.text === text) return this.#latest.worth;
    const worth = workOut(text);
    if (text.length <= MAX_LATEST_LENGTH) this.#latest = { text, worth };
    return worth;
  }
}
