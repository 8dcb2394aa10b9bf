/**
 * What alert rules cost the ingest path, and how long an alert takes from the answer to its event.
 * `node --conditions=@caum/source bench/collector/alerts.ts`
 */
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startCollector } from "@caum/collector";
import { openSqliteStore } from "../../packages/collector/src/store/sqlite/sqlite-store.ts";
import type { Store } from "../../packages/collector/src/store/store.ts";
import { runBatches } from "./bodies.ts";

const ROUNDS = 9;
const RUNS = 4;
const BATCHES = 20;
const LINES = 100;
const ALERTS = 400;
const AT_ONCE = 8;
const QUEUE = 100_000;

/** Rules that healthy runs never meet. */
const QUIET = ["tier>=T4", "regime=LOOP", "uds<0.3", "cost>100", "open_call>120"];

const folder = mkdtempSync(join(tmpdir(), "caum-bench-alerts-"));
try {
  await ingest();
  await queue();
  await latency();
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** The same batches for a tenant without rules and for tenants with some, in turn. */
async function ingest(): Promise<void> {
  const store = await openSqliteStore(join(folder, "ingest"));
  await addRules(store, 2, QUIET);
  await addRules(
    store,
    3,
    Array.from({ length: 50 }, (_, at) => `steps>${1_000_000 + at}`),
  );
  const rates: Record<string, number[]> = { "no rules": [], "5 rules": [], "50 rules": [] };
  for (let round = 0; round < ROUNDS; round++) {
    for (const [at, name] of Object.keys(rates).entries()) {
      rates[name]?.push(await post(store, at + 1));
    }
  }
  const floor = median(rates["no rules"] ?? []);
  for (const [name, each] of Object.entries(rates)) {
    const ratio = (median(each) / floor).toFixed(2);
    print(name, `${Math.round(median(each))} events/s in batches of ${LINES} (${ratio})`);
  }
  await store.close();
}

async function post(store: Store, tenant: number): Promise<number> {
  const runs = Array.from({ length: RUNS }, () => runBatches(BATCHES, LINES));
  const started = performance.now();
  await Promise.all(
    runs.map(async ({ runId, bodies }) => {
      for (const body of bodies) {
        const lines = body.trimEnd().split("\n");
        const { sessionId } = JSON.parse(lines[0] ?? "{}");
        const receivedMs = Date.now();
        const intake = { kind: "records", tenant, receivedMs, sessionId, runId, lines } as const;
        const outcome = await store.submit(intake);
        if (outcome.kind !== "records" || outcome.accepted !== lines.length)
          throw new Error("lost");
      }
    }),
  );
  return (RUNS * BATCHES * LINES) / ((performance.now() - started) / 1_000);
}

/** What a target that is down for long costs every look for due alerts. */
async function queue(): Promise<void> {
  const store = await openSqliteStore(join(folder, "queue"));
  await addRules(store, 1, ["steps>0"]);
  const facts = {
    condition: "steps>0",
    actionType: "webhook",
    maskedDestination: "-",
    sessionId: "s",
    agent: "a",
    team: null,
    taskTag: null,
    step: 1,
    regime: "STABLE",
    uds: 0.8,
    tier: "T2",
    costNanoUsd: 0,
    isTest: false,
  } as const;
  const added = Array.from({ length: QUEUE }, (_, at) => {
    const alert = {
      tenant: 1,
      id: `alert_${at}`,
      rule: "rule_1_0",
      session: undefined,
      status: "due",
      firedMs: at,
      facts,
    } as const;
    return store.administer({ kind: "add_alert", alert });
  });
  await Promise.all(added);
  const times: number[] = [];
  for (let at = 0; at < 200; at++) {
    const started = performance.now();
    const busyRules = at % 2 ? ["rule_1_0"] : [];
    await store.claimDeliveries({
      kind: "claim_deliveries",
      nowMs: QUEUE + at,
      leaseMs: 1e9,
      limit: 256,
      busyRules,
    });
    times.push(performance.now() - started);
  }
  print("claim", `p50 ${quantile(times, 0.5).toFixed(2)} ms with ${QUEUE} alerts waiting`);
  await store.close();
}

async function latency(): Promise<void> {
  const arrived = new Map<string, number>();
  const server = createServer((request, response) => {
    let body = "";
    request.on("data", (chunk: Buffer) => {
      body += chunk.toString("utf8");
    });
    request.on("end", () => {
      arrived.set(JSON.parse(body).session_id, performance.now());
      response.writeHead(204).end();
    });
  }).listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  // A server that listens on a port has such an address.
  const place = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const collector = await startCollector({
    data: join(folder, "latency"),
    port: 0,
    eventsPerSecond: 0,
    alerts: { allowDestinations: [place] },
  });
  const send = (path: string, body: unknown) =>
    fetch(`${collector.url}${path}`, {
      method: "POST",
      headers: { authorization: `Bearer ${collector.apiKey}`, "content-type": "application/json" },
      body: JSON.stringify(body),
    });
  await send("/v1/alerts", {
    condition: "steps>0",
    action_type: "webhook",
    destination: `http://${place}/`,
  });
  const answered = new Map<string, number>();
  for (let from = 0; from < ALERTS; from += AT_ONCE) {
    const ids = Array.from({ length: AT_ONCE }, (_, at) => `s${from + at}`);
    await Promise.all(
      ids.map(async (session_id) => {
        await send("/v1/step", { session_id, step: 1, tool: "bash" });
        answered.set(session_id, performance.now());
      }),
    );
    await new Promise((resolve) => setTimeout(resolve, Math.random() * 300));
  }
  for (let waited = 0; arrived.size < ALERTS && waited < 30_000; waited += 50) {
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  const waits = [...answered].map(([id, at]) => (arrived.get(id) ?? Number.POSITIVE_INFINITY) - at);
  const figures = [0.5, 0.99].map(
    (share) => `p${share * 100} ${quantile(waits, share).toFixed(0)} ms`,
  );
  print("alert", `${figures.join(", ")} after the answer, over ${ALERTS} alerts (hold: p99 1,000)`);
  // All at once: the queue of one rule.
  const started = performance.now();
  const ids = Array.from({ length: ALERTS }, (_, at) => `burst${at}`);
  await Promise.all(
    ids.map((session_id) => send("/v1/step", { session_id, step: 1, tool: "bash" })),
  );
  const sentMs = performance.now() - started;
  while (arrived.size < 2 * ALERTS && performance.now() - started < 60_000) {
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  const allMs = performance.now() - started;
  print(
    "burst",
    `${ALERTS} steps in ${sentMs.toFixed(0)} ms, their alerts in ${allMs.toFixed(0)} ms`,
  );
  await collector.close();
  server.close();
}

async function addRules(store: Store, tenant: number, conditions: readonly string[]) {
  const rules = conditions.map((condition, at) => ({
    id: `rule_${tenant}_${at}`,
    condition,
    actionType: "webhook" as const,
    destination: "https://hooks.example.com/",
    cooldownMs: 0,
    dwellSteps: 0,
    secretVersion: 1,
    secretRotatedMs: undefined,
    createdMs: 0,
  }));
  await store.administer({ kind: "add_rules", tenant, rules, max: 50 });
}

function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

function print(what: string, figure: string): void {
  console.log(`${what.padEnd(12)}${figure}`);
}
