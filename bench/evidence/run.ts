/**
 * What evidence costs, as ratios to one SHA-256 of the same line in the same process.
 *
 *     node bench/evidence/run.ts [--json] [--records N]
 *
 * Ratios are compared, not times: machines differ, and noise hits both sides of a ratio. Each figure
 * is the best of several rounds.
 */
import { createHmac, createSecretKey } from "node:crypto";
import {
  closeSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  rmSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import type { StructuralRecord } from "../../packages/core/src/capture/record.ts";
import { encodeLine } from "../../packages/core/src/evidence/line/line.ts";
import { signRun } from "../../packages/core/src/evidence/local-run.ts";
import { Signer } from "../../packages/core/src/evidence/note/signer.ts";
import { parseVerifierKey } from "../../packages/core/src/evidence/note/vkey.ts";
import { type Draft, RunWriter } from "../../packages/core/src/evidence/run-writer.ts";
import { CompactRange } from "../../packages/core/src/evidence/tree/compact-range.ts";
import { hashLeaf, sha256 } from "../../packages/core/src/evidence/tree/leaf.ts";
import { verifyBundle } from "../../packages/core/src/evidence/verify/verify-bundle.ts";

const ROUNDS = 15;
const CALLS_PER_ROUND = 10_000;
const VERIFY_ROUNDS = 3;

const { values } = parseArgs({
  options: { json: { type: "boolean" }, records: { type: "string", default: "50000" } },
});
const records = Number(values.records);

const hashOf = (text: string) => sha256(text);
const stamp = (number: number) => ({
  eventId: `019a0000-0000-7000-8000-${number.toString(16).padStart(12, "0")}`,
  sourceTimestamp: "2026-11-21T02:00:00.000Z",
});

/** A tool call as the framework adapters record it: 24 fields, about 900 bytes. */
function draftOf(number: number): Draft {
  return {
    ...stamp(number),
    category: "tool_api",
    payload: {
      toolName: "browser.get",
      status: "ok",
      op: "read",
      toolCallId: "call_0123456789abcdef",
      argumentsHash: hashOf(`a${number}`),
      argumentsNormHash: hashOf(`n${number}`),
      argumentsSignature: "o2:1a2b.s5,77aa.n2",
      argumentsBytes: 100,
      resultHash: hashOf(`r${number}`),
      resultBytes: 4_000,
      durationMs: 12,
      inputTokens: 754,
      outputTokens: 50,
      costNanoUsd: 50_965_000,
    },
  };
}

function openedRun(): { readonly writer: RunWriter; readonly openLine: string } {
  const writer = new RunWriter({
    agentId: "support-bot",
    sessionId: "s-0123456789abcdef",
    runId: "a".repeat(32),
    agentVersion: "1.2.3",
    sourceFramework: "langchain",
  });
  const opened = writer.open(
    {
      writer: "@caum/bench",
      writerVersion: "0.1.0",
      layer: "framework",
      view: "full",
      digestKeyId: "k1",
      digestKeyCommitment: hashOf("key"),
    },
    stamp(0),
  );
  return { writer, openLine: opened.line };
}

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

/** A signed, closed local run of `records` records in a new folder. */
function writeRun(folder: string, signer: Signer): void {
  const { writer: run, openLine } = openedRun();
  mkdirSync(join(folder, "checkpoints"), { recursive: true });
  const file = openSync(join(folder, "records.ndjson"), "wx");
  let waiting = `${openLine}\n`;
  for (let index = 1; index < records - 1; index += 1) {
    waiting += `${run.append(draftOf(index)).line}\n`;
    if (waiting.length > 1_000_000) {
      writeSync(file, waiting);
      waiting = "";
    }
  }
  writeSync(file, `${waiting}${run.close(0, stamp(records)).line}\n`);
  closeSync(file);
  writeFileSync(join(folder, "checkpoints", "head.note"), signRun(run, signer));
}

interface VerifyFigures {
  readonly nanoseconds: number;
  /** Growth of the process while it verified. */
  readonly residentMiB: number;
}

function measureVerify(): VerifyFigures {
  const parent = mkdtempSync(join(tmpdir(), "caum-bench-"));
  try {
    const folder = join(parent, "run");
    const signer = new Signer("bench", Buffer.alloc(32, 1));
    writeRun(folder, signer);
    const keys = [parseVerifierKey(signer.vkey)];
    const before = process.memoryUsage.rss();
    let best = Number.POSITIVE_INFINITY;
    for (let round = 0; round < VERIFY_ROUNDS; round += 1) {
      const start = process.hrtime.bigint();
      const { verdict, size } = verifyBundle(folder, { keys });
      if (verdict !== "ok" || size !== records) throw new Error(`the bundle is ${verdict}`);
      best = Math.min(best, Number(process.hrtime.bigint() - start) / records);
    }
    const residentMiB = Math.round((process.memoryUsage.rss() - before) / 2 ** 20);
    return { nanoseconds: best, residentMiB };
  } finally {
    rmSync(parent, { recursive: true });
  }
}

const verifying = measureVerify();
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
  rowOf("verify one record of a bundle", verifying.nanoseconds, 20),
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
