import { randomUUID } from "node:crypto";
import { startServer } from "/work/main/packages/collector/test/postgres-server.ts";
import { openPostgresStore } from "/work/main/packages/collector/src/store/postgres/postgres-store.ts";
const server = await startServer(["shared_preload_libraries=pg_stat_statements"]);
const url = await server.emptyDatabase();
const { query: ask } = await import("/work/main/packages/collector/test/postgres-server.ts"); await ask(url, "create extension pg_stat_statements");
const store = await openPostgresStore(url, { lanes: Number(process.argv[2] ?? 4) });
const KEYS = { digestKeyId: "test", digestKeyCommitment: "c".repeat(64) };
const N = 12000; let at = 0;
async function caller() {
  while (at < N) { const n = at++;
    const o = await store.submit({ kind: "event", tenant: 1, receivedMs: Date.now(), sessionId: `s${n % 200}`, facts: { agentId: "a" }, keys: KEYS,
      draft: { category: "tool_api", sourceTimestamp: new Date().toISOString(), payload: { toolName: "tool" + n % 5, status: "ok", argumentsHash: randomUUID().repeat(2).replaceAll("-","") } }, asksRoot: false, claim: { eventId: randomUUID(), body: "b" } });
    if (o.kind !== "event") throw new Error(JSON.stringify(o)); } }
for (let r = 0; r < 3; r++) { at = 0; const t = performance.now(); const c0 = process.cpuUsage();
await Promise.all(Array.from({ length: 64 }, caller));
const s = (performance.now() - t) / 1000; const c = process.cpuUsage(c0); if (r < 3) console.table(await ask(url, "select left(query, 60) q, calls, round(mean_exec_time::numeric,3)::float mean, round(total_exec_time)::float total, shared_blks_hit/calls hit from pg_stat_statements order by total_exec_time desc limit 9")); await ask(url, "select pg_stat_statements_reset()").then(()=>0); console.log("lanes", process.argv[2], Math.round(N / s), "events/s, cpu us/event", Math.round((c.user + c.system) / N)); }
import("/work/main/packages/collector/test/postgres-server.ts").then(() => {});
const { query } = await import("/work/main/packages/collector/test/postgres-server.ts");
console.table(await query(url, "select left(query, 60) q, calls, round(mean_exec_time::numeric,3)::float mean, round(total_exec_time)::float total, shared_blks_hit/calls hit from pg_stat_statements order by total_exec_time desc limit 12"));
await store.close(); await server.stop();
