/** Somebody who runs a collector and a witness for others, as processes with one home. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";

const MAIN = join(import.meta.dirname, "../src/main.ts");

/** A process that said that it is ready, and what it said. */
interface Started {
  readonly child: ChildProcess;
  readonly told: Readonly<Record<string, string>>;
}

export class Operator {
  readonly home = mkdtempSync(join(tmpdir(), "caum-operator-"));
  /** What the collector wrote to its log. */
  log = "";
  #up: Started | undefined;
  #witness: Started | undefined;
  /** The address of the witness stays, so that collectors find it again. */
  #witnessPort = "0";
  /** What its witness said last, also when it is not there. */
  #witnessTold: Started["told"] = {};

  /** @param more words behind `caum up` */
  async up(...more: readonly string[]): Promise<void> {
    this.#up = await this.#start("up", "--port", "0", "--show-keys", "--no-desktop", ...more);
    this.#up.child.stderr?.on("data", (chunk) => (this.log += chunk));
  }

  /** @param vkeys of the collectors whose logs it witnesses */
  async witness(...vkeys: readonly string[]): Promise<void> {
    const logs = vkeys.flatMap((vkey) => ["--log", vkey]);
    this.#witness = await this.#start("witness", "--port", this.#witnessPort, ...logs);
    this.#witnessTold = this.#witness.told;
    this.#witnessPort = new URL(this.witnessUrl).port;
  }

  stop(which: "up" | "witness", signal: NodeJS.Signals = "SIGTERM"): Promise<number | null> {
    const started = which === "up" ? this.#up : this.#witness;
    if (which === "up") this.#up = undefined;
    else this.#witness = undefined;
    return end(started, signal);
  }

  /** Makes the witness answer nothing, or answer again. */
  signalWitness(signal: "SIGSTOP" | "SIGCONT"): void {
    this.#witness?.child.kill(signal);
  }

  get verifierKey(): string {
    return this.#up?.told.verifierKey ?? "";
  }

  get witnessKey(): string {
    return this.#witnessTold.verifierKey ?? "";
  }

  get witnessUrl(): string {
    return this.#witnessTold.url ?? "";
  }

  /** What another operator's collector is told of this witness. */
  get setting(): string {
    return `${this.witnessUrl}=${this.witnessKey}`;
  }

  get url(): string {
    return this.#up?.told.url ?? "";
  }

  get headers(): Readonly<Record<string, string>> {
    const authorization = `Bearer ${this.#up?.told.apiKey}`;
    return { authorization, "content-type": "application/json" };
  }

  async get(path: string): Promise<Response> {
    return fetch(`${this.url}${path}`, { headers: this.headers });
  }

  async record(session: string): Promise<number> {
    const body = JSON.stringify({ session_id: session, step: 1, tool: "bash" });
    const { headers, url } = this;
    return (await fetch(`${url}/v1/step`, { method: "POST", headers, body })).status;
  }

  async dispose(): Promise<void> {
    this.signalWitness("SIGCONT");
    await Promise.all([this.stop("up", "SIGKILL"), this.stop("witness", "SIGKILL")]);
    rmSync(this.home, { recursive: true, force: true });
  }

  async #start(...words: readonly string[]): Promise<Started> {
    const child = spawn(
      process.execPath,
      ["--conditions=@caum/source", "--no-warnings", MAIN, ...words, "--json"],
      {
        env: { ...process.env, CAUM_HOME: this.home, CAUM_API_KEY: "", CAUM_URL: "", CI: "1" },
        stdio: ["ignore", "pipe", "pipe"],
      },
    );
    const lines = createInterface({ input: child.stdout });
    const { value } = await lines[Symbol.asyncIterator]().next();
    return { child, told: JSON.parse(String(value)) };
  }
}

async function end(started: Started | undefined, signal: NodeJS.Signals): Promise<number | null> {
  if (started === undefined || started.child.exitCode !== null) return null;
  const ended = once(started.child, "exit");
  started.child.kill(signal);
  return (await ended)[0];
}
