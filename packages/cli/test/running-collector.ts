/** `caum up` in a temporary home, as a process of its own. */
import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import type { TemporaryHome } from "./install/temporary-home.ts";

const MAIN = fileURLToPath(new URL("../src/main.ts", import.meta.url));

export class RunningCollector {
  readonly url: string;
  readonly apiKey: string;
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess, url: string, apiKey: string) {
    this.#child = child;
    this.url = url;
    this.apiKey = apiKey;
  }

  static async start(
    machine: TemporaryHome,
    port = "0",
    more: readonly string[] = [],
    env: Readonly<Record<string, string>> = {},
  ): Promise<RunningCollector> {
    const words = ["up", "--port", port, "--json", "--show-keys", ...more];
    const child = spawn(
      process.execPath,
      ["--conditions=@caum/source", "--no-warnings", MAIN, ...words],
      { env: { ...machine.env, ...env }, stdio: ["ignore", "pipe", "inherit"] },
    );
    const lines = createInterface({ input: child.stdout });
    const { value } = await lines[Symbol.asyncIterator]().next();
    const { url, apiKey } = JSON.parse(String(value));
    return new RunningCollector(child, url, apiKey);
  }

  /** Resolves when a session that was recorded before is there. */
  async adopted(sessionId: string): Promise<void> {
    const headers = { authorization: `Bearer ${this.apiKey}` };
    for (let attempt = 0; attempt < 500; attempt++) {
      const answer = await fetch(`${this.url}/v1/session/${sessionId}?limit=1`, { headers });
      // The collector checks its answers against the schema of the door.
      const found = (await answer.json()) as { session?: { ended: boolean } };
      if (found.session?.ended) return;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    throw new Error("the session was not taken over");
  }

  get port(): string {
    return new URL(this.url).port;
  }

  get flags(): readonly string[] {
    return ["--url", this.url, "--key", this.apiKey];
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode !== null) return;
    const ended = new Promise((resolve) => this.#child.on("exit", resolve));
    this.#child.kill("SIGTERM");
    await ended;
  }
}
