/** The smallest client that can ask an MCP server something over stdio. */
import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { VERSION } from "../options/version.ts";

export interface ServerCommand {
  readonly words: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd?: string | undefined;
}

export interface Answer {
  readonly result?: unknown;
  readonly error?: unknown;
}

/** What a server may take to end once its client is gone. */
const END_WITHIN_MS = 2_000;
const PROTOCOL_VERSION = "2025-11-25";

export class McpClient {
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #waiting = new Map<number, (answer: Answer) => void>();
  readonly #failed: Promise<never>;
  readonly #timeoutMs: number;
  #nextId = 1;

  constructor({ words, env, cwd }: ServerCommand, timeoutMs: number) {
    const [program = "", ...args] = words;
    this.#timeoutMs = timeoutMs;
    this.#child = spawn(program, args, { env: { ...env }, cwd, windowsHide: true });
    this.#child.stderr.resume();
    this.#child.stdin.on("error", () => undefined);
    createInterface({ input: this.#child.stdout }).on("line", (line) => this.#accept(line));
    this.#failed = new Promise((_resolve, reject) => {
      this.#child.on("error", (problem) =>
        reject(new Error(`cannot be started: ${problem.message}`)),
      );
      this.#child.on("exit", (code) => reject(new Error(`ended by itself (exit code ${code})`)));
    });
    this.#failed.catch(() => undefined);
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** Greets the server; the answer is what it says of itself. */
  async open(clientName: string): Promise<Answer> {
    const clientInfo = { name: clientName, version: VERSION };
    const params = { protocolVersion: PROTOCOL_VERSION, capabilities: {}, clientInfo };
    const answer = await this.ask("initialize", params);
    this.#send({ jsonrpc: "2.0", method: "notifications/initialized" });
    return answer;
  }

  /** @throws {Error} when the server fails, or does not answer in time */
  async ask(method: string, params: object = {}): Promise<Answer> {
    const id = this.#nextId++;
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_resolve, reject) => {
      const text = `did not answer ${method} within ${this.#timeoutMs / 1_000} s`;
      timer = setTimeout(() => reject(new Error(text)), this.#timeoutMs);
    });
    const answered = new Promise<Answer>((resolve) => this.#waiting.set(id, resolve));
    this.#send({ jsonrpc: "2.0", id, method, params });
    try {
      return await Promise.race([answered, late, this.#failed]);
    } finally {
      clearTimeout(timer);
    }
  }

  /** Goes away as clients do; a server that stays is ended. */
  async close(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.pid === undefined) return;
    const ended = new Promise((resolve) => this.#child.on("exit", resolve));
    this.#child.stdin.end();
    const timer = setTimeout(() => this.#child.kill("SIGKILL"), END_WITHIN_MS);
    await ended;
    clearTimeout(timer);
  }

  #send(message: object): void {
    this.#child.stdin.write(`${JSON.stringify(message)}\n`);
  }

  #accept(line: string): void {
    try {
      const { id, result, error, method } = JSON.parse(line);
      // What the server asks of us, and its notifications, have a method.
      if (method !== undefined) return;
      this.#waiting.get(id)?.({ result, error });
      this.#waiting.delete(id);
    } catch {
      // Some servers print what is no message; clients pass over it.
    }
  }
}
