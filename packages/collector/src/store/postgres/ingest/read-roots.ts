/** Roots over the first records of sessions, from whole blocks and the leaves behind them. */
import { hex } from "../../columns/columns.ts";
import { leafOf } from "../../columns/ledger-columns.ts";
import { BLOCK_LEAVES, subtreeRootsFrom } from "../../subtrees.ts";
import type { Transaction } from "../database.ts";
import { readStretches } from "./read-records.ts";

const BLOCKS = `select root from subtrees
  where tenant = $1 and session = $2 and block < $3 order by block`;
/** @param places session and size, as in `placeOf` */
export async function readRoots(
  transaction: Transaction,
  tenant: number,
  places: ReadonlySet<string>,
): Promise<Map<string, string>> {
  const roots = new Map<string, string>();
  for (const place of places) {
    const [session = 0, size = 0] = place.split("/").map(Number);
    roots.set(place, await readRoot(transaction, tenant, session, size));
  }
  return roots;
}

async function readRoot(
  transaction: Transaction,
  tenant: number,
  session: number,
  size: number,
): Promise<string> {
  const whole = Math.floor(size / BLOCK_LEAVES);
  const values = [tenant, session, whole];
  const blocks = await transaction.rows("read_blocks", BLOCKS, values);
  // A folder that was moved here may lack blocks: then their leaves are read.
  const from = blocks.length * BLOCK_LEAVES;
  const stretch = { session, from, to: size };
  const read = from < size ? await readStretches(transaction, tenant, [stretch]) : new Map();
  const leaves = new Map<number, string>();
  for (const record of read.get(session) ?? []) leaves.set(record.index, leafOf(record));
  return subtreeRootsFrom({
    block: (number) => hex(blocks[number] ?? {}, "root"),
    leaf: (index) => leaves.get(index) ?? "",
    blocks: blocks.length,
  })(0, size);
}
