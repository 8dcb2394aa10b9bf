/**
 * What one `observe` costs the host: `npm run bench:core`, with `-- --json`, or with
 * `-- --against CHECKOUT`, beside another built checkout, alternating in one run.
 */
import { createHash } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { createObserver } from "@caum/core";
import { builtCore, builtHealth } from "../built.ts";
import { compare, comparisonText } from "../health/against.ts";
import { readTraceSet } from "../health/trace-set.ts";
import { argumentsOf1Kb, textOf } from "./samples.ts";

const GOAL = { p50Us: 60, p99Us: 200, ratio: 5 } as const;
const WARM_UP = 5_000;
const CALLS = 20_000;
/** Between two breaths of the event loop, as an agent's steps leave them to the background work. */
const CALLS_PER_TURN = 100;

const { values } = parseArgs({
  options: { json: { type: "boolean" }, against: { type: "string" } },
});
const home = mkdtempSync(join(tmpdir(), "caum-bench-"));
const observer = observerOf(createObserver, "ours");
const other = values.against === undefined ? undefined : await otherObserver(values.against);

/** Different on every call, so that nothing is remembered from the one before. */
const calls = Array.from({ length: 100 }, (_, index) => ({
  tool: "search_orders",
  arguments: { ...(argumentsOf1Kb() as object), page: index },
  result: `${index} ${textOf(4_090)}`,
  status: "ok" as const,
}));

const observed: number[] = [];
const observedByOther: number[] = [];
const hashed: number[] = [];
for (let index = 0; index < WARM_UP + CALLS; index++) {
  const call = calls[index % calls.length];
  if (!call) continue;
  const session = `session-${index % 3}`;
  // Who comes first alternates: the other one finds the caches warm.
  const isFirst = index % 2 === 0;
  const before = isFirst ? undefined : timeOf(() => other?.observe(session, call));
  const observeUs = timeOf(() => observer.observe(session, call));
  const otherUs = before ?? timeOf(() => other?.observe(session, call));
  const hashUs = timeOf(() => {
    const text = JSON.stringify(call.arguments) + JSON.stringify(call.result);
    return createHash("sha256").update(text).digest("hex");
  });
  if (index >= WARM_UP) {
    observed.push(observeUs);
    observedByOther.push(otherUs);
    hashed.push(hashUs);
  }
  if (index % CALLS_PER_TURN === 0) await new Promise((resume) => setImmediate(resume));
}
await observer.close();
await other?.close();
const health = values.against === undefined ? undefined : await compareHealth(values.against);
rmSync(home, { recursive: true, force: true });

const report = {
  node: process.version,
  calls: CALLS,
  p50Us: quantile(observed, 0.5),
  p99Us: quantile(observed, 0.99),
  yardstickP50Us: quantile(hashed, 0.5),
  ratio: quantile(observed, 0.5) / quantile(hashed, 0.5),
  goal: GOAL,
  ...(health !== undefined && { health }),
  ...(other !== undefined && {
    otherP50Us: quantile(observedByOther, 0.5),
    otherP99Us: quantile(observedByOther, 0.99),
    byOther: quantile(observed, 0.5) / quantile(observedByOther, 0.5),
  }),
};

if (values.json === true) {
  console.log(JSON.stringify(report));
} else {
  console.log(`observe() with a 1 KB argument and a 4 KB result, ${CALLS} calls, ${report.node}\n`);
  console.log(`  p50    ${report.p50Us.toFixed(1)} us (goal ${GOAL.p50Us})`);
  console.log(`  p99    ${report.p99Us.toFixed(1)} us (goal ${GOAL.p99Us})`);
  console.log(`  ratio  ${report.ratio.toFixed(2)}x (goal ${GOAL.ratio}x)`);
  if (report.byOther !== undefined) {
    const { otherP50Us = 0, otherP99Us = 0, byOther } = report;
    console.log(`  other  p50 ${otherP50Us.toFixed(1)} us, p99 ${otherP99Us.toFixed(1)} us`);
    console.log(`         ours by the other's, at the median: ${byOther.toFixed(2)}x`);
  }
  console.log(`         of JSON.stringify and one SHA-256: ${report.yardstickP50Us.toFixed(1)} us`);
  if (health !== undefined) console.log(`\nhealth engine\n${comparisonText(health)}`);
}

type Core = typeof import("@caum/core");

function observerOf(create: Core["createObserver"], name: string) {
  return create({
    writer: "bench",
    writerVersion: "1.0.0",
    layer: "framework",
    view: "full",
    home: join(home, name),
    env: {},
  });
}

async function otherObserver(checkout: string) {
  return observerOf((await builtCore(checkout)).createObserver, "other");
}

/** The health engine alone, on the traces of this repository. */
async function compareHealth(checkout: string) {
  const folder = fileURLToPath(new URL("../health/data", import.meta.url));
  const { events } = readTraceSet(folder, "full");
  const steps = [...events.values()].flat().map(({ observed }) => observed);
  return compare(steps, (await builtHealth(checkout)).Health);
}

function timeOf(work: () => unknown): number {
  const start = process.hrtime.bigint();
  work();
  return Number(process.hrtime.bigint() - start) / 1_000;
}

function quantile(values: readonly number[], share: number): number {
  return values.toSorted((left, right) => left - right)[Math.floor(share * values.length)] ?? 0;
}
