/** Rows of the ledger as they change. */
import type { SessionView } from "../../store/store.ts";
import { type LedgerRow, type LedgerSource, ledgerRows } from "../ledger-rows.ts";
import type { EventStream } from "./event-stream.ts";

/** Clocks of nodes that share a store differ by less, and a group is committed within it. */
const OVERLAP_MS = 2_000;
/** Sessions that one look reads, the newest. */
const MOST_READ = 1_000;
/** Rows that one look tells, the newest: more than a page shows at once. */
const MOST_TOLD = 200;
/** A look that reads or tells more than this puts off the next one, so that each second has as much. */
const READ_AT_ONCE = 100;
const TOLD_AT_ONCE = 20;
const SECOND_MS = 1_000;

/** What changed between two looks, oldest first. */
export interface LedgerNews {
  readonly rows: readonly LedgerRow[];
  /** False when more changed: what is older than these rows may be another by now. */
  readonly isWhole: boolean;
}

const NOTHING: LedgerNews = { rows: [], isWhole: true };

/**
 * Looks for sessions of a tenant that have something new; the first look finds nothing.
 *
 * @param uptime a clock that only goes forward, in milliseconds
 */
export function watchLedger(
  tenant: number,
  { reader, clock }: LedgerSource,
  uptime: () => number = () => performance.now(),
): () => Promise<LedgerNews> {
  const sizes = new Map<number, number>();
  let newestMs: number | undefined;
  let nextMs = 0;
  return async () => {
    if (uptime() < nextMs) return NOTHING;
    const isFirst = newestMs === undefined;
    const sinceMs = newestMs === undefined ? undefined : newestMs - OVERLAP_MS;
    const views = await reader.sessions(tenant, { limit: MOST_READ, sinceMs });
    const changed = views.filter(({ key, tree }) => sizes.get(key) !== tree.size);
    // What a clock that ran ahead has dated must not hide what comes after it was set right.
    newestMs = Math.min(clock(), Math.max(newestMs ?? 0, ...views.map(({ lastMs }) => lastMs)));
    sizes.clear();
    for (const { key, tree } of views) sizes.set(key, tree.size);
    if (isFirst || changed.length === 0) return NOTHING;
    nextMs = uptime() + pauseMs(views.length, changed.length);
    return newsOf(tenant, changed, views.length < MOST_READ, { reader, clock });
  };
}

function pauseMs(read: number, changed: number): number {
  const told = Math.min(changed, MOST_TOLD);
  const reading = read > READ_AT_ONCE ? (read / MOST_READ) * SECOND_MS : 0;
  const telling = told > TOLD_AT_ONCE ? (told / MOST_TOLD) * SECOND_MS : 0;
  return Math.max(reading, telling);
}

/** @param changed the newest first */
async function newsOf(
  tenant: number,
  changed: readonly SessionView[],
  isAll: boolean,
  source: LedgerSource,
): Promise<LedgerNews> {
  const rows = await ledgerRows(tenant, changed.slice(0, MOST_TOLD), source);
  return { rows: rows.reverse(), isWhole: isAll && changed.length <= MOST_TOLD };
}

/** The newest comes last, and is where a page goes on that comes again. */
export async function sendNews({ rows, isWhole }: LedgerNews, stream: EventStream): Promise<void> {
  for (const row of rows) stream.send("session", row, atOf(row));
  const newest = rows.at(-1);
  if (!isWhole && newest !== undefined) stream.send("more", {}, atOf(newest));
}

function atOf({ changed_at }: LedgerRow): number {
  return Date.parse(changed_at);
}

/** What a page missed while it was away. */
export async function catchUp(
  tenant: number,
  sinceMs: number,
  { reader, clock, stream }: LedgerSource & { readonly stream: EventStream },
): Promise<void> {
  const views = await reader.sessions(tenant, { limit: MOST_TOLD, sinceMs });
  const isAll = views.length < MOST_TOLD;
  await sendNews(await newsOf(tenant, views, isAll, { reader, clock }), stream);
}
