/**
 * What `caum verify` takes for a record, in SHA-256 of a record's line.
 *
 *     node --conditions=@caum/source bench/evidence/verify.ts [--records N] [--rounds N] [--against FOLDER] [--json]
 *
 * Processor time of the whole process, since a verification takes longer than a machine is quiet. Hashing and
 * verifying take turns, and the ratio is the median of those of each turn. FOLDER is another built checkout.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { Signer } from "../../packages/core/src/evidence/note/signer.ts";
import { parseVerifierKey } from "../../packages/core/src/evidence/note/vkey.ts";
import { sha256 } from "../../packages/core/src/evidence/tree/leaf.ts";
import { verifyBundle } from "../../packages/core/src/evidence/verify/verify-bundle.ts";
import { builtPackage } from "../built.ts";
import { fixed, median } from "../mcp-proxy/statistics.ts";
import { draftOf, openedRun, writeRun } from "./bench-run.ts";

/** SHA-256 of so many lines is one turn of the yardstick. */
const HASHES = 100_000;

type Verify = typeof verifyBundle;

export interface VerifyFigures {
  /** Nanoseconds of the processor in each round: for a hash, for a record here and in the other checkout. */
  readonly hash: readonly number[];
  readonly ours: readonly number[];
  readonly theirs: readonly number[];
  /** Growth of the process while it verified. */
  readonly residentMiB: number;
}

export interface VerifyQuestion {
  readonly records: number;
  readonly rounds: number;
  readonly against?: string | undefined;
}

export async function measureVerify(question: VerifyQuestion): Promise<VerifyFigures> {
  const { records, rounds, against } = question;
  const theirVerify = against === undefined ? undefined : await builtVerify(against);
  const parent = mkdtempSync(join(tmpdir(), "caum-bench-"));
  try {
    const folder = join(parent, "run");
    const signer = new Signer("bench", Buffer.alloc(32, 1));
    writeRun(folder, signer, records);
    const keys = [parseVerifierKey(signer.vkey)];
    const line = openedRun().writer.append(draftOf(1)).line;
    const figures = { hash: [] as number[], ours: [] as number[], theirs: [] as number[] };
    const verified = (verify: Verify) => () => {
      const { verdict, size } = verify(folder, { keys });
      if (verdict !== "ok" || size !== records) throw new Error(`the bundle is ${verdict}`);
    };
    const before = process.memoryUsage.rss();
    for (let round = 0; round < rounds; round += 1) {
      figures.hash.push(processorNs(() => hashOften(line)) / HASHES);
      figures.ours.push(processorNs(verified(verifyBundle)) / records);
      if (theirVerify) figures.theirs.push(processorNs(verified(theirVerify)) / records);
    }
    const residentMiB = Math.round((process.memoryUsage.rss() - before) / 2 ** 20);
    return { ...figures, residentMiB };
  } finally {
    rmSync(parent, { recursive: true });
  }
}

/** The median over the rounds of what a record took in hashes of its round. */
export function perSha256(records: readonly number[], { hash }: VerifyFigures): number {
  return median(records.map((ns, round) => ns / (hash[round] ?? Number.NaN)));
}

function hashOften(line: string): void {
  for (let index = 0; index < HASHES; index += 1) sha256(line);
}

function processorNs(work: () => void): number {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) * 1_000;
}

async function builtVerify(checkout: string): Promise<Verify> {
  const entry = join(dirname(fileURLToPath(builtPackage(checkout, "core"))), "verify.js");
  const core: typeof import("@caum/core/verify") = await import(pathToFileURL(entry).href);
  return core.verifyBundle;
}

if (import.meta.main) {
  const { values } = parseArgs({
    options: {
      records: { type: "string", default: "1000000" },
      rounds: { type: "string", default: "3" },
      against: { type: "string" },
      json: { type: "boolean" },
    },
  });
  const question = { records: Number(values.records), rounds: Number(values.rounds) };
  const figures = await measureVerify({ ...question, against: values.against });
  if (values.json) console.log(JSON.stringify(figures));
  else {
    const told = (name: string, ns: readonly number[]) =>
      `${name}: ${fixed(median(ns), 0)} ns a record, ${fixed(perSha256(ns, figures), 2)} SHA-256`;
    console.log(`${question.records} records, ${question.rounds} rounds, processor time`);
    console.log(told("this checkout", figures.ours));
    if (figures.theirs.length > 0) console.log(told("the other", figures.theirs));
  }
}
