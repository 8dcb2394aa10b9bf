/** What one `observe` costs the host: `npm run bench:core`, or with `-- --json`. */
import { createHash } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createObserver } from "@caum/core";
import { argumentsOf1Kb, textOf } from "./samples.ts";

const GOAL = { p50Us: 60, p99Us: 200, ratio: 5 } as const;
const WARM_UP = 5_000;
const CALLS = 20_000;
/** Between two breaths of the event loop, as an agent's steps leave them to the background work. */
const CALLS_PER_TURN = 100;

const home = mkdtempSync(join(tmpdir(), "caum-bench-"));
const observer = createObserver({
  writer: "bench",
  writerVersion: "1.0.0",
  layer: "framework",
  view: "full",
  home,
  env: {},
});

/** Different on every call, so that nothing is remembered from the one before. */
const calls = Array.from({ length: 100 }, (_, index) => ({
  tool: "search_orders",
  arguments: { ...(argumentsOf1Kb() as object), page: index },
  result: `${index} ${textOf(4_090)}`,
  status: "ok" as const,
}));

const observed: number[] = [];
const hashed: number[] = [];
for (let index = 0; index < WARM_UP + CALLS; index++) {
  const call = calls[index % calls.length];
  if (!call) continue;
  const observeUs = timeOf(() => observer.observe(`session-${index % 3}`, call));
  const hashUs = timeOf(() => {
    const text = JSON.stringify(call.arguments) + JSON.stringify(call.result);
    return createHash("sha256").update(text).digest("hex");
  });
  if (index >= WARM_UP) {
    observed.push(observeUs);
    hashed.push(hashUs);
  }
  if (index % CALLS_PER_TURN === 0) await new Promise((resume) => setImmediate(resume));
}
await observer.close();
rmSync(home, { recursive: true, force: true });

const report = {
  node: process.version,
  calls: CALLS,
  p50Us: quantile(observed, 0.5),
  p99Us: quantile(observed, 0.99),
  yardstickP50Us: quantile(hashed, 0.5),
  ratio: quantile(observed, 0.5) / quantile(hashed, 0.5),
  goal: GOAL,
};

if (process.argv.includes("--json")) {
  console.log(JSON.stringify(report));
} else {
  console.log(`observe() with a 1 KB argument and a 4 KB result, ${CALLS} calls, ${report.node}\n`);
  console.log(`  p50    ${report.p50Us.toFixed(1)} us (goal ${GOAL.p50Us})`);
  console.log(`  p99    ${report.p99Us.toFixed(1)} us (goal ${GOAL.p99Us})`);
  console.log(`  ratio  ${report.ratio.toFixed(2)}x (goal ${GOAL.ratio}x)`);
  console.log(`         of JSON.stringify and one SHA-256: ${report.yardstickP50Us.toFixed(1)} us`);
}

function timeOf(work: () => unknown): number {
  const start = process.hrtime.bigint();
  work();
  return Number(process.hrtime.bigint() - start) / 1_000;
}

function quantile(values: readonly number[], share: number): number {
  return values.toSorted((left, right) => left - right)[Math.floor(share * values.length)] ?? 0;
}
