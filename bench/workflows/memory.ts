/**
 * What the memory of workflows costs: folding sessions that are over, the cards of all workflows, memory
 * and disk.
 * `node --conditions=@caum/source bench/workflows/memory.ts [--sessions 1000000] [--workflows 1000]`
 */
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { startCollector } from "@caum/collector";
import { WorkflowMemory } from "../../packages/collector/src/memory/workflow-memory.ts";
import { openSqliteStore } from "../../packages/collector/src/store/sqlite/sqlite-store.ts";
import type { Store } from "../../packages/collector/src/store/store.ts";
import { SessionRows } from "./session-rows.ts";

const DAYS = 28;
const DAY_MS = 86_400_000;
/** As sessions end in life: a few in each round. */
const TRICKLE = { rounds: 100, sessions: 20 } as const;
const ASKED = 30;

const { values: options } = parseArgs({
  options: {
    sessions: { type: "string", default: "1000000" },
    workflows: { type: "string", default: "1000" },
  },
});
const SESSIONS = Number(options.sessions);
const WORKFLOWS = Number(options.workflows);

const folder = mkdtempSync(join(tmpdir(), "caum-bench-memory-"));
try {
  await main();
} finally {
  rmSync(folder, { recursive: true, force: true });
}

async function main(): Promise<void> {
  const first = await startCollector({ port: 0, data: folder });
  await first.close();
  const rows = new SessionRows(join(folder, "caum.db"), WORKFLOWS);
  const startMs = Date.now() - DAYS * DAY_MS;
  for (let at = 0; at < SESSIONS; at++) {
    rows.add(startMs + Math.floor((at / SESSIONS) * (DAYS - 0.05) * DAY_MS));
  }
  rows.commit();
  const before = diskBytes();
  print("sessions", `${SESSIONS} in ${WORKFLOWS} workflows over ${DAYS} days`);
  print("disk before", `${megabytes(before)}, ${Math.round(before / SESSIONS)} bytes a session`);
  await fold(rows, before);
  rows.close();
  await cards();
}

async function fold(rows: SessionRows, before: number): Promise<void> {
  const store = await openSqliteStore(folder);
  const memory = new WorkflowMemory({ store, clock: Date.now, onFailure: console.error });
  const rssBefore = process.memoryUsage.rss();
  let longestMs = 0;
  const watch = monitorLoop((ms) => {
    longestMs = Math.max(longestMs, ms);
  });
  const backlog = await costOf(() => foldTo(SESSIONS, store, memory, rows.tenant));
  clearInterval(watch);
  print("folding all at once", perSession(backlog, SESSIONS));
  print("longest time without a turn", `${Math.round(longestMs)} ms`);
  const grown = Math.max(0, process.memoryUsage.rss() - rssBefore);
  print("memory while folding", megabytes(grown));
  const growth = diskBytes() - before;
  print(
    "disk of the memory",
    `${megabytes(growth)}, ${Math.round(growth / SESSIONS)} bytes a session`,
  );
  const spent = { cpuUs: 0, servingUs: 0, wallMs: 0 };
  for (let round = 1; round <= TRICKLE.rounds; round++) {
    for (let at = 0; at < TRICKLE.sessions; at++) rows.add(Date.now() - 1_000);
    rows.commit();
    memory.changed(rows.tenant);
    const one = await costOf(() => memory.round());
    spent.cpuUs += one.cpuUs;
    spent.servingUs += one.servingUs;
    spent.wallMs += one.wallMs;
  }
  const trickled = TRICKLE.rounds * TRICKLE.sessions;
  await foldTo(SESSIONS + trickled, store, memory, rows.tenant);
  print(`folding ${TRICKLE.sessions} a round`, perSession(spent, trickled));
  await store.close();
}

async function foldTo(
  sessions: number,
  store: Store,
  memory: WorkflowMemory,
  tenant: number,
): Promise<void> {
  for (;;) {
    memory.changed(tenant);
    await memory.round();
    const agents = await store.reader.memory.cards(tenant, "agent", { after: "", limit: 100 });
    if (agents.reduce((sum, agent) => sum + agent.sessions, 0) >= sessions) return;
  }
}

async function cards(): Promise<void> {
  const collector = await startCollector({ port: 0, data: folder });
  const times: number[] = [];
  let listed = 0;
  for (let at = 0; at < ASKED; at++) {
    const started = performance.now();
    const answer = await fetch(`${collector.url}/v1/workflows`, {
      headers: { authorization: `Bearer ${collector.apiKey}` },
    });
    // What the schema of the door says.
    const { workflows } = (await answer.json()) as { readonly workflows: readonly unknown[] };
    times.push(performance.now() - started);
    listed = workflows.length;
  }
  times.sort((one, other) => one - other);
  const at = (share: number) => times[Math.floor(times.length * share)]?.toFixed(1);
  print(`cards of ${listed} workflows`, `${at(0.5)} ms, 95 of 100 within ${at(0.95)} ms`);
  await collector.close();
}

interface Cost {
  /** Of all threads of the process. */
  readonly cpuUs: number;
  /** Of the thread that serves. */
  readonly servingUs: number;
  readonly wallMs: number;
}

async function costOf(work: () => Promise<void>): Promise<Cost> {
  const [cpu, serving] = [process.cpuUsage(), process.threadCpuUsage()];
  const started = performance.now();
  await work();
  const { user, system } = process.cpuUsage(cpu);
  const thread = process.threadCpuUsage(serving);
  const servingUs = thread.user + thread.system;
  return { cpuUs: user + system, servingUs, wallMs: performance.now() - started };
}

function monitorLoop(late: (ms: number) => void): NodeJS.Timeout {
  const everyMs = 5;
  let last = performance.now();
  return setInterval(() => {
    const now = performance.now();
    late(now - last - everyMs);
    last = now;
  }, everyMs);
}

function perSession({ cpuUs, servingUs, wallMs }: Cost, sessions: number): string {
  const of = (us: number) => (us / sessions).toFixed(1);
  const clock = `${of(1_000 * wallMs)} us by the clock`;
  return `${of(servingUs)} us a session in the serving thread, ${of(cpuUs)} us in all; ${clock}`;
}

function diskBytes(): number {
  const sizes = ["caum.db", "caum.db-wal"].map(
    (name) => statSync(join(folder, name), { throwIfNoEntry: false })?.size ?? 0,
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}

function megabytes(bytes: number): string {
  return `${(bytes / 2 ** 20).toFixed(0)} MiB`;
}

function print(what: string, found: string): void {
  console.log(`${what.padEnd(30)} ${found}`);
}
