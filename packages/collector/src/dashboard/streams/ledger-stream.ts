/** Rows of the ledger as they change. */
import type { SessionView } from "../../store/store.ts";
import { type LedgerRow, type LedgerSource, ledgerRows } from "../ledger-rows.ts";
import type { EventStream } from "./event-stream.ts";

/** Clocks of nodes that share a store differ by less. */
const OVERLAP_MS = 2_000;
/** More changes than this between two looks are read again by the page, as a list. */
const MOST = 200;

/** What changed between two looks; everything when it was too much to tell. */
export type LedgerNews = readonly LedgerRow[] | "everything";

/** Looks for sessions of a tenant that have something new; the first look finds nothing. */
export function watchLedger(
  tenant: number,
  { reader, clock }: LedgerSource,
): () => Promise<LedgerNews> {
  const sizes = new Map<number, number>();
  let newestMs: number | undefined;
  return async () => {
    const isFirst = newestMs === undefined;
    const sinceMs = newestMs === undefined ? undefined : newestMs - OVERLAP_MS;
    const views = await reader.sessions(tenant, { limit: MOST, sinceMs });
    const changed = views.filter(({ key, tree }) => sizes.get(key) !== tree.size);
    // What a clock that ran ahead has dated must not hide what comes after it was set right.
    newestMs = Math.min(clock(), Math.max(newestMs ?? 0, ...views.map(({ lastMs }) => lastMs)));
    sizes.clear();
    for (const { key, tree } of views) sizes.set(key, tree.size);
    if (isFirst) return [];
    // The newest come first: where one of them was known, all that changed are among them.
    return changed.length === MOST ? "everything" : ledgerRows(tenant, changed, { reader, clock });
  };
}

export async function sendNews(news: LedgerNews, stream: EventStream): Promise<void> {
  if (news === "everything") return stream.reload();
  for (const row of news) stream.send("session", row, Date.parse(row.changed_at));
}

/** What a page missed while it was away. */
export async function catchUp(
  tenant: number,
  sinceMs: number,
  { reader, clock, stream }: LedgerSource & { readonly stream: EventStream },
): Promise<void> {
  const views: readonly SessionView[] = await reader.sessions(tenant, { limit: MOST, sinceMs });
  if (views.length === MOST) return stream.reload();
  const rows = await ledgerRows(tenant, views, { reader, clock });
  await sendNews(rows.reverse(), stream);
}
