/** Cuts a stream of server-sent events into events, keeping the beginning of each. */
import { copyOf } from "./kept-text.ts";
import { type Line, LineFramer } from "./line-framer.ts";
import { OBJECT_START } from "./structure.ts";

export interface ServerEvent {
  /** The event's name; absent for plain messages. */
  readonly name?: string;
  /** What a client names to have the events behind this one again. */
  readonly id?: string;
  readonly data: Line;
}

const CARRIAGE_RETURN = 0x0d;
const SPACE = 0x20;
const LONGEST_FIELD_NAME = 6;

export class EventFramer {
  readonly #lines = new LineFramer(false);
  #data: Line[] = [];
  #name: string | undefined;
  #id: string | undefined;

  /** @param emit also given the messages of a batch that is too long to be kept, one by one */
  feed(chunk: Buffer, time: number, emit: (event: ServerEvent) => void): void {
    this.#lines.feed(chunk, time, (line) => this.#line(withoutReturn(line), emit));
  }

  /** So many bytes of the line under way are missing. */
  skip(byteLength: number, time: number, emit: (event: ServerEvent) => void): void {
    this.#lines.skip(byteLength, time, (line) => this.#line(withoutReturn(line), emit));
  }

  #line(line: Line, emit: (event: ServerEvent) => void): void {
    if (line.byteLength === 0) this.#end(line, emit);
    // No field of an event begins so: it is one message of a long batch.
    else if (line.head[0] === OBJECT_START) emit({ data: copyOf(line) });
    const colon = line.head.subarray(0, LONGEST_FIELD_NAME).indexOf(":");
    const field = line.head.toString("latin1", 0, Math.max(colon, 0));
    const start = colon + (line.head[colon + 1] === SPACE ? 2 : 1);
    if (field === "data") this.#data.push(copyOf(from(line, start)));
    else if (field === "event") this.#name = line.head.toString("utf8", start);
    else if (field === "id") this.#id = line.head.toString("utf8", start);
  }

  #end(line: Line, emit: (event: ServerEvent) => void): void {
    const [first] = this.#data;
    const name = this.#name === "message" ? undefined : this.#name;
    const id = this.#id;
    // An event without data tells its id all the same: the stream can be gone on with.
    const data = first ? joined(this.#data, first) : id === undefined ? undefined : copyOf(line);
    if (data) {
      emit({ ...(name === undefined ? {} : { name }), ...(id === undefined ? {} : { id }), data });
    }
    this.#data = [];
    this.#name = undefined;
    this.#id = undefined;
  }
}

function withoutReturn(line: Line): Line {
  const { head, outline } = line;
  if (outline || head[head.length - 1] !== CARRIAGE_RETURN) return line;
  return { ...line, byteLength: line.byteLength - 1, head: head.subarray(0, -1) };
}

function from(line: Line, start: number): Line {
  return { ...line, byteLength: line.byteLength - start, head: line.head.subarray(start) };
}

/** Data over several lines; of a long one only the first line is of use. */
function joined(lines: readonly Line[], first: Line): Line {
  if (lines.length === 1 || lines.some((line) => line.outline)) return first;
  const head = Buffer.concat(lines.flatMap((line) => [line.head, Buffer.from("\n")]));
  return { ...first, head, byteLength: head.length };
}
