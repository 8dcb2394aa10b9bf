/** Told of the bytes of a body as their reader gets them. Must not throw and must not keep them. */
export interface BodyTap {
  onChunk(chunk: Uint8Array): void;
  /** The body was read to its end. */
  onEnd(): void;
  /** The reader gave up before the end. */
  onCancel(): void;
  /** The connection failed. */
  onError(): void;
}

/** One body may be read through several copies of it: the tap sees those of whichever is first. */
export class TapLeader {
  readonly #tap: BodyTap;
  #first: symbol | undefined;

  constructor(tap: BodyTap) {
    this.#tap = tap;
  }

  /** A tap for one of the copies. */
  follow(): BodyTap {
    const self = Symbol("reader");
    const isFirst = () => {
      this.#first ??= self;
      return this.#first === self;
    };
    let isOver = false;
    // A body ends once, though a failure reaches every promise that waits for it.
    const end = (tell: () => void) => {
      if (isOver || !isFirst()) return;
      isOver = true;
      tell();
    };
    return {
      onChunk: (chunk) => isFirst() && this.#tap.onChunk(chunk),
      onEnd: () => end(() => this.#tap.onEnd()),
      onError: () => end(() => this.#tap.onError()),
      onCancel: () => end(() => this.#tap.onCancel()),
    };
  }
}
