/** The collector on PostgreSQL: one node, two nodes, and a list over a million events. */
import { randomBytes } from "node:crypto";
import { Signer } from "@caum/core/collector";
import { query, startServer } from "../../packages/collector/test/postgres-server.ts";
import { openFaultyLink } from "../scale/faulty-link.ts";
import { type Against, measureAgainst } from "./against.ts";
import { eventBody, runBatches } from "./bodies.ts";
import { type LoadResult, load, percentile } from "./load.ts";
import { coresText, type Watch, watchProcessors } from "./processor-time.ts";
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
const LISTS = 300;
/** Answered before the clock runs: connections are made and statements parsed. */
const WARM_LISTS = 30;
/** Events a second that arrive while lists are asked for. */
const LIST_LOAD = 500;
/** Clients that post one event at a time into few sessions, half of them to each node. */
const HOT_CONNECTIONS = 24;
const HOT_SESSIONS = 24;
const HOT_EVENTS = 6_000;

/** Beside another checkout. @param url as in {@link measureDatabase} */
export async function measureDatabaseAgainst(
  against: Against,
  url: string | undefined,
): Promise<void> {
  if (url !== undefined) process.env.CAUM_TEST_POSTGRES = url;
  const server = await startServer();
  try {
    const emptyDatabase = () => server.emptyDatabase();
    console.log(await measureAgainst({ ...against, emptyDatabase }));
  } finally {
    await server.stop();
  }
}

