import { useCallback, useEffect, useMemo, useState } from "preact/hooks";
import { type AddressChange, useAddress } from "../parts/address.ts";
import { count } from "../parts/format.ts";
import { type Column, VirtualTable } from "../parts/virtual-table.tsx";
import type { Connection } from "../server/event-stream.ts";
import type { SessionOrder } from "../server/session-filter.ts";
import type { Sorted } from "../server/sessions.ts";
import { cellsOf } from "./cells.tsx";
import { Filters, filterIn, NO_FILTER } from "./filters.tsx";
import { LATEST_FIRST, orderChange, orderIn, orderWords } from "./order.tsx";
import { useLedger } from "./use-ledger.ts";

const ROW_HEIGHT = 40;
const TICK_MS = 5_000;
const COLUMNS: readonly (Column & { readonly sorts?: SessionOrder["by"] })[] = [
  { name: "session" },
  { name: "workflow", look: "wide" },
  { name: "steps", look: "wide number", sorts: "steps" },
  { name: "loops", sorts: "loops" },
  { name: "regime" },
  { name: "tier" },
  { name: "worst", look: "wide" },
  { name: "last steps", look: "wide" },
  { name: "UDS", look: "wide number" },
  { name: "failed", look: "wide number", sorts: "failures" },
  { name: "cost", look: "wide number", sorts: "cost" },
  { name: "alert", look: "wide" },
  { name: "last seen", look: "wide number", sorts: "last" },
];

/** Every session of the tenant, the latest first, as they change. */
export function LedgerPage({ onConnection }: { readonly onConnection: (to: Connection) => void }) {
  const { query, change } = useAddress();
  const asked = query.toString();
  // The same filter while the address says the same.
  const [filter, order] = useMemo(() => {
    const told = new URLSearchParams(asked);
    return [filterIn(told), orderIn(told)] as const;
  }, [asked]);
  const { rows, isLast, isLoading, failure, more, sorted } = useLedger(filter, order, onConnection);
  const columns = useMemo(() => columnsIn(order, change), [order, change]);
  const nowMs = useNow();
  const cells = useCallback((index: number) => cellsOf(rows[index], nowMs), [rows, nowMs]);
  const isFiltered = Object.values(filter).some((value) => value !== undefined);
  return (
    <main aria-busy={isLoading}>
      <Filters filter={filter} order={order} onChange={change} />
      {failure !== undefined && (
        <div class="panel padded bad" role="alert">
          {failure}
        </div>
      )}
      {rows.length === 0 && !isLoading && failure === undefined ? (
        <Empty
          isFiltered={isFiltered}
          isCut={sorted?.isWhole === false}
          onClear={() => change(NO_FILTER)}
        />
      ) : (
        <VirtualTable
          label={`Sessions, ${orderWords(order)}`}
          kind="ledger"
          columns={columns}
          count={rows.length}
          rowHeight={ROW_HEIGHT}
          onEnd={more}
          rowLook={(index) => (rows[index]?.isLooping ? "hot" : "")}
          cells={cells}
        />
      )}
      <p class="quiet" role="status">
        {isLoading ? "Loading…" : rows.length > 0 && countWords(rows.length, isLast, sorted, order)}
      </p>
    </main>
  );
}

/** With what a head does that is pressed: the order of its column, then the other way round. */
function columnsIn(
  order: SessionOrder | undefined,
  change: (changes: AddressChange) => void,
): readonly Column[] {
  const { by, isAscending } = order ?? LATEST_FIRST;
  return COLUMNS.map(({ sorts, ...column }) => {
    if (sorts === undefined) return column;
    const sorted = sorts !== by ? "none" : isAscending ? "ascending" : "descending";
    const isTurned = sorts === by && !isAscending;
    return {
      ...column,
      sorted,
      onSort: () => change(orderChange({ by: sorts, isAscending: isTurned })),
    };
  });
}

function countWords(
  shown: number,
  isLast: boolean,
  sorted: Sorted | undefined,
  order: SessionOrder | undefined,
): string {
  const sessions = (many: number) => `${count(many)} session${many === 1 ? "" : "s"}`;
  if (sorted === undefined) return `${sessions(shown)}${isLast ? "" : ", more below"}`;
  const words = orderWords(order);
  if (!sorted.isWhole) {
    return `The first ${count(shown)} of the newest ${sessions(sorted.looked)} that fit, ${words}. Older ones are not looked at: narrow the list.`;
  }
  const all = Math.max(shown, sorted.looked);
  return shown < all
    ? `The first ${count(shown)} of ${sessions(all)}, ${words}`
    : `${sessions(shown)}, ${words}`;
}

function Empty({
  isFiltered,
  isCut,
  onClear,
}: {
  readonly isFiltered: boolean;
  /** Older sessions were not looked at. */
  readonly isCut: boolean;
  readonly onClear: () => void;
}) {
  if (isFiltered) {
    return (
      <div class="panel empty">
        <h2>
          {isCut
            ? "None of the newest sessions fits these filters"
            : "No session fits these filters"}
        </h2>
        {isCut && <p>In this order older ones are not looked at. The latest first looks at all.</p>}
        <button type="button" onClick={onClear}>
          Clear filters
        </button>
      </div>
    );
  }
  return (
    <div class="panel empty">
      <h2>No session yet</h2>
      <p class="quiet">Sessions appear here by themselves, at their first event.</p>
      <a class="button first" href="/onboarding">
        Send the first event
      </a>
    </div>
  );
}

/** The time, renewed now and then. */
function useNow(): number {
  const [nowMs, setNowMs] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => setNowMs(Date.now()), TICK_MS);
    return () => clearInterval(timer);
  }, []);
  return nowMs;
}
