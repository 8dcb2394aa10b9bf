/**
 * The first event of the older HTTP with SSE tells the client where to post. When that is an absolute
 * address it leads past us, so this event alone is held until it is whole, and its address changed.
 */
const BEGINNING = /^event: ?endpoint\r?\n/;
const DATA = /^(event: ?endpoint\r?\ndata: ?)([^\r\n]*)(?=\r?\n)/;
const LONGEST_BEGINNING = "event: endpoint\r\n".length;
const MAX_BYTES = 16 * 1024;

export class EndpointEvent {
  readonly #change: (address: string) => string;
  #held: Buffer | undefined = Buffer.alloc(0);

  constructor(change: (address: string) => string) {
    this.#change = change;
  }

  /** What may be handed on now; bytes of any other stream at once and as they are. */
  pass(chunk: Buffer): Buffer | undefined {
    if (!this.#held) return chunk;
    this.#held = Buffer.concat([this.#held, chunk]);
    const text = this.#held.toString("latin1", 0, MAX_BYTES);
    if (mayBegin(text) && !DATA.test(text) && this.#held.length < MAX_BYTES) return undefined;
    return this.end(text);
  }

  /** The rest. */
  end(text = this.#held?.toString("latin1", 0, MAX_BYTES) ?? ""): Buffer | undefined {
    const held = this.#held;
    this.#held = undefined;
    if (!held || held.length === 0) return undefined;
    const match = DATA.exec(text);
    if (!match) return held;
    const [whole, before = "", address = ""] = match;
    // Read and written as bytes: latin1 keeps each of them.
    const changed = Buffer.from(before + this.#change(address), "latin1");
    return Buffer.concat([changed, held.subarray(whole.length)]);
  }
}

/** Whether it is such an event, as far as it has come. */
function mayBegin(text: string): boolean {
  if (text.length >= LONGEST_BEGINNING) return BEGINNING.test(text);
  const spellings = ["event: endpoint\n", "event:endpoint\n"];
  return BEGINNING.test(text) || spellings.some((spelling) => spelling.startsWith(text.trimEnd()));
}
