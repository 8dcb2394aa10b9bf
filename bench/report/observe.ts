/**
 * What the host feels of the delivery: `npm run bench:report`.
 *
 * The same calls without a collector, with one that answers, one that is down and one that hangs,
 * and the same again on a disk where every write takes 20 ms: the time inside of `observe`, and how
 * late the event loop is meanwhile. Each line is a process of its own.
 */
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { Worker } from "node:worker_threads";
import { createObserver } from "@caum/core";
import { argumentsOf1Kb, textOf } from "../core/samples.ts";

/** A disk over a bad network, or one that is overloaded. */
const SLOW_DISK_MS = 20;
const WARM_UP = 3_000;
const CALLS = 10_000;
/** One call every so often, as a busy server makes them. */
const CALLS_PER_TURN = 5;

const calls = Array.from({ length: 100 }, (_, index) => ({
  tool: "search_orders",
  arguments: { ...(argumentsOf1Kb() as object), page: index },
  result: `${index} ${textOf(4_090)}`,
  status: "ok" as const,
}));

const [name, url] = process.argv.slice(2);
if (name === undefined) {
  await measureAll();
  await once(spawn(process.execPath, nodeWords("ends.ts"), { stdio: "inherit" }), "exit");
} else await measure(name, url === "-" ? undefined : url);
process.exit(0);

async function measureAll(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "caum-bench-disk-"));
  const disk = slowDiskIn(folder);
  const collectors = [
    ["none", "-"],
    ["answers", await stub("answers")],
    ["down", "http://127.0.0.1:1"],
    ["hangs", await stub("hangs")],
  ] as const;
  console.log("collector          p50 us   p99 us   event loop p99 ms   after flush");
  for (const [kind, place] of collectors) await run(kind, place, {});
  const slowly = { LD_PRELOAD: disk ?? "", SLOW_DISK_MS: `${SLOW_DISK_MS}` };
  for (const [kind, place] of disk ? collectors : []) {
    await run(`${kind}, slow disk`, place, slowly);
  }
  if (!disk) console.log("no figures for a slow disk: they need Linux and a C compiler");
  rmSync(folder, { recursive: true, force: true });
}

/** @returns what makes the disk slow for a process; undefined where it cannot be made */
function slowDiskIn(folder: string): string | undefined {
  const library = join(folder, "slow-disk.so");
  const source = join(import.meta.dirname, "slow-disk.c");
  try {
    execFileSync("cc", ["-shared", "-fPIC", "-O2", "-o", library, source], { stdio: "ignore" });
    return process.platform === "linux" ? library : undefined;
  } catch {
    return undefined;
  }
}

async function run(kind: string, place: string, env: Record<string, string>): Promise<void> {
  const child = spawn(process.execPath, [...nodeWords("observe.ts"), kind, place], {
    env: { ...process.env, ...env },
    stdio: "inherit",
  });
  await once(child, "exit");
}

function nodeWords(file: string): readonly string[] {
  return ["--no-warnings", ...process.execArgv, join(import.meta.dirname, file)];
}

async function stub(kind: string): Promise<string> {
  const worker = new Worker(new URL("collector-stub.ts", import.meta.url), { workerData: kind });
  worker.unref();
  const [port] = await once(worker, "message");
  return `http://127.0.0.1:${port}`;
}

async function measure(name: string, url: string | undefined): Promise<void> {
  const home = mkdtempSync(join(tmpdir(), "caum-bench-"));
  const observer = createObserver({
    writer: "bench",
    writerVersion: "1.0.0",
    layer: "framework",
    view: "full",
    home,
    env: {},
    upstream: url === undefined ? false : { url, apiKey: "caum_live_bench" },
    onProblem: () => undefined,
  });
  const lateness = monitorEventLoopDelay({ resolution: 1 });
  const times: number[] = [];
  for (let index = 0; index < WARM_UP + CALLS; index++) {
    const call = calls[index % calls.length];
    if (!call) continue;
    const start = process.hrtime.bigint();
    observer.observe(`session-${index % 3}`, call);
    const us = Number(process.hrtime.bigint() - start) / 1_000;
    if (index >= WARM_UP) times.push(us);
    if (index === WARM_UP) lateness.enable();
    if (index % CALLS_PER_TURN === 0) await new Promise((resume) => setTimeout(resume, 1));
  }
  lateness.disable();
  const result = await observer.flush();
  const cells = [
    name.padEnd(18),
    quantile(times, 0.5).toFixed(1).padStart(7),
    quantile(times, 0.99).toFixed(1).padStart(8),
    (lateness.percentile(99) / 1e6).toFixed(1).padStart(19),
    `   ${JSON.stringify(result)}`,
  ];
  console.log(cells.join(" "));
  await observer.close();
  rmSync(home, { recursive: true, force: true });
}

function quantile(values: readonly number[], share: number): number {
  return values.toSorted((left, right) => left - right)[Math.floor(share * values.length)] ?? 0;
}