/** @param url of a superuser; a server of its own when it is none */
export async function measureDatabase(url: string | undefined): Promise<void> {
  if (url !== undefined) process.env.CAUM_TEST_POSTGRES = url;
  const server = await startServer();
  const database = await server.emptyDatabase();
  const nodes: Started[] = [];
  const link = await openFaultyLink(database, AWAY_MS);
  try {
    const env = { CAUM_SIGNING_KEY: Signer.format("bench", randomBytes(32)) };
    for (const url of [database, database, link.url, link.url]) {
      nodes.push(await startNode(url, env));
    }
    const pids = nodes.map(({ child }) => child.pid ?? 0);
    const watch = await watchProcessors(database, pids);
    await ingest(nodes.slice(0, 2), "beside it", watch);
    await ingest(nodes.slice(2), `${AWAY_MS} ms away`, watch);
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

interface Measured {
  readonly perSecond: number;
  readonly cores: string;
}

/** One node against two, round by round, so that what else the machine does hits both. */
async function ingest(nodes: readonly Started[], where: string, watch: Watch): Promise<void> {
  const [one] = nodes;
  if (one === undefined) return;
  print("database", where);
  await eventsOn(nodes, watch, { count: 4_000 });
  const alone: Measured[] = [];
  const both: Measured[] = [];
  const sticky: Measured[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    alone.push(await eventsOn([one], watch));
    both.push(await eventsOn(nodes, watch));
    sticky.push(await eventsOn(nodes, watch, { isSticky: true }));
  }
  tell("one per request", alone, "(hold: 2,500)");
  tell("two nodes", both, "with every session on both");
  tell("two nodes", sticky, "with each session on one");
  const ratio = (of: readonly Measured[]) => (middle(of) / middle(alone)).toFixed(2);
  print("ratio", `${ratio(both)} every session on both, ${ratio(sticky)} each on one (hold: 1.4)`);
  const hot = await eventsOn(nodes, watch, {
    count: HOT_EVENTS,
    sessions: HOT_SESSIONS,
    connections: HOT_CONNECTIONS,
  });
  tell(
    "hot sessions",
    [hot],
    `with ${HOT_SESSIONS} sessions on both, ${2 * HOT_CONNECTIONS} clients`,
  );
  const [alonePerSecond, bothPerSecond] = [await lines([one]), await lines(nodes)];
  print("NDJSON of 100", `${Math.round(alonePerSecond)} durable events/s (hold: 12,000)`);
  const linesRatio = (bothPerSecond / alonePerSecond).toFixed(2);
  print("NDJSON, two nodes", `${Math.round(bothPerSecond)} durable events/s, ratio ${linesRatio}`);
}

function middle(measured: readonly Measured[]): number {
  return median(measured.map(({ perSecond }) => perSecond));
}

function tell(what: string, measured: readonly Measured[], how: string): void {
  const best = Math.max(...measured.map(({ perSecond }) => perSecond));
  const rates = `${Math.round(best)} durable events/s, median ${Math.round(middle(measured))}`;
  print(what, `${rates} ${how}`);
  print("", measured.at(-1)?.cores ?? "");
}

interface EventLoad {
  readonly count?: number;
  readonly sessions?: number;
  /** To each node. */
  readonly connections?: number;
  readonly isSticky?: boolean;
}

async function eventsOn(
  nodes: readonly Started[],
  watch: Watch,
  options: EventLoad = {},
): Promise<Measured> {
  const { count = EVENTS, sessions = SESSIONS, connections = CONNECTIONS } = options;
  let at = 0;
  const before = watch();
  const started = performance.now();
  const results = await Promise.all(
    nodes.map((node, index) => {
      // By session: this node's sessions are those whose number has its rest.
      const number = () => (options.isSticky ? at++ * nodes.length + index : at++);
      const nextBody = () => (at < count ? eventBody(number(), sessions) : undefined);
      const target = targetOf(node, "/v1/events", "application/json");
      return load({ target, connections, nextBody });
    }),
  );
  const seconds = (performance.now() - started) / 1_000;
  const cores = coresText(before, watch(), { seconds, events: count });
  check(results, 202);
  return { perSecond: count / seconds, cores };
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
  // The server would write what was copied to its files while it is measured.
  await query(database, "checkpoint");
  const [count] = await query(database, "select count(*)::float8 as events from records");
  const events = Math.round(Number(count?.events)).toLocaleString("en");
  await lists(node, WARM_LISTS);
  const alone = await lists(node, LISTS);
  print("list of sessions", `${alone} over ${events} events, nothing else asked (hold: 10)`);
  let isOver = false;
  let at = 0;
  const arriving = load({
    target: targetOf(node, "/v1/events", "application/json"),
    connections: 16,
    nextBody: () => (isOver ? undefined : eventBody(at++, SESSIONS)),
    perSecond: LIST_LOAD,
  });
  const busy = await lists(node, LISTS);
  isOver = true;
  await arriving;
  print("list of sessions", `${busy} while ${LIST_LOAD} events/s arrive`);
}

/** One after the other. */
async function lists({ ready }: Started, count: number): Promise<string> {
  const headers = { authorization: `Bearer ${ready.apiKey}` };
  const latencies: number[] = [];
  for (let at = 0; at < count; at++) {
    const asked = performance.now();
    const answer = await fetch(`${ready.url}/v1/sessions?limit=50`, { headers });
    await answer.arrayBuffer();
    if (answer.status !== 200) throw new Error(`the list was answered with ${answer.status}`);
    latencies.push(performance.now() - asked);
  }
  const sorted = Float64Array.from(latencies).sort();
  const [p50, p99] = [percentile(sorted, 0.5), percentile(sorted, 0.99)];
  return `p50 ${p50.toFixed(1)} ms, p99 ${p99.toFixed(1)} ms`;
}

const COPY_SESSIONS = `create temporary table one as select * from sessions order by key limit 1;
  update one set size = 100;
  insert into sessions select (jsonb_populate_record(one, jsonb_build_object('key', n, 'tag', 'copy' || n,
    'id', 'copy-' || n, 'last_ms', last_ms - n * 1000,
    'listed_ms', (last_ms - n * 1000) / 10000 * 10000))).* from one, generate_series(1, ${LISTED}) n`;
const COPY_RECORDS = `insert into records
  select tenant, n / 100 + 1, n % 100, leaf, received_ms, line, standing
  from (select * from records limit 1) one, generate_series(0, ${LISTED} * 100 - 1) n`;
