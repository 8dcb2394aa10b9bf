import { openSqliteStore } from "/work/main/packages/collector/src/store/sqlite/sqlite-store.ts";
import { runBatches } from "/work/main/bench/collector/bodies.ts";
import { mkdtempSync } from "node:fs";
const store = await openSqliteStore(mkdtempSync("/tmp/ab-"));
async function post(tenant: number) {
  const runs = Array.from({ length: 4 }, () => runBatches(20, 100));
  const started = performance.now();
  await Promise.all(runs.map(async ({ runId, bodies }) => { for (const body of bodies) { const lines = body.trimEnd().split("\n"); const { sessionId } = JSON.parse(lines[0]!); await store.submit({ kind: "records", tenant, receivedMs: Date.now(), sessionId, runId, lines }); } }));
  return 8000 / ((performance.now() - started) / 1000);
}
async function single() {
  const n = 6000; const started = performance.now();
  await Promise.all(Array.from({length: 64}, async (_, w) => { for (let i=0;i<n/64;i++) await store.submit({kind:"event", tenant:1, receivedMs: Date.now(), sessionId:`s${(w*97+i)%200}`, facts:{agentId:"a"}, keys:{digestKeyId:"t",digestKeyCommitment:"c".repeat(64)}, draft:{category:"tool_api", sourceTimestamp:new Date().toISOString(), payload:{toolName:"t"+i%5,status:"ok",resultHash:Buffer.from(`${w}-${i}`.padEnd(32)).toString("hex"), argumentsHash:Buffer.from(`${w}-${i}`.padEnd(32)).toString("hex")}} , asksRoot:false}); }));
  return n / ((performance.now() - started) / 1000);
}
const a: number[] = [], b: number[] = [];
for (let r = 0; r < 5; r++) { a.push(await post(1)); b.push(await single()); }
const med = (v: number[]) => Math.round(v.toSorted((x, y) => x - y)[2]!);
console.log(JSON.stringify({ batches: med(a), single: med(b) }));
await store.close();
