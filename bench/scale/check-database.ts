/** Reads everything back from the database and checks it against what was acknowledged. */
import { CompactRange } from "@caum/core/collector";
import pg from "pg";
import { hashLeaf } from "./hashes.ts";
import type { Acknowledged } from "./senders.ts";
import { BATCH_LINES, runAt } from "./stream.ts";

const AT_ONCE = 5_000;
const SESSIONS =
  "select tenant, key::float8 as key, id, size::float8 as size, tree from sessions where id is not null";
const RECORDS = `select tenant, session, position::float8 as position, leaf, line from records
  where (tenant, session, position) > ($1, $2, $3) order by tenant, session, position limit $4`;

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
    const chains = new Map<string, Chain>();
    const seen = new Map<string, number>();
    const records = await readRecords(client, chains, seen);
    const heads = new Map<string, Head>();
    let brokenChains = 0;
    for (const row of (await client.query(SESSIONS)).rows) {
      const chain = chains.get(`${row.tenant}/${row.key}`);
      const root = CompactRange.restore({ size: row.size, hashes: row.tree }).root;
      if (chain === undefined || chain.isBroken || chain.tree.root !== root) brokenChains += 1;
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

async function readRecords(
  client: pg.Client,
  chains: Map<string, Chain>,
  seen: Map<string, number>,
): Promise<number> {
  let count = 0;
  for (let after: readonly unknown[] = [-1, -1, -1]; ; ) {
    const { rows } = await client.query({
      name: "records",
      text: RECORDS,
      values: [...after, AT_ONCE],
    });
    for (const row of rows) {
      const place = `${row.tenant}/${row.session}`;
      const chain = chains.get(place) ?? newChain();
      chains.set(place, chain);
      addTo(chain, row, seen);
    }
    count += rows.length;
    const last = rows.at(-1);
    if (last === undefined || rows.length < AT_ONCE) return count;
    after = [last.tenant, last.session, last.position];
  }
}

function newChain(): Chain {
  return { tree: new CompactRange(), size: 0, isBroken: false, previous: "" };
}

interface RecordRow {
  readonly position: number;
  readonly leaf: Buffer;
  readonly line: string;
}

/** Each record is where it says, is what its leaf says, and names the one before it. */
function addTo(chain: Chain, { position, leaf, line }: RecordRow, seen: Map<string, number>): void {
  const hash = hashLeaf(line);
  const { previousHash, eventId, sessionId, category } = JSON.parse(line);
  const isLinked = position === 0 || previousHash === chain.previous;
  if (position !== chain.size || !isLinked || leaf.toString("hex") !== hash) {
    chain.isBroken = true;
  }
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
