/**
 * What evidence costs, as ratios to one SHA-256 of the same line in the same process.
 *
 *     node bench/evidence/run.ts [--json] [--records N]
 *
 * Ratios are compared, not times: machines differ, and noise hits both sides of a ratio. Each figure
 * is the best of several rounds; that of `verify` is the median of ratios of processor time (verify.ts).
 */
import { createHmac, createSecretKey } from "node:crypto";
import { parseArgs } from "node:util";
import type { StructuralRecord } from "../../packages/core/src/capture/record.ts";
import { encodeLine } from "../../packages/core/src/evidence/line/line.ts";
import type { Draft } from "../../packages/core/src/evidence/run-writer.ts";
import { CompactRange } from "../../packages/core/src/evidence/tree/compact-range.ts";
import { hashLeaf, sha256 } from "../../packages/core/src/evidence/tree/leaf.ts";
import { median } from "../mcp-proxy/statistics.ts";
import { draftOf, openedRun } from "./bench-run.ts";
import { measureVerify, perSha256 } from "./verify.ts";

const ROUNDS = 15;
const CALLS_PER_ROUND = 10_000;
const VERIFY_ROUNDS = 3;

const { values } = parseArgs({
  options: { json: { type: "boolean" }, records: { type: "string", default: "50000" } },
});
const records = Number(values.records);

/** Nanoseconds per call, best of the rounds. */
function time(work: (index: number) => unknown): number {
  let best = Number.POSITIVE_INFINITY;
  for (let round = 0; round < ROUNDS; round += 1) {
    const start = process.hrtime.bigint();
    for (let index = 0; index < CALLS_PER_ROUND; index += 1) work(index);
    best = Math.min(best, Number(process.hrtime.bigint() - start) / CALLS_PER_ROUND);
  }
  return best;
}

interface Row {
  readonly what: string;
  readonly nanoseconds: number;
  readonly ratio: number;
  readonly hold?: number;
}

const { writer } = openedRun();
const drafts = Array.from({ length: CALLS_PER_ROUND }, (_, index) => draftOf(index));
const draftAt = (index: number): Draft => drafts[index] ?? draftOf(index);
const { line } = writer.append(draftAt(0));
// What our own writer wrote is a record.
const record = JSON.parse(line) as StructuralRecord;
const argumentsText = "x".repeat(100);
const key = createSecretKey(Buffer.alloc(32, 7));
const tree = new CompactRange();

const yardstick = time(() => sha256(line));
const rowOf = (what: string, nanoseconds: number, hold?: number): Row => ({
  what,
  nanoseconds: Math.round(nanoseconds),
  ratio: Number((nanoseconds / yardstick).toFixed(2)),
  ...(hold === undefined ? {} : { hold }),
});

const verifying = await measureVerify({ records, rounds: VERIFY_ROUNDS });
const rows = [
  rowOf("SHA-256 of the line", yardstick),
  rowOf(
    "encode the line",
    time(() => encodeLine(record)),
  ),
  rowOf(
    "encode and hash the leaf",
    time(() => hashLeaf(encodeLine(record))),
  ),
  rowOf(
    "append to the tree",
    time(() => tree.append(writer.head)),
  ),
  rowOf(
    "append (line, leaf, tree)",
    time((index) => writer.append(draftAt(index))),
    6,
  ),
  rowOf(
    "append with one keyed digest",
    time((index) => {
      createHmac("sha256", key).update(argumentsText).digest("hex");
      return writer.append(draftAt(index));
    }),
    10,
  ),
  {
    what: "verify one record of a bundle",
    nanoseconds: Math.round(median(verifying.ours)),
    ratio: Number(perSha256(verifying.ours, verifying).toFixed(2)),
    hold: 5,
  },
];

if (values.json) {
  const { residentMiB } = verifying;
  console.log(JSON.stringify({ lineBytes: line.length, records, residentMiB, rows }, undefined, 2));
} else {
  console.log(`line of ${line.length} bytes, bundle of ${records} records\n`);
  for (const { what, nanoseconds, ratio, hold } of rows) {
    const goal = hold === undefined ? "" : `   hold ${hold}x`;
    console.log(
      `${what.padEnd(32)} ${`${nanoseconds} ns`.padStart(9)} ${`${ratio}x`.padStart(7)}${goal}`,
    );
  }
  console.log(`\nverifying took ${verifying.residentMiB} MiB beside what the process had`);
}
process.exitCode = rows.every(({ ratio, hold }) => hold === undefined || ratio <= hold) ? 0 : 1;
