/** A raw client: sends calls as lines and finds the ends of the answers, without parsing them. */
import { type ChildProcess, spawn } from "node:child_process";

const NEWLINE = 0x0a;

export class StdioClient {
  readonly child: ChildProcess;
  #nextId = 0;
  #answered: () => void = () => {};

  constructor(command: readonly string[]) {
    const [file = "", ...words] = command;
    this.child = spawn(file, words, { stdio: ["pipe", "pipe", "ignore"] });
    this.child.stdout?.on("data", (chunk: Buffer) => {
      for (let at = chunk.indexOf(NEWLINE); at >= 0; at = chunk.indexOf(NEWLINE, at + 1)) {
        this.#answered();
      }
    });
  }

  /** Sends one call and resolves when its answer is there. */
  call(argument = "", replyBytes = 2): Promise<void> {
    return new Promise((resolve) => {
      this.#answered = resolve;
      this.#send(argument, replyBytes);
    });
  }

  /** Keeps `inFlight` calls under way until `count` are answered. */
  flood(count: number, inFlight: number, argument = "", replyBytes = 2): Promise<void> {
    return new Promise((resolve) => {
      let sent = Math.min(inFlight, count);
      let done = 0;
      this.#answered = () => {
        done++;
        if (sent < count) {
          sent++;
          this.#send(argument, replyBytes);
        }
        if (done === count) resolve();
      };
      for (let index = 0; index < sent; index++) this.#send(argument, replyBytes);
    });
  }

  async close(): Promise<void> {
    const ended = new Promise((resolve) => this.child.once("close", resolve));
    this.child.stdin?.end();
    await ended;
  }

  #send(argument: string, replyBytes: number): void {
    const id = ++this.#nextId;
    this.child.stdin?.write(
      `{"method":"tools/call","params":{"name":"get_x","reply":${replyBytes},"arguments":{"n":${id},"text":"${argument}"}},"jsonrpc":"2.0","id":${id}}\n`,
    );
  }
}
