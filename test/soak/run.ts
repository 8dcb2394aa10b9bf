/** A collector under a bounded number of requests: how it answers, how fast, and what it comes to weigh. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { recordRun } from "../../packages/collector/test/native-lines.ts";
import { type Served, serve } from "../../packages/collector/test/served.ts";
import { seeded } from "../torture/count.ts";
import { Requests, type SoakRequest } from "./requests.ts";

export interface Soaked {
  readonly requests: number;
  /** Answered with 2xx. */
  readonly accepted: number;
  /** Answered with 5xx, or not at all; the first of them as text. */
  readonly failed: number;
  readonly failures: readonly string[];
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
  /** Resident memory of the collector after each tenth of the requests. */
  readonly memoryMb: readonly number[];
  /** Least squares over the second half, megabytes in 100,000 requests. */
  readonly slopeMb: number;
}

const CALLERS = 16;
const RUNS = 30;
const SAMPLES = 200;
const TENTHS = 10;
const SHOWN_FAILURES = 5;

export async function soak(requests: number, seed: number): Promise<Soaked> {
  const folder = mkdtempSync(join(tmpdir(), "caum-soak-"));
  const served = await serve(join(folder, "data"));
  try {
    const runs = await Promise.all(
      Array.from({ length: RUNS }, (_, at) => recordRun(`soak-run-${at}`, 40)),
    );
    const document = await (await served.get("/openapi.json")).json();
    return await send(requests, served, new Requests(document, runs, seeded(seed)));
  } finally {
    await served.kill("SIGTERM");
    rmSync(folder, { recursive: true, force: true });
  }
}

async function send(requests: number, served: Served, source: Requests): Promise<Soaked> {
  const latencies = new Float64Array(requests);
  const memory: { readonly at: number; readonly mb: number }[] = [];
  const failures: string[] = [];
  const sampleEvery = Math.max(1, Math.floor(requests / SAMPLES));
  let sent = 0;
  let accepted = 0;
  let failed = 0;
  const caller = async () => {
    while (sent < requests) {
      const at = sent++;
      const request = source.next();
      const started = performance.now();
      const status = await statusOf(request, served);
      latencies[at] = performance.now() - started;
      if (status >= 200 && status < 300) accepted += 1;
      if (status === 0 || status >= 500) {
        failed += 1;
        if (failures.length < SHOWN_FAILURES) failures.push(`${status} ${JSON.stringify(request)}`);
      }
      if (at % sampleEvery === 0) memory.push({ at, mb: residentMb(served.child.pid) });
    }
  };
  await Promise.all(Array.from({ length: CALLERS }, caller));
  latencies.sort();
  const share = (part: number) => latencies[Math.floor((requests - 1) * part)] ?? Number.NaN;
  const late = memory.slice(Math.floor(memory.length / 2));
  return {
    requests,
    accepted,
    failed,
    failures,
    p50Ms: share(0.5),
    p99Ms: share(0.99),
    maxMs: share(1),
    memoryMb: Array.from({ length: TENTHS }, (_, tenth) => {
      const sample = memory[Math.floor(((tenth + 1) * memory.length) / TENTHS) - 1];
      return Math.round(sample?.mb ?? Number.NaN);
    }),
    slopeMb: slopeOf(late) * 100_000,
  };
}

/** 0 when there was no answer. */
async function statusOf(
  { method, path, type, body }: SoakRequest,
  served: Served,
): Promise<number> {
  const headers = {
    authorization: `Bearer ${served.apiKey}`,
    ...(type && { "content-type": type }),
  };
  const sent = body === undefined ? { method, headers } : { method, headers, body };
  try {
    const answer = await fetch(`${served.url}${path}`, sent);
    await answer.arrayBuffer();
    return answer.status;
  } catch {
    return 0;
  }
}

/** As Linux tells it; not a number elsewhere. */
function residentMb(pid: number | undefined): number {
  try {
    const [, kb] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8")) ?? [];
    return Number(kb) / 1_024;
  } catch {
    return Number.NaN;
  }
}

function slopeOf(points: readonly { readonly at: number; readonly mb: number }[]): number {
  const mean = (pick: (point: (typeof points)[number]) => number) =>
    points.reduce((sum, point) => sum + pick(point), 0) / points.length;
  const [at, mb] = [mean((point) => point.at), mean((point) => point.mb)];
  const along = points.reduce((sum, point) => sum + (point.at - at) * (point.mb - mb), 0);
  return along / points.reduce((sum, point) => sum + (point.at - at) ** 2, 0);
}
