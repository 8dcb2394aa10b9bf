/** The collector on PostgreSQL: one node, two nodes, and a list over a million events. */
import { randomBytes } from "node:crypto";
import { Signer } from "@caum/core";
import { query, startServer } from "../../packages/collector/test/postgres-server.ts";
import { openFaultyLink } from "../scale/faulty-link.ts";
import { eventBody, runBatches } from "./bodies.ts";
import { type LoadResult, load, percentile } from "./load.ts";
import { check, median, print, type Started, start, targetOf } from "./programs.ts";

/** To each node. */
const CONNECTIONS = 64;
/** What a network between node and database takes, each way. */
const AWAY_MS = 2;
const EVENTS = 15_000;
const SESSIONS = 200;
const ROUNDS = 3;
const RUNS = 8;
const BATCHES = 30;
const LINES = 100;
/** Sessions of 100 events that the list is measured over. */
const LISTED = 10_000;
const LISTS = 200;

/** @param url of a superuser; a server of its own when it is none */
export async function measureDatabase(url: string | undefined): Promise<void> {
  if (url?.startsWith("postgres")) process.env.CAUM_TEST_POSTGRES = url;
  const server = await startServer();
  const database = await server.emptyDatabase();
  const nodes: Started[] = [];
  const link = await openFaultyLink(database, AWAY_MS);
  try {
    const env = { CAUM_SIGNING_KEY: Signer.format("bench", randomBytes(32)) };
    for (const url of [database, database, link.url, link.url]) {
      nodes.push(await startNode(url, env));
    }
    await ingest(nodes.slice(0, 2), "beside it");
    await ingest(nodes.slice(2), `${AWAY_MS} ms away`);
    await list(nodes, database);
  } finally {
    for (const { child } of nodes) child.kill("SIGKILL");
    link.close();
    await server.stop();
  }
}

function startNode(database: string, env: Readonly<Record<string, string>>): Promise<Started> {
  const main = "packages/cli/dist/main.js";
  const options = ["--json", "--port", "0", "--rate-limit", "0", "--no-open", "--show-keys"];
  return start([main, "up", ...options, "--database", database], env);
}

/** One node against two, round by round, so that what else the machine does hits both. */
async function ingest(nodes: readonly Started[], where: string): Promise<void> {
  const [one] = nodes;
  if (one === undefined) return;
  print("database", where);
  await eventsOn([one], 2_000);
  const alone: number[] = [];
  const both: number[] = [];
  const sticky: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    alone.push(await eventsOn([one], EVENTS));
    both.push(await eventsOn(nodes, EVENTS));
    sticky.push(await eventsOn(nodes, EVENTS, true));
  }
  const text = (rates: readonly number[]) =>
    `${Math.round(Math.max(...rates))} durable events/s, median ${Math.round(median(rates))}`;
  print("one per request", `${text(alone)} (hold: 2,500)`);
  print("two nodes", `${text(both)}, every session on both`);
  print("two nodes", `${text(sticky)}, each session on one`);
  const ratio = (rates: readonly number[]) => (median(rates) / median(alone)).toFixed(2);
  print("ratio", `${ratio(both)} every session on both, ${ratio(sticky)} each on one (hold: 1.4)`);
  const [alonePerSecond, bothPerSecond] = [await lines([one]), await lines(nodes)];
  print("NDJSON of 100", `${Math.round(alonePerSecond)} durable events/s (hold: 12,000)`);
  const linesRatio = (bothPerSecond / alonePerSecond).toFixed(2);
  print("NDJSON, two nodes", `${Math.round(bothPerSecond)} durable events/s, ratio ${linesRatio}`);
}

/** @returns durable events a second over all nodes */
async function eventsOn(
  nodes: readonly Started[],
  count: number,
  isSticky = false,
): Promise<number> {
  let at = 0;
  const started = performance.now();
  const results = await Promise.all(
    nodes.map((node, index) => {
      // By session: this node's sessions are those whose number has its rest.
      const nextOf = () =>
        at < count ? bodyFor(at++, isSticky ? index : undefined, nodes.length) : undefined;
      return load({
        target: targetOf(node, "/v1/events", "application/json"),
        connections: CONNECTIONS,
        nextBody: nextOf,
      });
    }),
  );
  check(results, 202);
  return count / ((performance.now() - started) / 1_000);
}

function bodyFor(at: number, node: number | undefined, nodes: number): string {
  return eventBody(node === undefined ? at : at * nodes + node, SESSIONS);
}

async function lines(nodes: readonly Started[]): Promise<number> {
  const runs = Array.from({ length: RUNS }, () => runBatches(BATCHES, LINES));
  const started = performance.now();
  const results: LoadResult[] = await Promise.all(
    runs.map(({ runId, bodies }, index) => {
      let at = 0;
      const node = nodes[index % nodes.length] as Started; // There is one for every rest.
      const target = targetOf(node, `/v1/runs/${runId}/records`, "application/x-ndjson");
      return load({ target, connections: 1, nextBody: () => bodies[at++] });
    }),
  );
  check(results, 200);
  return (RUNS * BATCHES * LINES) / ((performance.now() - started) / 1_000);
}

/** Copies what is there until there are a million events, and asks for pages of sessions. */
async function list([node]: readonly Started[], database: string): Promise<void> {
  if (node === undefined) return;
  await query(database, COPY_SESSIONS);
  await query(database, COPY_RECORDS);
  await query(database, "analyze");
  const [count] = await query(database, "select count(*)::float8 as events from records");
  const headers = { authorization: `Bearer ${node.ready.apiKey}` };
  const latencies: number[] = [];
  for (let at = 0; at < LISTS; at++) {
    const asked = performance.now();
    const answer = await fetch(`${node.ready.url}/v1/sessions?limit=50`, { headers });
    await answer.arrayBuffer();
    if (answer.status !== 200) throw new Error(`the list was answered with ${answer.status}`);
    latencies.push(performance.now() - asked);
  }
  const sorted = Float64Array.from(latencies).sort();
  const [p50, p99] = [percentile(sorted, 0.5), percentile(sorted, 0.99)];
  print(
    "list of sessions",
    `p50 ${p50.toFixed(1)} ms, p99 ${p99.toFixed(1)} ms over ${Math.round(Number(count?.events)).toLocaleString("en")} events (hold: 10)`,
  );
}

const COPY_SESSIONS = `create temporary table one as select * from sessions order by key limit 1;
  update one set size = 100;
  insert into sessions select (jsonb_populate_record(one, jsonb_build_object('key', n, 'tag', 'copy' || n,
    'id', 'copy-' || n, 'last_ms', last_ms - n))).* from one, generate_series(1, ${LISTED}) n`;
const COPY_RECORDS = `insert into records
  select tenant, n / 100 + 1, n % 100, leaf, received_ms, line, standing
  from (select * from records limit 1) one, generate_series(0, ${LISTED} * 100 - 1) n`;
