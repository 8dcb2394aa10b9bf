/** Runs that were recorded on this machine before there was a collector. */
import { createReadStream } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { readLine } from "@caum/core/verify";
import { MAX_LINE_BYTES } from "@caum/core/verify/rules";
import { posesAsCollector } from "../ingest/door-run.ts";
import type { TenantRow } from "../rows/tenant-rows.ts";
import type { Store } from "../store/store.ts";

const RUN_ID = /^[0-9a-f]{32}$/;
const RECORDS = "records.ndjson";
const LINES_AT_ONCE = 200;

export interface Adoption {
  /** How many records were new. */
  readonly done: Promise<number>;
  stop(): Promise<void>;
}

/** Takes over the runs of a folder in the background; what was taken before is a duplicate. */
export function adoptLocalRuns(
  folder: string | undefined,
  owner: TenantRow,
  store: Store,
  clock: () => number,
): Adoption {
  const state = { isStopped: false };
  const done =
    folder === undefined ? Promise.resolve(0) : adoptAll(folder, owner, store, clock, state);
  return {
    done,
    async stop() {
      state.isStopped = true;
      await done;
    },
  };
}

async function adoptAll(
  folder: string,
  owner: TenantRow,
  store: Store,
  clock: () => number,
  state: { readonly isStopped: boolean },
): Promise<number> {
  let adopted = 0;
  for (const runId of await runsIn(folder)) {
    const lines = linesOf(join(folder, runId, RECORDS));
    for await (const batch of batchesOf(lines, runId)) {
      if (state.isStopped) return adopted;
      const { sessionId, texts } = batch;
      const outcome = await store.submit({
        kind: "records",
        tenant: owner.tenant,
        receivedMs: clock(),
        sessionId,
        runId,
        lines: texts,
      });
      if (outcome.kind === "records") adopted += outcome.accepted;
      if (outcome.kind !== "records") break;
    }
  }
  return adopted;
}

/** The runs of a folder in the order in which they began: what arrives last is listed first. */
async function runsIn(folder: string): Promise<readonly string[]> {
  const names = await readdir(folder).catch(() => []);
  const runs: { readonly id: string; readonly startedAt: string }[] = [];
  for (const id of names.filter((name) => RUN_ID.test(name)).sort()) {
    for await (const line of linesOf(join(folder, id, RECORDS))) {
      const read = readLine(line);
      runs.push({ id, startedAt: "record" in read ? read.record.sourceTimestamp : "" });
      break;
    }
  }
  return runs.sort((a, b) => (a.startedAt < b.startedAt ? -1 : 1)).map(({ id }) => id);
}

async function* linesOf(path: string): AsyncGenerator<string> {
  const file = createReadStream(path, { encoding: "utf8" });
  try {
    for await (const line of createInterface({
      input: file,
      crlfDelay: Number.POSITIVE_INFINITY,
    })) {
      yield line;
    }
  } catch {
    // A folder without records, or one that is being removed, is not a run.
  } finally {
    file.destroy();
  }
}

/** Batches of good lines; the run ends at the first line that is none, for example a torn one. */
async function* batchesOf(
  lines: AsyncIterable<string>,
  runId: string,
): AsyncGenerator<{ readonly sessionId: string; readonly texts: readonly string[] }> {
  let texts: string[] = [];
  let sessionId = "";
  for await (const line of lines) {
    const read = Buffer.byteLength(line) > MAX_LINE_BYTES ? undefined : readLine(line);
    if (read === undefined || !("record" in read) || read.record.runId !== runId) break;
    if (posesAsCollector(read.record)) break;
    if (sessionId !== "" && read.record.sessionId !== sessionId) break;
    sessionId = read.record.sessionId;
    texts.push(line);
    if (texts.length < LINES_AT_ONCE) continue;
    yield { sessionId, texts };
    texts = [];
  }
  if (texts.length > 0) yield { sessionId, texts };
}
