import type { HistoryEvent } from "./history.ts";

type Stream = AsyncIterable<readonly HistoryEvent[]>;

/** Several agents of a session at once, each in a stream of its own, as one stream by time. */
export async function* mergeByTime(
  streams: readonly Stream[],
): AsyncGenerator<readonly HistoryEvent[]> {
  const [only] = streams;
  if (only !== undefined && streams.length === 1) return yield* only;
  const cursors: Cursor[] = [];
  for (const stream of streams) {
    const cursor = new Cursor(stream);
    if (await cursor.fill()) cursors.push(cursor);
  }
  while (cursors.length > 1) {
    const batch: HistoryEvent[] = [];
    const spent = takeInOrder(cursors, batch);
    yield batch;
    if (!(await spent.fill())) cursors.splice(cursors.indexOf(spent), 1);
  }
  const [last] = cursors;
  if (last !== undefined) yield* last.rest();
}

/** Moves the earliest events into the batch until one of the cursors is empty: that one. */
function takeInOrder(cursors: readonly Cursor[], batch: HistoryEvent[]): Cursor {
  for (;;) {
    // There are at least two.
    let earliest = cursors[0] as Cursor;
    for (const cursor of cursors) if (cursor.atMs < earliest.atMs) earliest = cursor;
    batch.push(earliest.next());
    if (earliest.isEmpty) return earliest;
  }
}

class Cursor {
  readonly #batches: AsyncIterator<readonly HistoryEvent[]>;
  #batch: readonly HistoryEvent[] = [];
  #at = 0;
  /** Of an event without a time, the one before it. */
  #atMs = 0;

  constructor(stream: Stream) {
    this.#batches = stream[Symbol.asyncIterator]();
  }

  get isEmpty(): boolean {
    return this.#at >= this.#batch.length;
  }

  get atMs(): number {
    return this.#atMs;
  }

  /** @returns false when there is nothing more */
  async fill(): Promise<boolean> {
    while (this.isEmpty) {
      const next = await this.#batches.next();
      if (next.done) return false;
      this.#batch = next.value;
      this.#at = 0;
    }
    this.#look();
    return true;
  }

  next(): HistoryEvent {
    // Called only where one is left.
    const event = this.#batch[this.#at] as HistoryEvent;
    this.#at += 1;
    this.#look();
    return event;
  }

  async *rest(): AsyncGenerator<readonly HistoryEvent[]> {
    yield this.#batch.slice(this.#at);
    for (let next = await this.#batches.next(); !next.done; next = await this.#batches.next()) {
      yield next.value;
    }
  }

  #look(): void {
    this.#atMs = Math.max(this.#atMs, this.#batch[this.#at]?.atMs ?? 0);
  }
}
