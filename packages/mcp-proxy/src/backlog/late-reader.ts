/**
 * Has what passed read when nobody waits: the reading code is loaded in steps while the server boots,
 * works some 20 ms after the bytes passed and in short slices, and whatever it throws ends here.
 */
import { say } from "../command/say.ts";

/** A relay that is silent this long has nobody waiting for it: the server boots or works. */
const QUIET_MS = 20;
/** While the reading code is not loaded, what was answered waits for a step of it after this long. */
const LOADING_QUIET_MS = 3;
/** A server that is silent for so long is slow to boot; before, it may need the processor itself. */
const SLOW_BOOT_MS = 80;
/** Under steady traffic there is a slice all the same, after this long. */
const LATEST_MS = 500;
/** One slice of reading; an agent that calls just then waits this long. */
const SLICE_MS = 1;
/** Under steady traffic so many slices make one turn. */
const SLICES_PER_TURN = 8;
/** What reading may take when the process may be killed any moment. */
const LAST_SLICE_MS = 20;

/** What was relayed and not read yet. */
export interface Backlog<Item> {
  readonly isEmpty: boolean;
  /** Reads on for well under a millisecond and hands over what is whole by then. */
  read(accept: (item: Item) => void): void;
  /** There is no time to read what is left. */
  forgetRest(): void;
  /** How much had to be forgotten since this was asked last. */
  takeForgotten(): number;
}

/** Reads and records; may throw. */
export interface Reader<Item> {
  accept(item: Item): void;
  forgot(count: number): void;
  /** Nothing more passes for now: what was read goes to the disk. */
  rest(): void;
  /** The process may be killed any moment: all goes to the disk, closed, before this returns. */
  interrupt(): void;
  /** @param limitMs time for what may be left for later */
  close(limitMs: number): Promise<void>;
}

/**
 * Loads the reading code, in steps between which bytes may pass. Each tells how long a server that
 * boots is to be silent before the next one, in milliseconds: both may want the same processor.
 */
export type Loading<Item> = Generator<number, Reader<Item>>;

/** Parts of Node that the recorder needs, each of which takes some milliseconds to load. */
const BUILTINS = ["node:crypto", "node:child_process", "node:v8", "node:vm", "node:fs/promises"];

export function* loadBuiltins(): Generator<number, void> {
  for (const name of BUILTINS) {
    process.getBuiltinModule(name);
    yield QUIET_MS;
  }
}

export class LateReader<Item> {
  readonly #backlog: Backlog<Item>;
  readonly #load: () => Loading<Item>;
  readonly #onFailure: () => void;
  #loading: Loading<Item> | undefined;
  #reader: Reader<Item> | undefined;
  #timer: NodeJS.Timeout | undefined;
  #slices = 0;
  #hasReply = false;
  #bootQuietMs = SLOW_BOOT_MS;
  #isWaiting = false;
  #isClosed = false;
  #isOff = false;
  #lastPassedAt = 0;
  #waitingSince = 0;

  /**
   * @param load called once, and late
   * @param onFailure what else to do when nothing is read any more
   */
  constructor(backlog: Backlog<Item>, load: () => Loading<Item>, onFailure: () => void) {
    this.#backlog = backlog;
    this.#load = load;
    this.#onFailure = onFailure;
  }

  get isLoaded(): boolean {
    return this.#reader !== undefined;
  }

  /** Nothing is read any more; whoever taps may stop. */
  get isOff(): boolean {
    return this.#isOff;
  }

  /** From here on nothing that the reading code does, now or later, can end the process. */
  survive(): void {
    process.on("uncaughtException", () => this.#failed());
    process.on("unhandledRejection", () => this.#failed());
  }

  /** Something was added to the backlog. */
  passed(now: number, isReply: boolean): void {
    this.#lastPassedAt = now;
    const isFirstReply = isReply && !this.#hasReply;
    this.#hasReply ||= isReply;
    // From now on a shorter silence is enough.
    const isLooking = this.#isWaiting && !(isFirstReply && this.#timer);
    if (isLooking) return;
    if (!this.#isWaiting) this.#waitingSince = now;
    this.#isWaiting = true;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(this.#look, this.#quietMs());
  }

  /** Reads what is left and has it written at once; goes on with what comes later. */
  interrupt(): void {
    if (this.#isOff || (this.#backlog.isEmpty && !this.#reader)) return;
    this.#read(LAST_SLICE_MS);
    this.#fenced(() => this.#reader?.interrupt());
  }

  /** Reads what is left and closes the reader, or gives up after `limitMs`. */
  async close(limitMs: number): Promise<void> {
    clearTimeout(this.#timer);
    this.#isClosed = true;
    if (this.#isOff || (this.#backlog.isEmpty && !this.#reader)) return;
    let giveUp: NodeJS.Timeout | undefined;
    const limit = new Promise<void>((resolve) => {
      giveUp = setTimeout(resolve, limitMs);
    });
    try {
      this.#read(limitMs / 2);
      // What there was no time for is missing, and the record says so.
      this.#backlog.forgetRest();
      this.#tellForgotten();
      await Promise.race([this.#reader?.close(limitMs / 2), limit]);
    } catch {
      this.#failed();
    }
    clearTimeout(giveUp);
  }

  readonly #look = (): void => {
    this.#timer = undefined;
    if (this.#isClosed) return;
    const now = Date.now();
    const waited = now - this.#waitingSince;
    const leftMs = this.#quietMs() - (now - this.#lastPassedAt);
    const isQuiet = leftMs <= 1;
    const isTime = isQuiet || waited >= LATEST_MS;
    if (isTime) this.#slice();
    this.#isWaiting = !this.#isOff && !(this.#backlog.isEmpty && this.#reader);
    if (!this.#isWaiting) this.#fenced(() => this.#reader?.rest());
    else if (isTime && (isQuiet || ++this.#slices % SLICES_PER_TURN > 0)) setImmediate(this.#look);
    else this.#timer = setTimeout(this.#look, isQuiet ? QUIET_MS : Math.min(leftMs, QUIET_MS));
  };

  #quietMs(): number {
    if (this.#reader) return QUIET_MS;
    return this.#hasReply ? LOADING_QUIET_MS : this.#bootQuietMs;
  }

  /** What is done at once: bytes that come meanwhile pass before the next. */
  #slice(): void {
    if (this.#reader) this.#read(SLICE_MS);
    else this.#fenced(() => this.#loadNext());
  }

  #loadNext(): void {
    this.#loading ??= this.#load();
    const step = this.#loading.next();
    if (step.done) this.#reader = step.value;
    else this.#bootQuietMs = step.value;
  }

  #read(limitMs: number): void {
    this.#fenced(() => {
      while (!this.#reader) this.#loadNext();
      const until = performance.now() + limitMs;
      const reader = this.#reader;
      const accept = (item: Item) => reader.accept(item);
      while (!this.#backlog.isEmpty) {
        this.#backlog.read(accept);
        if (performance.now() > until) break;
      }
      this.#tellForgotten();
    });
  }

  #tellForgotten(): void {
    const forgotten = this.#backlog.takeForgotten();
    if (forgotten > 0) this.#reader?.forgot(forgotten);
  }

  #fenced(work: () => void): void {
    try {
      work();
    } catch {
      this.#failed();
    }
  }

  /** The first failure is told; code that failed is not asked again. */
  #failed(): void {
    if (this.#isOff) return;
    this.#isOff = true;
    this.#reader = undefined;
    say("not recording any more: the recorder failed, traffic goes on");
    this.#onFailure();
  }
}
