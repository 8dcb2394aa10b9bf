/** Measures the collector against its floors in one run; `npm run bench:collector`. */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bareSqlite } from "./bare-sqlite.ts";
import { eventBody, runBatches } from "./bodies.ts";
import { type LoadResult, load, percentile, type Target } from "./load.ts";

const root = join(import.meta.dirname, "../..");
const CONNECTIONS = 64;
const EVENTS = 40_000;
const SESSIONS = 200;
const RUNS = 8;
const BATCHES = 60;
const LINES = 100;

interface Started {
  readonly child: ChildProcess;
  readonly ready: { readonly url: string; readonly apiKey?: string };
}

const folder = mkdtempSync(join(tmpdir(), "caum-bench-"));
try {
  await main();
} finally {
  rmSync(folder, { recursive: true, force: true });
}

async function main(): Promise<void> {
  const spawned = performance.now();
  const collector = await start([
    "packages/cli/dist/main.js",
    "up",
    "--json",
    "--port",
    "0",
    "--rate-limit",
    "0",
    "--data",
    join(folder, "data"),
  ]);
  const target = targetOf(collector, "/v1/events", "application/json");
  await load({ target, connections: 1, nextBody: once(eventBody(0, 1)) });
  const firstAckMs = performance.now() - spawned;
  const bare = await start(["bench/collector/bare-server.ts"]);
  const bareTarget = targetOf(bare, "/", "application/json");
  print("first ack", `${firstAckMs.toFixed(0)} ms after the command (hold: 1,000)`);

  const floors: number[] = [];
  const singles: LoadResult[] = [];
  for (let round = 0; round < 3; round++) {
    floors.push(
      rate(await load({ target: bareTarget, connections: CONNECTIONS, nextBody: events(EVENTS) })),
    );
    singles.push(await load({ target, connections: CONNECTIONS, nextBody: events(EVENTS) }));
  }
  const single = Math.max(...singles.map(rate));
  print("bare node:http", `${Math.round(Math.max(...floors))} requests/s`);
  print(
    "one per request",
    `${Math.round(single)} durable events/s, median ${Math.round(median(singles.map(rate)))} (hold: 5,000)`,
  );
  check(singles, 202);

  const batches = await lines(collector);
  print("NDJSON of 100", `${Math.round(batches)} durable events/s (hold: 20,000)`);
  print("bare SQLite", `${Math.round(bareSqlite(folder, 64_000, 64))} rows/s in groups of 64`);

  const half = await load({
    target,
    connections: CONNECTIONS,
    nextBody: events(Math.round(single)),
    perSecond: single / 2,
  });
  print(
    "ack at half rate",
    `p50 ${percentile(half.latencies, 0.5).toFixed(2)} ms, p99 ${percentile(half.latencies, 0.99).toFixed(2)} ms (hold: p50 5)`,
  );
  print("memory", `${peakMegabytes(collector.child)} MB at most (hold: 256)`);
  collector.child.kill("SIGTERM");
  bare.child.kill("SIGTERM");
}

async function lines(collector: Started): Promise<number> {
  const runs = Array.from({ length: RUNS }, () => runBatches(BATCHES, LINES));
  const started = performance.now();
  const results = await Promise.all(
    runs.map(({ runId, bodies }) => {
      let at = 0;
      const target = targetOf(collector, `/v1/runs/${runId}/records`, "application/x-ndjson");
      return load({ target, connections: 1, nextBody: () => bodies[at++] });
    }),
  );
  check(results, 200);
  return (RUNS * BATCHES * LINES) / ((performance.now() - started) / 1_000);
}

function start(args: readonly string[]): Promise<Started> {
  const child = spawn(process.execPath, [...args], {
    cwd: root,
    stdio: ["ignore", "pipe", "inherit"],
    env: { ...process.env, CAUM_HOME: join(folder, "home") },
  });
  return new Promise((resolve, reject) => {
    let text = "";
    child.once("exit", (code) => reject(new Error(`it ended with ${code}`)));
    child.stdout.on("data", (chunk: Buffer) => {
      text += chunk.toString("utf8");
      if (text.includes("\n")) resolve({ child, ready: JSON.parse(text) });
    });
  });
}

function targetOf({ ready }: Started, path: string, type: string): Target {
  const { hostname, port } = new URL(ready.url);
  const headers = { "Content-Type": type, Authorization: `Bearer ${ready.apiKey ?? "none"}` };
  return { host: hostname, port: Number(port), path, headers };
}

function events(count: number): () => string | undefined {
  let at = 0;
  return () => (at < count ? eventBody(at++, SESSIONS) : undefined);
}

function once(body: string): () => string | undefined {
  const bodies = [body];
  return () => bodies.pop();
}

function rate({ requests, seconds }: LoadResult): number {
  return requests / seconds;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}

function check(results: readonly LoadResult[], status: number): void {
  for (const { statuses, requests } of results) {
    if (statuses.get(status) !== requests) throw new Error(`not all answers were ${status}`);
  }
}

/** The most that a child ever held, where the system tells. */
function peakMegabytes({ pid }: ChildProcess): number {
  try {
    const status = readFileSync(`/proc/${pid}/status`, "utf8");
    return Math.round(Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1]) / 1_024);
  } catch {
    return Number.NaN;
  }
}

function print(what: string, figure: string): void {
  console.log(`${what.padEnd(18)}${figure}`);
}
