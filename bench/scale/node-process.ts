/** A node that is killed and started again on the same port. */
import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";

export interface NodePlace {
  readonly data: string;
  readonly database?: string;
  readonly skewMs: number;
  readonly env: Readonly<Record<string, string>>;
}

interface Ready {
  readonly url: string;
  readonly apiKey: string;
  readonly verifierKey: string;
}

const PROGRAM = join(import.meta.dirname, "node-program.ts");
const START_AGAIN_MS = 100;

export class NodeProcess {
  readonly ready: Ready;
  readonly #place: NodePlace;
  #child: ChildProcess;
  #isStopped = false;

  static async start(place: NodePlace): Promise<NodeProcess> {
    const { child, ready } = await launch(place, "0");
    return new NodeProcess(place, child, ready);
  }

  private constructor(place: NodePlace, child: ChildProcess, ready: Ready) {
    this.#place = place;
    this.#child = child;
    this.ready = ready;
  }

  /** Without a word, whatever is under way; resolves when it serves again. */
  async killAndRestart(): Promise<void> {
    const ended = new Promise((resolve) => this.#child.once("exit", resolve));
    this.#child.kill("SIGKILL");
    await ended;
    const { port } = new URL(this.ready.url);
    while (!this.#isStopped) {
      try {
        this.#child = (await launch(this.#place, port)).child;
        return;
      } catch {
        // The database may be gone at the same time.
        await new Promise((resolve) => setTimeout(resolve, START_AGAIN_MS));
      }
    }
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const ended = new Promise((resolve) => this.#child.once("exit", resolve));
    this.#child.kill("SIGTERM");
    await ended;
  }
}

function launch(
  { data, database, skewMs, env }: NodePlace,
  port: string,
): Promise<{ readonly child: ChildProcess; readonly ready: Ready }> {
  const child = spawn(process.execPath, ["--conditions=@caum/source", PROGRAM], {
    stdio: ["ignore", "pipe", "ignore"],
    env: {
      ...process.env,
      ...env,
      SCALE_DATA: data,
      SCALE_PORT: port,
      SCALE_SKEW_MS: String(skewMs),
      ...(database !== undefined && { SCALE_DATABASE: database }),
    },
  });
  const killWithUs = () => child.kill("SIGKILL");
  process.once("exit", killWithUs);
  child.once("exit", () => process.off("exit", killWithUs));
  return new Promise((resolve, reject) => {
    let text = "";
    child.once("exit", (code) => reject(new Error(`a node ended with ${code}`)));
    child.stdout.on("data", (bytes: Buffer) => {
      text += bytes.toString("utf8");
      if (text.includes("\n")) resolve({ child, ready: JSON.parse(text) });
    });
  });
}
