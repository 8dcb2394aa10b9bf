/**
 * Measures the OpenTelemetry door against the NDJSON door in one run; `npm run bench:otlp`. Then 20
 * senders post 32 MiB each at once, and the most memory that the collector held is printed.
 */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runBatches } from "../collector/bodies.ts";
import { load } from "../collector/load.ts";
import { check, print, type Started, start, targetOf } from "../collector/programs.ts";
import { jsonBody, protobufBody } from "./bodies.ts";

const RUNS = 8;
const BATCHES = 60;
const LINES = 100;
const SPANS = 512;
const REQUESTS = 90;
const ROUNDS = 3;
const SENDERS = 20;
const LARGE = 32 * 1024 * 1024;

const folder = mkdtempSync(join(tmpdir(), "caum-bench-"));
/** Started by the bench, and ended with it, however it ends. */
let running: Started | undefined;
const up = ["packages/cli/dist/main.js", "up", "--json", "--port", "0", "--rate-limit", "0"];
try {
  await main();
} finally {
  running?.child.kill("SIGKILL");
  rmSync(folder, { recursive: true, force: true });
}

async function main(): Promise<void> {
  const collector = await start([...up, "--data", join(folder, "data")], {
    CAUM_HOME: join(folder, "home"),
  });
  running = collector;
  const rates = { ndjson: 0, otlp: 0 };
  for (let round = 0; round < ROUNDS; round++) {
    rates.ndjson = Math.max(rates.ndjson, await lines(collector));
    rates.otlp = Math.max(rates.otlp, await spans(collector, round));
  }
  print("NDJSON lines", `${Math.round(rates.ndjson)} durable events/s`);
  print("protobuf spans", `${Math.round(rates.otlp)} durable events/s`);
  print("ratio", `${(rates.otlp / rates.ndjson).toFixed(2)} (hold: 0.50)`);
  const before = peakMegabytes(collector);
  await large(collector);
  print("memory", `20 senders of 32 MiB: ${peakMegabytes(collector)} MB at most, ${before} before`);
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

/** Eight senders, each with a conversation of its own. */
async function spans(collector: Started, round: number): Promise<number> {
  const bodies = await Promise.all(
    Array.from({ length: REQUESTS }, (_, at) => protobufBody(SPANS, `${round} ${at % RUNS}`)),
  );
  let at = 0;
  const started = performance.now();
  const post = async () => {
    for (let body = bodies[at++]; body !== undefined; body = bodies[at++]) {
      await send(collector, "application/x-protobuf", body);
    }
  };
  await Promise.all(Array.from({ length: RUNS }, post));
  return (REQUESTS * SPANS) / ((performance.now() - started) / 1_000);
}

async function large(collector: Started): Promise<void> {
  const body = jsonBody(LARGE);
  await Promise.all(
    Array.from({ length: SENDERS }, async () => {
      while (!(await send(collector, "application/json", body, true))) {
        await new Promise((resolve) => setTimeout(resolve, 1_000));
      }
    }),
  );
}

/** @returns false when it was asked to come again */
async function send(
  { ready }: Started,
  type: string,
  body: Uint8Array<ArrayBuffer>,
  mayWait = false,
): Promise<boolean> {
  const answer = await fetch(`${ready.url}/v1/traces`, {
    method: "POST",
    headers: { "content-type": type, authorization: `Bearer ${ready.apiKey}` },
    body,
  });
  await answer.arrayBuffer();
  if (answer.status === 503 && mayWait) return false;
  if (answer.status !== 200) throw new Error(`answered ${answer.status}`);
  return true;
}

/** The most that the collector ever held, where the system tells. */
function peakMegabytes({ child }: Started): number {
  try {
    const status = readFileSync(`/proc/${child.pid}/status`, "utf8");
    return Math.round(Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1]) / 1_024);
  } catch {
    return Number.NaN;
  }
}
