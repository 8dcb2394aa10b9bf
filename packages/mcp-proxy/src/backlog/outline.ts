/**
 * The outline of a message that is too long to be kept: the message itself without its long values,
 * and where the one of interest stands. An id, a name or `isError` may stand anywhere in it.
 */
import { COMMA, LIST_START, OBJECT_START, Structure } from "./structure.ts";

/** A member with more bytes than this is left out. */
const MEMBER_BYTES = 1_024;
/** All members that are kept of one object. */
const OBJECT_BYTES = 4_096;
/** `isError` of a task's result stands in the message, its result and that one's result. */
const DEEPEST = 3;

const MESSAGE = new Set(["jsonrpc", "id", "method", "params", "result", "error"]);
/** What matters of `params`, `result` and `error`. */
const INSIDE = new Set(
  (
    "name uri arguments _meta isError resultType requestState inputRequests inputResponses " +
    "requestId taskId task status result error code message clientInfo"
  ).split(" "),
);
const PARENTS = new Set(["params", "result", "error"]);

const KEY = /^\s*"(\w+)"\s*:\s*/;

/** Where a long value stands, counted from the message's first byte. */
interface Place {
  readonly start: number;
  readonly end: number;
}

/** The object of one depth that is being read. */
class Level {
  readonly bytes = Buffer.allocUnsafe(MEMBER_BYTES);
  /** How many bytes of the member are in `bytes`. */
  length = 0;
  /** Where the member began; undefined between two objects. */
  start: number | undefined;
  kept: string[] = [];
  keptBytes = 0;

  begin(at: number): void {
    this.start = at;
    this.length = 0;
  }

  /** What is copied of the member is all that will be. */
  stop(): void {
    this.bytes.fill(0, this.length);
    this.length = MEMBER_BYTES;
  }

  clear(): void {
    this.start = undefined;
    this.kept = [];
    this.keptBytes = 0;
  }

  keep(member: string): void {
    if (this.keptBytes + member.length > OBJECT_BYTES) return;
    this.kept.push(member);
    this.keptBytes += member.length;
  }
}

export class Outline {
  readonly #structure = new Structure(DEEPEST);
  readonly #levels = Array.from({ length: DEEPEST }, () => new Level());
  readonly #places = new Map<string, Place>();
  #hasArguments = false;
  /** Where the bytes at hand begin in the whole. */
  #base = 0;
  #root: number | undefined;
  /** A member that began before this is not whole. */
  #gapEnd = 0;
  /** What came behind missing bytes, to be read when its end is known. */
  #rest: Buffer[] | undefined;

  feed(bytes: Buffer): void {
    if (this.#rest) this.#rest.push(Buffer.from(bytes));
    else this.#read(bytes);
  }

  /** So many bytes are missing; what comes behind them goes to the end of the message. */
  skip(byteLength: number): void {
    for (const level of this.#levels) level.stop();
    this.#base += byteLength;
    this.#gapEnd = this.#base;
    this.#rest ??= [];
  }

  #read(bytes: Buffer): void {
    this.#structure.feed(bytes, (byte, at, depth) => this.#visit(bytes, byte, at, depth));
    for (const level of this.#levels) this.#copy(level, bytes, bytes.length);
    this.#base += bytes.length;
  }

  /** The message as JSON, and behind a newline where the long value stands, when there is one. */
  take(): Buffer {
    if (this.#rest) this.#goOn(Buffer.concat(this.#rest));
    const place =
      this.#places.get("result.result") ??
      this.#places.get("result") ??
      this.#places.get("params.arguments") ??
      (this.#hasArguments ? undefined : this.#places.get("params"));
    const text = `{${this.#levels[0]?.kept.join() ?? ""}}`;
    return Buffer.from(`${text}\n${place ? `${place.start} ${place.end}` : ""}`);
  }

  /**
   * Goes on behind the gap. A member that has it in its middle is taken for the one that was being
   * read: a message has one value of this length.
   */
  #goOn(rest: Buffer): void {
    const depth = this.#structure.goOn(rest);
    for (const [index, level] of this.#levels.entries()) {
      if (index + 1 > depth) level.clear();
      else if (index + 1 === depth && level.start !== undefined) level.begin(this.#base);
    }
    if (this.#structure.deepest >= depth) this.#structure.deepest = DEEPEST;
    this.#read(rest);
  }

  #visit(bytes: Buffer, byte: number, at: number, depth: number): void {
    const level = this.#levels[depth - 1];
    if (!level) return;
    if (byte === OBJECT_START || byte === LIST_START) {
      if (depth === 1) this.#root ??= this.#base + at;
      level.clear();
      if (byte === OBJECT_START && (depth === 1 || this.#isOfInterest(bytes, at, depth - 1))) {
        level.begin(this.#base + at + 1);
      } else {
        // Members of lists have no names, and most objects matter only as a whole.
        this.#structure.deepest = depth - 1;
      }
      return;
    }
    if (level.start === undefined) return;
    this.#structure.deepest = DEEPEST;
    this.#copy(level, bytes, at);
    this.#member(level, depth, this.#base + at);
    this.#levels[depth]?.clear();
    if (byte === COMMA) level.begin(this.#base + at + 1);
    else level.start = undefined;
  }

  /** Whether the member that is being read at a depth is one whose own members matter. */
  #isOfInterest(bytes: Buffer, at: number, depth: number): boolean {
    const outer = this.#levels[depth - 1];
    if (outer?.start === undefined) return false;
    this.#copy(outer, bytes, at);
    const key = KEY.exec(outer.bytes.toString("utf8", 0, outer.length))?.[1];
    return key !== undefined && PARENTS.has(key);
  }

  /** Copies what these bytes have of the member that is being read. */
  #copy(level: Level, bytes: Buffer, end: number): void {
    if (level.start === undefined || level.length === MEMBER_BYTES) return;
    const from = level.start + level.length - this.#base;
    if (from < end) level.length += bytes.copy(level.bytes, level.length, from, end);
  }

  #member(level: Level, depth: number, end: number): void {
    const start = level.start ?? 0;
    const text = level.bytes.toString("utf8", 0, level.length);
    const [before = "", key = ""] = KEY.exec(text) ?? [];
    if (!(depth === 1 ? MESSAGE : INSIDE).has(key)) return;
    if (depth === 2 && key === "arguments") this.#hasArguments = true;
    if (end - start <= MEMBER_BYTES && start >= this.#gapEnd) {
      level.keep(text);
      return;
    }
    if (depth < DEEPEST) {
      const root = this.#root ?? 0;
      const path = depth === 1 ? key : `${this.#parent()}.${key}`;
      this.#places.set(path, { start: start + before.length - root, end: end - root });
    }
    const inner = this.#levels[depth]?.kept;
    if (inner && PARENTS.has(key)) level.keep(`"${key}":{${inner.join()}}`);
  }

  /** The member of the message that is being read. */
  #parent(): string {
    const outer = this.#levels[0];
    return outer ? (KEY.exec(outer.bytes.toString("utf8", 0, 64))?.[1] ?? "") : "";
  }
}
