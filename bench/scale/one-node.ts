/** The same bytes to one node with a folder of its own, to compare the roots. */
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { CompactRange } from "@caum/core/collector";
import type { Head } from "./check-database.ts";
import { NodeProcess } from "./node-process.ts";
import { post } from "./senders.ts";
import { BATCH_LINES, runAt, sessionOf } from "./stream.ts";

const SENDERS = 8;

export interface OneNode {
  /** Sessions for which it comes to another root. */
  readonly otherRoots: number;
  /** Of its folder's database. */
  readonly bytesPerEvent: number;
  readonly eventsPerSecond: number;
}

/** @param heads what several nodes came to */
export async function compareWithOneNode(
  runs: readonly number[],
  heads: ReadonlyMap<string, Head>,
): Promise<OneNode> {
  const data = mkdtempSync(join(tmpdir(), "caum-one-"));
  try {
    const node = await NodeProcess.start({ data, skewMs: 0, env: {} });
    const left = [...runs];
    const started = performance.now();
    const sender = async () => {
      for (let number = left.pop(); number !== undefined; number = left.pop()) {
        await sendAgain(node, number, heads);
      }
    };
    await Promise.all(Array.from({ length: SENDERS }, sender));
    const seconds = (performance.now() - started) / 1_000;
    await node.stop();
    const path = join(data, "caum.db");
    const sizes = runs.map((number) => heads.get(sessionOf(number))?.size ?? 0);
    const events = sizes.reduce((sum, size) => sum + size, 0);
    return {
      otherRoots: compare(path, runs, heads),
      bytesPerEvent: statSync(path).size / events,
      eventsPerSecond: events / seconds,
    };
  } finally {
    rmSync(data, { recursive: true, force: true });
  }
}

async function sendAgain(
  { ready }: NodeProcess,
  number: number,
  heads: ReadonlyMap<string, Head>,
): Promise<void> {
  const { runId, sessionId, bodies } = runAt(number);
  const stored = (heads.get(sessionId)?.size ?? 0) / BATCH_LINES;
  for (const body of bodies.slice(0, stored)) {
    const path = `/v1/runs/${runId}/records`;
    const message = { path, type: "application/x-ndjson", body };
    const { status } = await post(ready.url, ready.apiKey, message);
    if (status !== 200) throw new Error(`one node answered ${status}`);
  }
}

function compare(path: string, runs: readonly number[], heads: ReadonlyMap<string, Head>): number {
  const database = new DatabaseSync(path, { readOnly: true });
  const find = database.prepare("select size, tree from sessions where id = ?");
  let other = 0;
  for (const number of runs) {
    const sessionId = sessionOf(number);
    const row = find.get(sessionId);
    const head = heads.get(sessionId);
    const state = { size: Number(row?.size ?? 0), hashes: String(row?.tree ?? "") };
    const isSame = state.size === head?.size && CompactRange.restore(state).root === head.root;
    if (!isSame) other += 1;
  }
  database.close();
  return other;
}
