/**
 * Has what passed read when nobody waits: the reading code is loaded after the first reply, works
 * some 20 ms after the bytes passed and in short slices, and whatever it throws ends here.
 */
import { say } from "../say.ts";

/** A relay that is silent this long has nobody waiting. */
const QUIET_MS = 20;
/** Under steady traffic there is a slice all the same, after this long. */
const LATEST_MS = 500;
/** The reading code is loaded after the first reply; a server that keeps silent is given up on. */
const WITHOUT_REPLY_MS = 1_000;
/** One slice of reading; an agent that calls just then waits this long at most. */
const SLICE_MS = 8;
/** What reading may take when the process may be killed any moment. */
const LAST_SLICE_MS = 20;
/** While nobody waits, slices follow each other; new traffic comes in between. */
const BETWEEN_SLICES_MS = 1;
/** Items read between two looks at the clock. */
const ITEMS_PER_LOOK = 4;

/** What was relayed and not read yet. */
export interface Backlog<Item> {
  readonly isEmpty: boolean;
  shift(): Item | undefined;
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

export class LateReader<Item> {
  readonly #backlog: Backlog<Item>;
  readonly #load: () => Reader<Item>;
  readonly #onFailure: () => void;
  #reader: Reader<Item> | undefined;
  #timer: NodeJS.Timeout | undefined;
  #hasReply = false;
  #isOff = false;
  #lastPassedAt = 0;
  #waitingSince = 0;

  /**
   * @param load loads the reading code; called once, and late
   * @param onFailure what else to do when nothing is read any more
   */
  constructor(backlog: Backlog<Item>, load: () => Reader<Item>, onFailure: () => void) {
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
    if (isReply) this.#hasReply = true;
    if (this.#timer !== undefined) return;
    this.#waitingSince = now;
    this.#timer = setTimeout(this.#look, QUIET_MS);
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
    if (this.#isOff || (this.#backlog.isEmpty && !this.#reader)) return;
    let giveUp: NodeJS.Timeout | undefined;
    const limit = new Promise<void>((resolve) => {
      giveUp = setTimeout(resolve, limitMs);
    });
    try {
      this.#read(limitMs / 2);
      // What there was no time for is missing, and the record says so.
      const unread = this.#countRest();
      if (unread > 0) this.#reader?.forgot(unread);
      await Promise.race([this.#reader?.close(limitMs / 2), limit]);
    } catch {
      this.#failed();
    }
    clearTimeout(giveUp);
  }

  readonly #look = (): void => {
    const now = Date.now();
    const waited = now - this.#waitingSince;
    const isQuiet = now - this.#lastPassedAt >= QUIET_MS - 1;
    const isTime = this.#hasReply ? isQuiet || waited >= LATEST_MS : waited >= WITHOUT_REPLY_MS;
    if (isTime) this.#read(SLICE_MS);
    const isDone = this.#isOff || this.#backlog.isEmpty;
    if (isDone && isTime) this.#fenced(() => this.#reader?.rest());
    const nextMs = isTime && isQuiet ? BETWEEN_SLICES_MS : QUIET_MS;
    this.#timer = isDone ? undefined : setTimeout(this.#look, nextMs);
  };

  #read(limitMs: number): void {
    this.#fenced(() => {
      this.#reader ??= this.#load();
      const until = performance.now() + limitMs;
      const backlog = this.#backlog;
      for (let item = backlog.shift(), count = 1; item; item = backlog.shift(), count++) {
        this.#reader.accept(item);
        if (count % ITEMS_PER_LOOK === 0 && performance.now() > until) break;
      }
      const forgotten = backlog.takeForgotten();
      if (forgotten > 0) this.#reader.forgot(forgotten);
    });
  }

  #countRest(): number {
    let count = 0;
    while (this.#backlog.shift()) count++;
    return count;
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
