/**
 * Measures the collector against its floors in one run; `npm run bench:collector`, and with
 * `-- --database [URL]` on PostgreSQL. With `--against FOLDER [--rounds 5]` beside another built
 * checkout, in turns.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { measureAgainst, peakMegabytes } from "./against.ts";
import { bareSqlite } from "./bare-sqlite.ts";
import { eventBody, runBatches } from "./bodies.ts";
import { type LoadResult, load, percentile } from "./load.ts";
import { check, median, once, print, rate, type Started, start, targetOf } from "./programs.ts";

const CONNECTIONS = 64;
const EVENTS = 40_000;
const SESSIONS = 200;
const RUNS = 8;
const BATCHES = 60;
const LINES = 100;

const { values: asked, positionals } = parseArgs({
  options: {
    database: { type: "boolean", default: false },
    against: { type: "string" },
    rounds: { type: "string", default: "5" },
  },
  allowPositionals: true,
});
const folder = mkdtempSync(join(tmpdir(), "caum-bench-"));
const env = { CAUM_HOME: join(folder, "home") };
try {
  const [url] = positionals;
  if (asked.against !== undefined) {
    const measured = { other: asked.against, rounds: Number(asked.rounds) };
    if (asked.database) {
      await (await import("./database.ts")).measureDatabaseAgainst(measured, url);
    } else {
      console.log(await measureAgainst(measured));
    }
  } else if (asked.database) {
    await (await import("./database.ts")).measureDatabase(url);
  } else {
    await main();
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}

async function main(): Promise<void> {
  const spawned = performance.now();
  const collector = await start(
    [
      "packages/cli/dist/main.js",
      "up",
      "--json",
      "--port",
      "0",
      "--rate-limit",
      "0",
      "--data",
      join(folder, "data"),
    ],
    env,
  );
  const target = targetOf(collector, "/v1/events", "application/json");
  await load({ target, connections: 1, nextBody: once(eventBody(0, 1)) });
  const firstAckMs = performance.now() - spawned;
  const bare = await start(["bench/collector/bare-server.ts"], env);
  const bareTarget = targetOf(bare, "/", "application/json");
  print("first ack", `${firstAckMs.toFixed(0)} ms after the command (hold: 1,000)`);

  const floors: number[] = [];
  const singles: LoadResult[] = [];
  for (let round = 0; round < 3; round++) {
    floors.push(
      rate(await load({ target: bareTarget, connections: CONNECTIONS, nextBody: events(EVENTS) })),
    );
    singles.push(await load({ target, connections: CONNECTIONS, nextBody: events(EVENTS) }));
  }
  const single = Math.max(...singles.map(rate));
  print("bare node:http", `${Math.round(Math.max(...floors))} requests/s`);
  print(
    "one per request",
    `${Math.round(single)} durable events/s, median ${Math.round(median(singles.map(rate)))} (hold: 5,000)`,
  );
  check(singles, 202);

  const batches = await lines(collector);
  print("NDJSON of 100", `${Math.round(batches)} durable events/s (hold: 20,000)`);
  print("bare SQLite", `${Math.round(bareSqlite(folder, 64_000, 64))} rows/s in groups of 64`);

  const half = await load({
    target,
    connections: CONNECTIONS,
    nextBody: events(Math.round(single)),
    perSecond: single / 2,
  });
  print(
    "ack at half rate",
    `p50 ${percentile(half.latencies, 0.5).toFixed(2)} ms, p99 ${percentile(half.latencies, 0.99).toFixed(2)} ms (hold: p50 5)`,
  );
  print("memory", `${peakMegabytes(collector.child.pid ?? 0)} MB at most (hold: 256)`);
  collector.child.kill("SIGTERM");
  bare.child.kill("SIGTERM");
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

function events(count: number): () => string | undefined {
  let at = 0;
  return () => (at < count ? eventBody(at++, SESSIONS) : undefined);
}
