/** What was relayed over stdio and not looked at yet: in the path of the bytes it is only copied. */
import type { Backlog } from "./late-reader.ts";
import { type Line, LineFramer } from "./line-framer.ts";
import { LineLog } from "./line-log.ts";

export class TapQueue implements Backlog<Line> {
  readonly #log = new LineLog();
  readonly #requests = new LineFramer(true);
  readonly #replies = new LineFramer(false);

  get isEmpty(): boolean {
    return this.#log.isEmpty;
  }

  /** Keeps both ends of each line; `bytes` may be written over afterwards. */
  push(toServer: boolean, bytes: Buffer, time: number): void {
    const framer = toServer ? this.#requests : this.#replies;
    framer.feed(bytes, time, this.#add);
  }

  /** The next line in the order of arrival. */
  shift(): Line | undefined {
    return this.#log.shift();
  }

  takeForgotten(): number {
    return this.#log.takeForgotten();
  }

  readonly #add = (line: Line): void => {
    if (line.byteLength > 0) this.#log.add(line);
  };
}
