/** What capturing a call costs: `npx node bench/core/capture.ts [--json]`. */
import { createHash } from "node:crypto";
import { loadRootKey } from "../../packages/core/src/capture/keys/root-key.ts";
import { SessionKeys } from "../../packages/core/src/capture/keys/session-keys.ts";
import { canonicalize } from "../../packages/core/src/capture/shape/canonical.ts";
import { scan } from "../../packages/core/src/capture/shape/scanner.ts";
import { shapeOf } from "../../packages/core/src/capture/shape/shape.ts";
import { signatureOf } from "../../packages/core/src/capture/shape/signature.ts";
import { measure } from "./measure.ts";
import { argumentsOf1Kb, denseTextOf, LARGE_VALUES, textOf } from "./samples.ts";

const MAX_LARGE_MS = 2;
const MAX_RATIO = 5;

const root = loadRootKey({ home: "", env: { CAUM_DIGEST_KEY: "01".repeat(32) } });
const keys = new SessionKeys(root, "bench");
const args = argumentsOf1Kb();
const result = textOf(4_096);

function stringifyAndHash(): string {
  const text = JSON.stringify(args) + JSON.stringify(result);
  return createHash("sha256").update(text).digest("hex");
}

function capture(): string {
  const argumentsShape = shapeOf(args, "args", keys);
  const resultShape = shapeOf(result, "result", keys);
  return argumentsShape.hash + resultShape.hash + signatureOf(args, keys);
}

const argumentBytes = canonicalize(args).bytes.slice();
const resultBytes = canonicalize(result).bytes.slice();
const listing = denseTextOf(4_096);
const listingBytes = canonicalize(listing).bytes.slice();

const small = measure([
  { name: "JSON.stringify + one SHA-256 of both", run: stringifyAndHash },
  { name: "capture: two shapes and the signature", run: capture },
  { name: "  canonical form of 1 KB arguments", run: () => canonicalize(args) },
  { name: "  canonical form of a 4 KB text", run: () => canonicalize(result) },
  { name: "  scan of the arguments", run: () => scan(argumentBytes) },
  { name: "  scan of the text", run: () => scan(resultBytes) },
  { name: "  scan of a 4 KB listing", run: () => scan(listingBytes) },
  { name: "  signature", run: () => signatureOf(args, keys) },
  { name: "  one digest of 4 KB", run: () => keys.digest("result", resultBytes) },
]);
const yardstickNs = small[0]?.bestNs ?? Number.NaN;
const captureNs = small[1]?.bestNs ?? Number.NaN;

const large = measure(
  Object.entries(LARGE_VALUES).map(([name, make]) => {
    const value = make();
    return { name, run: () => shapeOf(value, "result", keys) };
  }),
);
const slowestMs = Math.max(...large.map((timing) => timing.bestNs)) / 1e6;

const report = {
  node: process.version,
  ratio: round(captureNs / yardstickNs),
  ratioGoal: MAX_RATIO,
  slowest64KibMs: round(slowestMs),
  slowest64KibGoalMs: MAX_LARGE_MS,
  steps: small.map(({ name, bestNs }) => ({
    name: name.trim(),
    us: round(bestNs / 1e3),
    ratio: round(bestNs / yardstickNs),
  })),
  values64Kib: large.map(({ name, bestNs }) => ({ name, ms: round(bestNs / 1e6) })),
};

function round(value: number): number {
  return Math.round(value * 1_000) / 1_000;
}

if (process.argv.includes("--json")) {
  console.log(JSON.stringify(report));
} else {
  console.log(`Capture of 1 KB arguments and a 4 KB text result, node ${report.node}\n`);
  for (const { name, bestNs } of small) {
    const microseconds = (bestNs / 1e3).toFixed(1).padStart(8);
    console.log(`${name.padEnd(40)}${microseconds} us ${(bestNs / yardstickNs).toFixed(2)}x`);
  }
  console.log(`\nShape of 64 KiB values (goal: at most ${MAX_LARGE_MS} ms)\n`);
  for (const { name, ms } of report.values64Kib) {
    console.log(`${name.padEnd(40)}${ms.toFixed(3).padStart(8)} ms`);
  }
  console.log(`\ncapture ${report.ratio}x (goal for all of observe: ${MAX_RATIO}x)`);
  console.log(`slowest 64 KiB value ${report.slowest64KibMs} ms`);
}
