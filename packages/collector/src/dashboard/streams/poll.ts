/** One look at the store for all pages that show the same thing, for as long as one of them does. */

/** An event is on the screen within 250 ms of its ack; the rest of that time is the page's. */
const EVERY_MS = 100;

type Viewer<Found> = (found: Found) => Promise<void>;

class Poll<Found> {
  readonly viewers = new Set<Viewer<Found>>();
  readonly #look: () => Promise<Found>;
  readonly #onFailure: (failure: Error) => void;
  readonly #timer: NodeJS.Timeout;
  #isLooking = false;

  constructor(look: () => Promise<Found>, onFailure: (failure: Error) => void) {
    this.#look = look;
    this.#onFailure = onFailure;
    this.#timer = setInterval(() => void this.run(), EVERY_MS);
  }

  async run(): Promise<void> {
    if (this.#isLooking) return;
    this.#isLooking = true;
    try {
      const found = await this.#look();
      await Promise.all([...this.viewers].map((viewer) => viewer(found)));
    } catch (failure) {
      this.#onFailure(failure instanceof Error ? failure : new Error("the store was not read"));
    } finally {
      this.#isLooking = false;
    }
  }

  stop(): void {
    clearInterval(this.#timer);
  }
}

export class Polls<Found> {
  readonly #polls = new Map<string, Poll<Found>>();
  readonly #onFailure: (failure: Error) => void;

  constructor(onFailure: (failure: Error) => void) {
    this.#onFailure = onFailure;
  }

  /**
   * Tells `viewer` what is found now and from time to time.
   *
   * @param start makes the look that everybody interested in `subject` shares
   * @returns ends the interest
   */
  join(subject: string, start: () => () => Promise<Found>, viewer: Viewer<Found>): () => void {
    const poll = this.#polls.get(subject) ?? new Poll(start(), this.#onFailure);
    this.#polls.set(subject, poll);
    poll.viewers.add(viewer);
    void poll.run();
    return () => {
      poll.viewers.delete(viewer);
      if (poll.viewers.size > 0) return;
      poll.stop();
      this.#polls.delete(subject);
    };
  }
}
