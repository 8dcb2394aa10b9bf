/**
 * Fills one store of one checkout and says what it takes; prints JSON. A process of its own for each
 * store, so that nothing of one is left in the other.
 *
 *     node program.ts CHECKOUT FOLDER-OR-URL SESSIONS LINES EVENTS
 */
import { existsSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { pathToFileURL } from "node:url";
import pg from "pg";
import type { Intake } from "../../../packages/collector/src/ingest/intake.ts";
import type { Store } from "../../../packages/collector/src/store/store.ts";
import { eventBody, orderedIds, runBatches } from "../../collector/bodies.ts";

/** What was measured in one store; bytes are those of all events together. */
export interface Stored {
  readonly events: number;
  readonly bytesInBatches: number;
  readonly walInBatches: number;
  readonly bytesMerged: number;
  readonly bytesLeft: number;
  readonly retentionMs: number;
  readonly retentionWal: number;
  readonly secondRoundMs: number;
  readonly secondRoundWal: number;
}

const BATCH_LINES = 100;
const KEYS = { digestKeyId: "bench", digestKeyCommitment: "d".repeat(64) };
const START_MS = Date.parse("2026-01-01T00:00:00Z");
const HOUR_MS = 3_600_000;
const TABLES =
  "select oid from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace";

const [checkout = "", place = "", ...numbers] = process.argv.slice(2);
const [sessions = 0, lines = 0, events = 0] = numbers.map(Number);
const isDatabase = place.startsWith("postgres:");
console.log(JSON.stringify(await measure()));
process.exit();

/** Sessions that come in batches of lines, and events that come one by one in as many sessions. */
async function measure(): Promise<Stored> {
  const usage = await openUsage();
  let store = await openStore();
  const tenant = await createTenant(store);
  store = await reopened(store);
  const empty = await usage.bytes();
  let wal = await usage.wal();
  await sendBatches(store, tenant);
  store = await reopened(store);
  const walInBatches = (await usage.wal()) - wal;
  const bytesInBatches = (await usage.bytes()) - empty;
  await sendEvents(store, tenant);
  await merge(store);
  store = await reopened(store);
  await usage.tidy();
  const bytesMerged = (await usage.bytes()) - empty;
  wal = await usage.wal();
  const retentionMs = await timeOf(() => expire(store, tenant));
  const retentionWal = (await usage.wal()) - wal;
  wal = await usage.wal();
  const secondRoundMs = await timeOf(() => expire(store, tenant));
  const secondRoundWal = (await usage.wal()) - wal;
  await store.close();
  await usage.tidy();
  const bytesLeft = (await usage.bytes()) - empty;
  await usage.close();
  return {
    events: sessions * lines + events,
    bytesInBatches,
    walInBatches,
    bytesMerged,
    bytesLeft,
    retentionMs,
    retentionWal,
    secondRoundMs,
    secondRoundWal,
  };
}

async function load(file: string) {
  return await import(pathToFileURL(join(checkout, "packages/collector/dist", file)).href);
}

async function openStore(): Promise<Store> {
  if (!isDatabase) return (await load("store/sqlite/sqlite-store.js")).openSqliteStore(place);
  return (await load("store/postgres/postgres-store.js")).openPostgresStore(place);
}

/** A folder's log is copied back to its database when the store is closed. */
async function reopened(store: Store): Promise<Store> {
  await store.close();
  return await openStore();
}

async function createTenant(store: Store): Promise<number> {
  const answer = await store.administer({
    kind: "create_tenant",
    ulid: "01ARZ3NDEKTSV4RRFFQ69G5FAV",
    tenantKind: "account",
    plan: "free",
    createdMs: START_MS,
  });
  if (answer.kind !== "done") throw new Error("no tenant was made");
  return answer.value;
}

/** As one of our own writers sends them. */
async function sendBatches(store: Store, tenant: number): Promise<void> {
  const newEventId = orderedIds();
  for (let at = 0; at < sessions; at++) {
    const { runId, bodies } = runBatches(lines / BATCH_LINES, BATCH_LINES, newEventId);
    for (const body of bodies) {
      const lines = body.trimEnd().split("\n");
      const { sessionId } = JSON.parse(lines[0] ?? "{}");
      const place = { tenant, receivedMs: START_MS, sessionId, runId };
      await submit(store, { kind: "records", ...place, lines });
    }
  }
}

async function sendEvents(store: Store, tenant: number): Promise<void> {
  const waiting: Promise<void>[] = [];
  for (let at = 0; at < events; at++) {
    const { eventId, sessionId, agentId, payload, category } = JSON.parse(eventBody(at, sessions));
    const sourceTimestamp = new Date(START_MS + at).toISOString();
    waiting.push(
      submit(store, {
        kind: "event",
        tenant,
        receivedMs: START_MS + at,
        sessionId,
        facts: { agentId },
        keys: KEYS,
        draft: { category, payload, sourceTimestamp },
        claim: { eventId, body: "b".repeat(64) },
        asksRoot: false,
      }),
    );
    if (waiting.length === 64) await Promise.all(waiting.splice(0));
  }
  await Promise.all(waiting);
}

async function submit(store: Store, intake: Intake): Promise<void> {
  const outcome = await store.submit(intake);
  if (outcome.kind === "refused") throw new Error(`refused: ${outcome.code}`);
}

/** What the collector does in the background; an earlier version knows nothing of it. */
async function merge(store: Store): Promise<void> {
  if (!existsSync(join(checkout, "packages/collector/dist/operation/compaction.js"))) return;
  const { Compaction } = await load("operation/compaction.js");
  const onFailure = (failure: Error) => {
    throw failure;
  };
  const clock = () => START_MS + 9 * HOUR_MS;
  const compaction = new Compaction({ store, clock, onFailure });
  while ((await compaction.round()) > 0);
}

async function expire(store: Store, tenant: number): Promise<void> {
  const idleSinceMs = START_MS + 9 * HOUR_MS;
  for (;;) {
    const answer = await store.administer({ kind: "expire", tenant, idleSinceMs });
    if (answer.kind !== "done") throw new Error(`refused: ${answer.code}`);
    if (answer.value === 0) return;
  }
}

async function timeOf(work: () => Promise<void>): Promise<number> {
  const started = performance.now();
  await work();
  return performance.now() - started;
}

/** How much the store takes of the disk, and how much was written to its log. */
interface Usage {
  bytes(): Promise<number>;
  wal(): Promise<number>;
  /** Gives free pages back, so that bytes are those that are used. */
  tidy(): Promise<void>;
  close(): Promise<void>;
}

function openUsage(): Promise<Usage> {
  return isDatabase ? databaseUsage() : Promise.resolve(folderUsage());
}

async function databaseUsage(): Promise<Usage> {
  const client = new pg.Client({ connectionString: place });
  await client.connect();
  const number = async (sql: string) => {
    const { rows } = await client.query(`select (${sql})::float8 as number`);
    return Number(rows[0]?.number ?? 0);
  };
  return {
    bytes: () => number(`select coalesce(sum(pg_total_relation_size(oid)), 0) from (${TABLES}) t`),
    wal: () => number("select pg_current_wal_lsn() - '0/0'::pg_lsn"),
    tidy: async () => void (await client.query("vacuum full")),
    close: () => client.end(),
  };
}

/** Of a folder the bytes that the process had written stand for its log. */
function folderUsage(): Usage {
  const path = join(place, "caum.db");
  const open = () => new DatabaseSync(path);
  return {
    bytes: async () => {
      const database = open();
      const read = (name: string) =>
        Number(Object.values(database.prepare(`pragma ${name}`).get() ?? {})[0]);
      const used = (read("page_count") - read("freelist_count")) * read("page_size");
      database.close();
      const wal = statSync(`${path}-wal`, { throwIfNoEntry: false });
      return used + (wal?.size ?? 0);
    },
    wal: async () =>
      Number(/write_bytes: (\d+)/.exec(readFileSync("/proc/self/io", "utf8"))?.[1] ?? 0),
    tidy: async () => {
      const database = open();
      database.exec("vacuum; pragma wal_checkpoint(truncate)");
      database.close();
    },
    close: async () => {},
  };
}
