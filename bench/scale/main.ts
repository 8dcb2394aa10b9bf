/** Several nodes on one PostgreSQL while everything fails that can; ends with 1 when anything is lost. */
import { randomBytes } from "node:crypto";
import { Signer } from "@caum/core/collector";
import {
  query,
  startServer,
  type TestServer,
} from "../../packages/collector/test/postgres-server.ts";
import { badBundles, otherAnswers } from "./check-answers.ts";
import { type Checked, checkDatabase } from "./check-database.ts";
import { type Faults, startFaults } from "./faults.ts";
import { type FaultyLink, openFaultyLink } from "./faulty-link.ts";
import { NodeProcess } from "./node-process.ts";
import { compareWithOneNode, type OneNode } from "./one-node.ts";
import { readOptions, type ScaleOptions } from "./options.ts";
import { type Acknowledged, countOf, send } from "./senders.ts";
import { measureGrowth } from "./storage/growth.ts";
import { measureStorage } from "./storage/main.ts";
import { RUN_LINES } from "./stream.ts";

const RUN_SENDERS = 12;
const EVENT_SENDERS = 48;
/** Two senders each, so that both nodes have events of one session at the same moment. */
const EVENT_SESSIONS = EVENT_SENDERS / 2;
const MEGABYTE = 1_000_000;

// So that the server and the nodes end with us.
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => process.exit(1));

const words = process.argv.slice(2);
const form = { storage: measureStorage, growth: measureGrowth }[words[0] ?? ""];
if (form !== undefined) {
  await form(words.slice(1));
  process.exit();
}
const options = readOptions(words);
const server = await startServer();
const links: FaultyLink[] = [];
const nodes: NodeProcess[] = [];
try {
  const database = await server.emptyDatabase();
  await startNodes(database);
  process.exitCode = (await run(database, server)) ? 0 : 1;
} finally {
  await Promise.all(nodes.map((node) => node.stop()));
  await Promise.all(links.map((link) => link.close()));
  await server.stop();
}
process.exit();

async function startNodes(database: string): Promise<void> {
  const env = { CAUM_SIGNING_KEY: Signer.format("scale", randomBytes(32)) };
  for (let at = 0; at < options.nodes; at++) {
    const link = await openFaultyLink(database, options.latency);
    links.push(link);
    const skewMs = at % 2 === 0 ? options.skew : -options.skew;
    nodes.push(await NodeProcess.start({ data: "", database: link.url, skewMs, env }));
  }
}

async function run(database: string, postgres: TestServer): Promise<boolean> {
  const acknowledged: Acknowledged = {
    runs: new Map(),
    events: new Map(),
    refused: new Map(),
    retries: 0,
  };
  const events = Math.round((options.events * options.single) / 100);
  const faults = startFaults(planOf(options), nodes, links, postgres);
  const started = performance.now();
  await send(
    {
      urls: nodes.map(({ ready }) => ready.url),
      apiKey: nodes[0]?.ready.apiKey ?? "",
      runs: Math.round((options.events - events) / RUN_LINES),
      events,
      eventSessions: EVENT_SESSIONS,
      runSenders: RUN_SENDERS,
      eventSenders: EVENT_SENDERS,
      isOver: () => {
        tellProgress(acknowledged);
        return options.seconds > 0 && performance.now() - started > options.seconds * 1_000;
      },
    },
    acknowledged,
  );
  const seconds = (performance.now() - started) / 1_000;
  await faults.stop();
  const checked = await checkDatabase(database, acknowledged);
  const answers = await otherAnswers(nodes, acknowledged, events, EVENT_SESSIONS);
  const bundles = await badBundles(nodes, [...checked.heads.keys()]);
  const alone = await compareWithOneNode([...acknowledged.runs.keys()], checked.heads);
  describe(acknowledged, checked, faults, seconds);
  await describeSize(database, checked, alone);
  return verdict([
    ["acknowledged events lost", checked.lost],
    ["events stored twice", checked.duplicates],
    ["chains or roots broken", checked.brokenChains],
    [`roots other than those of one node, of ${acknowledged.runs.size} sessions`, alone.otherRoots],
    [`other answers to the same event, of ${answers.asked}`, answers.other],
    [`exported sessions that do not verify, of ${bundles.asked}`, bundles.bad],
    ["requests refused for good", [...acknowledged.refused.values()].reduce((a, b) => a + b, 0)],
  ]);
}

function planOf(given: ScaleOptions) {
  return {
    killEvery: given["kill-every"],
    cutEvery: given["cut-every"],
    postgresEvery: given["postgres-every"],
  };
}

function describe(
  acknowledged: Acknowledged,
  checked: Checked,
  { counts }: Faults,
  seconds: number,
): void {
  const count = countOf(acknowledged);
  if (process.stderr.isTTY) process.stderr.write("\r\x1b[K");
  print("nodes", `${options.nodes}, clocks wrong by ±${options.skew / 1_000} s`);
  print("latency", `${options.latency} ms each way between node and database`);
  print("node kills", counts.kills);
  print("connection cuts", counts.cuts);
  print("PostgreSQL kills", counts.postgresKills);
  print("acknowledged", `${number(count)} events in ${seconds.toFixed(0)} s`);
  print("rate", `${number(count / seconds)} events/s, faults included`);
  print("retries", number(acknowledged.retries));
  print("sessions", number(checked.heads.size));
  print("stored", `${number(checked.records)} records, ${checked.untold} whose answer was lost`);
}

async function describeSize(
  database: string,
  { records, heads }: Checked,
  alone: OneNode,
): Promise<void> {
  const [row] = await query(
    database,
    "select sum(pg_total_relation_size(oid))::float8 as bytes from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace",
  );
  const bytes = Number(row?.bytes ?? 0);
  print(
    "on disk",
    `${(bytes / MEGABYTE).toFixed(0)} MB, ${(bytes / records).toFixed(0)} bytes an event`,
  );
  print("in a folder", `${alone.bytesPerEvent.toFixed(0)} bytes an event of a run`);
  print("one node, folder", `${number(alone.eventsPerSecond)} events/s, no faults`);
  print("per GB", `${number((heads.size * 1_000 * MEGABYTE) / bytes)} sessions like these`);
}

function verdict(findings: readonly (readonly [string, number])[]): boolean {
  console.log("");
  for (const [what, count] of findings) console.log(`${String(count).padStart(8)}  ${what}`);
  return findings.every(([, count]) => count === 0);
}

let toldAt = 0;

function tellProgress(acknowledged: Acknowledged): void {
  if (!process.stderr.isTTY || performance.now() - toldAt < 200) return;
  toldAt = performance.now();
  process.stderr.write(
    `\r\x1b[K${number(countOf(acknowledged))} of ${number(options.events)} events`,
  );
}

function print(what: string, figure: string | number): void {
  console.log(`${what.padEnd(18)}${figure}`);
}

function number(value: number): string {
  return Math.round(value).toLocaleString("en");
}
