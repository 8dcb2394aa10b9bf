/** Logs in memory as submissions see them, and witnesses that answer as a test says. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { parseNote } from "@caum/core/verify";
import { toHex } from "@caum/core/verify/rules";
import type { WitnessedLog, WitnessedLogs } from "../../src/head-log/witnessed-log.ts";
import { type SubmissionParts, Submissions } from "../../src/submission/submissions.ts";
import type { SubmissionEvent } from "../../src/submission/witness-lane.ts";
import { witnessPlaces } from "../../src/submission/witness-settings.ts";
import type { GrownLog } from "../witness/grown-log.ts";

/** A log whose checkpoints are kept with the lines under them. */
export class KeptLog implements WitnessedLog {
  readonly log: GrownLog;
  readonly kept = new Map<number, readonly string[]>();

  constructor(log: GrownLog) {
    this.log = log;
  }

  get origin(): string {
    return this.log.origin;
  }

  async latest() {
    return this.log.size === 0 ? undefined : { size: this.log.size, note: this.log.note() };
  }

  async consistency(from: number, to: number): Promise<Uint8Array[]> {
    return this.log.proof(from, to).map((hash) => Buffer.from(hash, "hex"));
  }

  async cosignedBy(cosigners: readonly string[]): Promise<number> {
    const sizes = [...this.kept].flatMap(([size, lines]) => {
      const { signatures } = parseNote(Buffer.from(`x\n\n${lines.join("\n")}\n`));
      const isOf = signatures.some(({ name, keyId }) => cosigners.includes(`${name} ${keyId}`));
      return isOf ? [size] : [];
    });
    return Math.max(0, ...sizes);
  }

  async keep(size: number, lines: readonly string[]): Promise<void> {
    this.kept.set(size, [...(this.kept.get(size) ?? []), ...lines]);
  }

  /** The lines under the newest checkpoint. */
  get newest(): readonly string[] {
    return this.kept.get(this.log.size) ?? [];
  }
}

export const logsOf = (...logs: readonly KeptLog[]): WitnessedLogs => ({
  changedSince: async () => logs,
});

export interface Submitting {
  readonly submissions: Submissions;
  readonly events: SubmissionEvent[];
  readonly failures: Error[];
}

const started: Submissions[] = [];

export function submitting(
  logs: readonly KeptLog[],
  witnesses: readonly string[],
  more: Partial<SubmissionParts> = {},
): Submitting {
  const events: SubmissionEvent[] = [];
  const failures: Error[] = [];
  const submissions = new Submissions({
    logs: logsOf(...logs),
    witnesses: witnessPlaces(witnesses),
    lease: async () => true,
    clock: Date.now,
    uptime: () => performance.now(),
    onEvent: (event) => events.push(event),
    onFailure: (failure) => failures.push(failure),
    ...more,
    timing: { pollMs: 5, paceMs: 20, firstWaitMs: 40, mostWaitMs: 80, ...more.timing },
  });
  submissions.start();
  started.push(submissions);
  return { submissions, events, failures };
}

/** A server that answers as told; what it was asked is noted. */
export class FakeWitness {
  readonly bodies: string[] = [];
  readonly times: number[] = [];
  connections = 0;
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
  }

  static async start(
    answer: (body: string, response: ServerResponse, request: IncomingMessage) => void,
  ): Promise<FakeWitness> {
    const server = createServer((request, response) => {
      let body = "";
      request.setEncoding("utf8");
      request.on("data", (part) => (body += part));
      request.on("end", () => {
        fake.times.push(performance.now());
        fake.bodies.push(body);
        answer(body, response, request);
      });
    });
    const fake = new FakeWitness(server);
    server.on("connection", () => (fake.connections += 1));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    fakes.push(fake);
    return fake;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  stop(): Promise<void> {
    this.#server.closeAllConnections();
    return new Promise((resolve) => this.#server.close(() => resolve()));
  }
}

const fakes: FakeWitness[] = [];

export async function stopAll(): Promise<void> {
  for (const submissions of started.splice(0)) await submissions.stop();
  for (const fake of fakes.splice(0)) await fake.stop();
}

/** Resolves when it holds. */
export async function until(holds: () => boolean | Promise<boolean>, what: string): Promise<void> {
  const giveUpAt = performance.now() + 20_000;
  while (!(await holds())) {
    if (performance.now() > giveUpAt) throw new Error(`never: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

export const oldIn = (body: string): number => Number(/^old (\d+)\n/.exec(body)?.[1]);
export const hexOf = toHex;
