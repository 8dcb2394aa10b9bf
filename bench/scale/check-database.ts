/** Reads everything back from the database and checks it against what was acknowledged. */
import { CompactRange } from "@caum/core/collector";
import pg from "pg";
import { keptRecordsOf } from "../../packages/collector/src/store/chunks/kept-records.ts";
import type { KeptRecord } from "../../packages/collector/src/store/columns/ledger-columns.ts";
import { hashLeaf } from "./hashes.ts";
import type { Acknowledged } from "./senders.ts";
import { BATCH_LINES, runAt } from "./stream.ts";

const SESSIONS =
  "select tenant, key::float8 as key, id, size::float8 as size, tree from sessions where id is not null";
const RECORDS = `select position, leaf, line, received_ms, standing from records
  where tenant = $1 and session = $2`;
const CHUNKS = "select first, count, body from record_chunks where tenant = $1 and session = $2";

export interface Head {
  readonly size: number;
  readonly root: string;
}

export interface Checked {
  readonly records: number;
  readonly brokenChains: number;
  readonly lost: number;
  readonly duplicates: number;
  /** Records of door sessions that no answer spoke of: their senders were never told. */
  readonly untold: number;
  readonly heads: ReadonlyMap<string, Head>;
}

interface Chain {
  readonly tree: CompactRange;
  size: number;
  isBroken: boolean;
  previous: string;
}

export async function checkDatabase(url: string, acknowledged: Acknowledged): Promise<Checked> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const seen = new Map<string, number>();
    const heads = new Map<string, Head>();
    let [brokenChains, records] = [0, 0];
    for (const row of (await client.query(SESSIONS)).rows) {
      const chain = newChain();
      const kept = await readRecords(client, row.tenant, row.key);
      for (const record of kept) addTo(chain, record, seen);
      records += kept.length;
      const root = CompactRange.restore({ size: row.size, hashes: row.tree }).root;
      if (chain.isBroken || chain.tree.root !== root) brokenChains += 1;
      heads.set(row.id, { size: row.size, root });
    }
    const lost = lostEvents(acknowledged, seen) + lostLines(acknowledged, heads);
    const untold = [...seen.keys()].filter((id) => !acknowledged.events.has(id)).length;
    const duplicates = [...seen.values()].filter((count) => count > 1).length;
    return { records, brokenChains, lost, duplicates, untold, heads };
  } finally {
    await client.end();
  }
}

/** The driver reads integers of 64 bits as texts unless it is told otherwise. */
pg.types.setTypeParser(20, Number);

/** From rows and from chunks. */
async function readRecords(
  client: pg.Client,
  tenant: number,
  session: number,
): Promise<readonly KeptRecord[]> {
  const values = [tenant, session];
  const { rows } = await client.query({ name: "records", text: RECORDS, values });
  const chunks = await client.query({ name: "chunks", text: CHUNKS, values });
  return keptRecordsOf(rows, chunks.rows, 0, Number.POSITIVE_INFINITY);
}

function newChain(): Chain {
  return { tree: new CompactRange(), size: 0, isBroken: false, previous: "" };
}

/** Each record is where it says, is what its leaf says, and names the one before it. */
function addTo(chain: Chain, record: KeptRecord, seen: Map<string, number>): void {
  const { index, leaf, line } = record;
  const hash = hashLeaf(line);
  const { previousHash, eventId, sessionId, category } = JSON.parse(line);
  const isLinked = index === 0 || previousHash === chain.previous;
  if (index !== chain.size || !isLinked || (leaf ?? hash) !== hash) chain.isBroken = true;
  chain.tree.append(hash);
  chain.size += 1;
  chain.previous = hash;
  // Lines of runs are told apart by the root of their run.
  if (sessionId.startsWith("door-") && category !== "lifecycle") {
    seen.set(eventId, (seen.get(eventId) ?? 0) + 1);
  }
}

function lostEvents({ events }: Acknowledged, seen: ReadonlyMap<string, number>): number {
  return [...events.keys()].filter((id) => !seen.has(id)).length;
}

/** A run's root tells of each of its lines; one body may be there whose answer was never heard. */
function lostLines({ runs }: Acknowledged, heads: ReadonlyMap<string, Head>): number {
  let lost = 0;
  for (const [number, bodies] of runs) {
    const run = runAt(number);
    const head = heads.get(run.sessionId);
    const stored = (head?.size ?? 0) / BATCH_LINES;
    const isIntact = stored >= bodies && head?.root === run.rootAfter(stored);
    if (!isIntact) lost += bodies * BATCH_LINES;
  }
  return lost;
}
