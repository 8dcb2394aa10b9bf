/**
 * The collector of this checkout and of another one, in turns: each round starts both anew, on a
 * folder or a database of its own.
 */
import { randomBytes } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Signer } from "@caum/core/collector";
import { markdown } from "../mcp-proxy/statistics.ts";
import { eventBody, runBatches } from "./bodies.ts";
import { load, percentile } from "./load.ts";
import { processorSeconds } from "./processor-time.ts";
import { check, median, type Started, start, targetOf } from "./programs.ts";

const RUNS = 8;
const LINES = 100;
/**
 * Batches of each run; the first ones warm the program up and are not measured. A collector runs for
 * weeks: over its first two seconds, what V8 compiles is a third of what it does.
 */
const BATCHES = 180;
const WARM_BATCHES = 20;
const CONNECTIONS = 64;
const SESSIONS = 200;
const EVENTS = 50_000;
const WARM_EVENTS = 10_000;

const THIS_CHECKOUT = join(import.meta.dirname, "../..");

/** Figures of one start, by the name of their row. */
type Figures = ReadonlyMap<string, number>;

export interface Against {
  /** The other checkout, built. */
  readonly other: string;
  readonly rounds: number;
  /** Makes the URL of a database without tables; folders are used without it. */
  readonly emptyDatabase?: () => Promise<string>;
}

/** @returns a table of both with their ratios */
export async function measureAgainst(against: Against): Promise<string> {
  const { other, rounds, emptyDatabase } = against;
  const ours: Figures[] = [];
  const theirs: Figures[] = [];
  const turns = [
    { checkout: THIS_CHECKOUT, figures: ours },
    { checkout: other, figures: theirs },
  ];
  for (let round = 0; round < rounds; round++) {
    // Who comes first alternates, too.
    for (const { checkout, figures } of round % 2 === 0 ? turns : turns.toReversed()) {
      figures.push(await figuresOf(checkout, await emptyDatabase?.()));
    }
  }
  const names = [...(ours[0]?.keys() ?? [])];
  const head = ["median (least to most)", "this checkout", "the other", "ratio"];
  return markdown(
    head,
    names.map((name) => {
      const [here, there] = [valuesOf(ours, name), valuesOf(theirs, name)];
      const ratio = median(here) / median(there);
      return [name, rangeOf(here), rangeOf(there), ratio.toFixed(2)];
    }),
  );
}

function valuesOf(figures: readonly Figures[], name: string): readonly number[] {
  return figures.map((one) => one.get(name) ?? Number.NaN);
}

function rangeOf(values: readonly number[]): string {
  const text = (value: number) => (value < 100 ? value.toFixed(1) : String(Math.round(value)));
  return `${text(median(values))} (${text(Math.min(...values))} to ${text(Math.max(...values))})`;
}

async function figuresOf(checkout: string, database: string | undefined): Promise<Figures> {
  const folder = mkdtempSync(join(tmpdir(), "caum-against-"));
  const place =
    database === undefined ? ["--data", join(folder, "data")] : ["--database", database];
  const keys = { CAUM_SIGNING_KEY: Signer.format("bench", randomBytes(32)) };
  const env = { CAUM_HOME: join(folder, "home"), ...(database !== undefined && keys) };
  const options = ["--json", "--port", "0", "--rate-limit", "0", "--no-open", "--show-keys"];
  const main = ["packages/cli/dist/main.js", "up", ...options, ...place];
  const collector = await start(main, env, checkout);
  try {
    return await measure(collector);
  } finally {
    const { child } = collector;
    const ended = new Promise((resolve) => child.once("exit", resolve));
    child.kill("SIGTERM");
    await ended;
    rmSync(folder, { recursive: true, force: true });
  }
}

async function measure(collector: Started): Promise<Figures> {
  const pid = collector.child.pid ?? 0;
  const lines = await timed(pid, await lineLoad(collector, BATCHES, WARM_BATCHES));
  const memory = peakMegabytes(pid);
  const target = targetOf(collector, "/v1/events", "application/json");
  await post(target, WARM_EVENTS)();
  const single = await timed(pid, post(target, EVENTS));
  return new Map([
    ["NDJSON of 100, events/s", lines.perSecond],
    ["NDJSON, processor time of the collector, us an event", lines.processorUs],
    ["one a request, events/s", single.perSecond],
    ["one a request, processor time of the collector, us an event", single.processorUs],
    ["one a request, p99 ms", single.p99],
    ["most memory after NDJSON, MB", memory],
    ["most memory, MB", peakMegabytes(pid)],
  ]);
}

/** Sends what was made before, and tells how many events that were. */
type Sending = () => Promise<{ readonly events: number; readonly p99: number }>;

async function timed(pid: number, send: Sending) {
  const before = processorSeconds(pid);
  const started = performance.now();
  const { events, p99 } = await send();
  const seconds = (performance.now() - started) / 1_000;
  const processorUs = ((processorSeconds(pid) - before) / events) * 1e6;
  return { perSecond: events / seconds, processorUs, p99 };
}

async function lineLoad(collector: Started, batches: number, warm: number): Promise<Sending> {
  const runs = Array.from({ length: RUNS }, () => runBatches(batches + warm, LINES));
  const send = async (from: number, to: number) => {
    const results = await Promise.all(
      runs.map(({ runId, bodies }) => {
        let at = from;
        const nextBody = () => (at < to ? bodies[at++] : undefined);
        const path = `/v1/runs/${runId}/records`;
        const target = targetOf(collector, path, "application/x-ndjson");
        return load({ target, connections: 1, nextBody });
      }),
    );
    check(results, 200);
    const slowest = results.map(({ latencies }) => percentile(latencies, 0.99));
    return { events: RUNS * (to - from) * LINES, p99: Math.max(...slowest) };
  };
  await send(0, warm);
  return () => send(warm, warm + batches);
}

function post(target: ReturnType<typeof targetOf>, events: number): Sending {
  // Made before the clock runs: the sender shares the processors with the collector.
  const bodies = Array.from({ length: events }, (_, at) => eventBody(at, SESSIONS));
  return async () => {
    let at = 0;
    const result = await load({ target, connections: CONNECTIONS, nextBody: () => bodies[at++] });
    check([result], 202);
    return { events, p99: percentile(result.latencies, 0.99) };
  };
}

/** The most that a process ever held, where the system tells. */
export function peakMegabytes(pid: number): number {
  try {
    const status = readFileSync(`/proc/${pid}/status`, "utf8");
    return Math.round(Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1]) / 1_024);
  } catch {
    return Number.NaN;
  }
}
