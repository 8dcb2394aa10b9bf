/**
 * Whether an event costs more, and a read takes longer, when millions are there.
 *
 *     npm run bench:scale -- growth [--events N] [--store sqlite|postgres]
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { openPostgresStore } from "../../../packages/collector/src/store/postgres/postgres-store.ts";
import { openSqliteStore } from "../../../packages/collector/src/store/sqlite/sqlite-store.ts";
import type { Store } from "../../../packages/collector/src/store/store.ts";
import { startServer } from "../../../packages/collector/test/postgres-server.ts";
import { orderedIds, runBatches } from "../../collector/bodies.ts";
import { watchProcessors } from "../../collector/processor-time.ts";
import { markdown } from "../../mcp-proxy/statistics.ts";

const EARLY = 50_000;
/** Events over which processor time is taken. */
const MEASURED = 30_000;
const LINES = 100;
/** Of a session: 1,000 lines. */
const BATCHES = 10;
/** Runs that are sent at the same time. */
const AT_ONCE = 8;
const READS = 300;
const TENANT = 1;

interface Figures {
  readonly processorUs: number;
  readonly pageMs: number;
  readonly listMs: number;
}

/** Processor time of whoever takes part, in seconds. */
type Processor = () => number;

/** @param words the command line behind `growth` */
export async function measureGrowth(words: readonly string[]): Promise<void> {
  const options = {
    events: { type: "string", default: "5000000" },
    store: { type: "string", default: "sqlite" },
  } as const;
  const { values } = parseArgs({ args: [...words], options });
  const events = Number(values.events);
  if (values.store === "postgres") await measurePostgres(events);
  else await measureFolder(events);
}

async function measureFolder(events: number): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "caum-growth-"));
  const store = await openSqliteStore(folder);
  try {
    await measure("SQLite", store, events, ownSeconds);
  } finally {
    await store.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function measurePostgres(events: number): Promise<void> {
  const server = await startServer();
  try {
    const url = await server.emptyDatabase();
    const store = await openPostgresStore(url);
    const watch = await watchProcessors(url, []);
    await measure("PostgreSQL", store, events, () => ownSeconds() + (watch()?.database ?? 0));
    await store.close();
  } finally {
    await server.stop();
  }
}

function ownSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}

async function measure(name: string, store: Store, events: number, processor: Processor) {
  const filling = new Filling(store);
  await filling.upTo(EARLY);
  const early = await figuresOf(filling, store, processor);
  await filling.upTo(events);
  const late = await figuresOf(filling, store, processor);
  const rows = [
    ["processor time an event, us", "processorUs", "1.15"],
    ["a page of 100 records, ms (median)", "pageMs", "1.2"],
    ["a list of 50 sessions, ms (median)", "listMs", "1.2"],
  ] as const;
  console.log(`\n${name}: batches of ${LINES} lines\n`);
  const head = ["", `after ${EARLY}`, `after ${events}`, "ratio", "at most"];
  const cells = rows.map(([what, key, target]) => {
    const [before, after] = [early[key], late[key]];
    return [what, before.toFixed(3), after.toFixed(3), (after / before).toFixed(2), target];
  });
  console.log(markdown(head, cells));
}

async function figuresOf(filling: Filling, store: Store, processor: Processor): Promise<Figures> {
  // What is sent is made before, so that the sender's time is not in it.
  const runs = Array.from({ length: MEASURED / LINES / BATCHES }, newRun);
  const before = processor();
  await filling.send(runs);
  const processorUs = ((processor() - before) / MEASURED) * 1e6;
  const page = () => {
    const id = filling.sessions[Math.floor(Math.random() * filling.sessions.length)] ?? "";
    return store.reader.records(TENANT, id, 450, 100);
  };
  const list = () => store.reader.sessions(TENANT, { limit: 50 });
  return { processorUs, pageMs: await medianOf(page), listMs: await medianOf(list) };
}

async function medianOf(read: () => Promise<readonly unknown[]>): Promise<number> {
  const times: number[] = [];
  for (let at = 0; at < READS; at++) {
    const started = performance.now();
    if ((await read()).length === 0) throw new Error("nothing was read");
    times.push(performance.now() - started);
  }
  return times.toSorted((a, b) => a - b)[READS / 2] ?? Number.NaN;
}

type Run = ReturnType<typeof runBatches>;

const newEventId = orderedIds();
/** As one of our own writers sends it. */
const newRun = () => runBatches(BATCHES, LINES, newEventId);

class Filling {
  readonly sessions: string[] = [];
  sent = 0;
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  async upTo(events: number): Promise<void> {
    while (this.sent < events) {
      const runs = Array.from({ length: AT_ONCE }, newRun);
      await this.send(runs);
      if (process.stderr.isTTY) process.stderr.write(`\r${this.sent} events`);
    }
    if (process.stderr.isTTY) process.stderr.write("\n");
  }

  async send(runs: readonly Run[]): Promise<void> {
    const left = [...runs];
    const sender = async () => {
      for (let run = left.pop(); run !== undefined; run = left.pop()) await this.#send(run);
    };
    await Promise.all(Array.from({ length: AT_ONCE }, sender));
  }

  async #send({ runId, bodies }: Run): Promise<void> {
    let sessionId = "";
    for (const body of bodies) {
      const lines = body.trimEnd().split("\n");
      sessionId ||= JSON.parse(lines[0] ?? "{}").sessionId;
      const place = { tenant: TENANT, receivedMs: Date.now(), sessionId, runId };
      const outcome = await this.#store.submit({ kind: "records", ...place, lines });
      if (outcome.kind === "refused") throw new Error(`refused: ${outcome.code}`);
    }
    this.sessions.push(sessionId);
    this.sent += BATCHES * LINES;
  }
}
