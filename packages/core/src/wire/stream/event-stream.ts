/** The longest data of one event that is kept; a longer one is given out as too long. */
const MAX_EVENT_LENGTH = 16 * 1024 * 1024;

const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;
const BYTE_ORDER_MARK = "\uFEFF";

/**
 * Reads server-sent events out of bytes that come in any pieces.
 *
 * @see https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation
 */
export class EventStream {
  readonly #onData: (data: string) => void;
  readonly #onTooLong: () => void;
  readonly #decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  #rest: string[] = [];
  #restLength = 0;
  #data: string[] = [];
  #dataLength = 0;
  #tooLong = false;
  #afterReturn = false;
  #isFirstLine = true;

  constructor(onData: (data: string) => void, onTooLong: () => void) {
    this.#onData = onData;
    this.#onTooLong = onTooLong;
  }

  push(bytes: Uint8Array): void {
    this.#pushText(this.#decoder.decode(bytes, { stream: true }));
  }

  /** An event that no empty line ended is given out too: servers forget it at the end. */
  end(): void {
    this.#pushText(this.#decoder.decode());
    if (this.#restLength > 0) this.#line("");
    this.#dispatch();
  }

  #pushText(text: string): void {
    if (this.#afterReturn || text.includes("\r")) this.#pushAnyLines(text);
    else this.#pushLines(text);
  }

  /** Lines that end as those of all vendors do. */
  #pushLines(text: string): void {
    let start = 0;
    for (let end = text.indexOf("\n"); end !== -1; end = text.indexOf("\n", start)) {
      this.#line(text.slice(start, end));
      start = end + 1;
    }
    if (start < text.length) this.#keep(text.slice(start));
  }

  #pushAnyLines(text: string): void {
    let start = 0;
    for (let index = 0; index < text.length; index += 1) {
      const code = text.charCodeAt(index);
      if (code !== LINE_FEED && code !== CARRIAGE_RETURN) continue;
      const completesPair = code === LINE_FEED && index === start && this.#completesReturn();
      this.#afterReturn = code === CARRIAGE_RETURN;
      if (!completesPair) this.#line(text.slice(start, index));
      start = index + 1;
    }
    if (start < text.length) {
      this.#afterReturn = false;
      this.#keep(text.slice(start));
    }
  }

  #completesReturn(): boolean {
    return this.#afterReturn && this.#restLength === 0;
  }

  #keep(text: string): void {
    this.#restLength += text.length;
    if (this.#restLength > MAX_EVENT_LENGTH) {
      this.#tooLong = true;
      this.#rest = [];
    } else {
      this.#rest.push(text);
    }
  }

  #line(end: string): void {
    const line = this.#rest.length === 0 ? end : this.#rest.join("") + end;
    this.#rest = [];
    this.#restLength = 0;
    const text = this.#isFirstLine && line.startsWith(BYTE_ORDER_MARK) ? line.slice(1) : line;
    this.#isFirstLine = false;
    if (text === "") this.#dispatch();
    else if (text.startsWith("data:")) this.#add(text.slice(text[5] === " " ? 6 : 5));
  }

  #add(data: string): void {
    this.#dataLength += data.length;
    if (this.#dataLength > MAX_EVENT_LENGTH) {
      this.#tooLong = true;
      this.#data = [];
    } else {
      this.#data.push(data);
    }
  }

  #dispatch(): void {
    const { length } = this.#data;
    if (this.#tooLong) this.#onTooLong();
    else if (length > 0) this.#onData(this.#data.join("\n"));
    this.#data = [];
    this.#dataLength = 0;
    this.#tooLong = false;
  }
}
