/** Cuts a stream of server-sent events into events, keeping both ends of each. */
import { copyOf } from "../relay/tapped/head-and-tail.ts";
import { type Line, LineFramer } from "../relay/tapped/line-framer.ts";

export interface ServerEvent {
  /** The event's name; absent for plain messages. */
  readonly name?: string;
  readonly data: Line;
}

const CARRIAGE_RETURN = 0x0d;
const SPACE = 0x20;
const LONGEST_FIELD_NAME = 6;

export class EventFramer {
  readonly #lines = new LineFramer(false);
  #data: Line[] = [];
  #name: string | undefined;

  feed(chunk: Buffer, time: number, emit: (event: ServerEvent) => void): void {
    this.#lines.feed(chunk, time, (line) => this.#line(withoutReturn(line), emit));
  }

  #line(line: Line, emit: (event: ServerEvent) => void): void {
    if (line.byteLength === 0) this.#end(emit);
    const colon = line.head.subarray(0, LONGEST_FIELD_NAME).indexOf(":");
    const field = line.head.toString("latin1", 0, Math.max(colon, 0));
    const start = colon + (line.head[colon + 1] === SPACE ? 2 : 1);
    if (field === "data") this.#data.push(copyOf(from(line, start)));
    else if (field === "event") this.#name = line.head.toString("utf8", start);
  }

  #end(emit: (event: ServerEvent) => void): void {
    const [first] = this.#data;
    const name = this.#name === "message" ? undefined : this.#name;
    if (first) emit({ ...(name === undefined ? {} : { name }), data: joined(this.#data, first) });
    this.#data = [];
    this.#name = undefined;
  }
}

function withoutReturn(line: Line): Line {
  const end = line.tail ?? line.head;
  if (end[end.length - 1] !== CARRIAGE_RETURN) return line;
  const byteLength = line.byteLength - 1;
  return line.tail
    ? { ...line, byteLength, tail: line.tail.subarray(0, -1) }
    : { ...line, byteLength, head: line.head.subarray(0, -1) };
}

function from(line: Line, start: number): Line {
  return { ...line, byteLength: line.byteLength - start, head: line.head.subarray(start) };
}

/** Data over several lines; of a long one only the first line is of use. */
function joined(lines: readonly Line[], first: Line): Line {
  if (lines.length === 1 || lines.some((line) => line.tail)) return first;
  const head = Buffer.concat(lines.flatMap((line) => [line.head, Buffer.from("\n")]));
  return { ...first, head, byteLength: head.length };
}
