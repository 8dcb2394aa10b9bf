/** One line on the terminal that says how far a long work is; nothing where nobody looks. */
import { Transform } from "node:stream";
import { printable } from "./printable.ts";

const EVERY_MS = 100;
const WIDTH = 80;

interface Screen {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

export class Progress {
  readonly #screen: Screen;
  readonly #isSeen: boolean;
  #shownAt = 0;
  #isShown = false;

  constructor(screen: Screen = process.stderr, env: NodeJS.ProcessEnv = process.env) {
    this.#screen = screen;
    // Logs of a build keep every line that was meant to be written over.
    this.#isSeen = screen.isTTY === true && !env.CI && env.TERM !== "dumb";
  }

  /** Written over by what is told next. */
  show(text: string, now: number = Date.now()): void {
    if (!this.#isSeen || now - this.#shownAt < EVERY_MS) return;
    this.#shownAt = now;
    this.#isShown = true;
    const width = (this.#screen.columns ?? WIDTH) - 1;
    this.#screen.write(`\r\x1b[K${printable(text, width)}`);
  }

  /** Before anything else is printed. */
  clear(): void {
    if (this.#isShown) this.#screen.write("\r\x1b[K");
    this.#isShown = false;
    this.#shownAt = 0;
  }

  /** Passes bytes on and shows how many there were. */
  bytes(describe: (size: string) => string): Transform {
    let count = 0;
    return new Transform({
      transform: (part: Buffer, _encoding, done) => {
        count += part.length;
        this.show(describe(`${(count / 1_000_000).toFixed(1)} MB`));
        done(null, part);
      },
    });
  }
}
