import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import { tellOfLoop } from "../parts/notify.ts";
import type { SessionRow } from "../server/answers.ts";
import type { Connection } from "../server/event-stream.ts";
import { Refusal, UNAUTHORIZED } from "../server/request.ts";
import type { SessionFilter, SessionOrder } from "../server/session-filter.ts";
import { listSessions, type SessionList, type Sorted, streamLedger } from "../server/sessions.ts";
import { paced } from "./paced.ts";
import { fits, withRow } from "./rows.ts";

interface Ledger {
  readonly rows: readonly SessionRow[];
  readonly isLast: boolean;
  readonly isLoading: boolean;
  readonly failure: string | undefined;
  /** Loads the next page, when there is one. */
  readonly more: () => void;
  /** Among how many the order was found; undefined where the latest come first. */
  readonly sorted: Sorted | undefined;
}

/** A search is sent when typing rests this long. */
const REST_MS = 200;
const RETRY_MS = 3_000;
/** While more changes than is told, the list is read again so often. */
const REFRESH_MS = 2_000;

/** The sessions that fit, page by page, and every change to them as it happens. */
export function useLedger(
  filter: SessionFilter,
  order: SessionOrder | undefined,
  onConnection: (to: Connection) => void,
): Ledger {
  const [rows, setRows] = useState<readonly SessionRow[]>([]);
  const [cursor, setCursor] = useState<string | null | undefined>();
  const [isLoading, setLoading] = useState(true);
  const [failure, setFailure] = useState<Error>();
  const [sinceMs, setSinceMs] = useState<number>();
  const [sorted, setSorted] = useState<Sorted>();
  const current = useRef({ filter, order, isCut: false });
  const load = useCallback(
    async (after: string | undefined, isRefresh = false) => {
      const asked = current.current;
      setLoading(!isRefresh);
      try {
        const page = await listSessions(asked.filter, asked.order, after);
        if (asked !== current.current) return;
        asked.isCut = isCut(page);
        setRows((before) => listed(keptBeside(page, before, { after, isRefresh }), page));
        setCursor(page.next);
        setSorted(page.sorted);
        // The stream tells what changes from the first list on, and is opened once.
        setSinceMs((before) => before ?? newestIn(page));
        setFailure(undefined);
      } catch (error) {
        if (error instanceof Refusal && error.status === UNAUTHORIZED) onConnection("signed_out");
        setFailure(error instanceof Error ? error : new Error("the sessions cannot be read"));
      } finally {
        if (asked === current.current) setLoading(false);
      }
    },
    [onConnection],
  );
  useEffect(() => {
    if (failure === undefined) return;
    const timer = setTimeout(() => load(undefined), RETRY_MS);
    return () => clearTimeout(timer);
  }, [failure, load]);
  useEffect(() => {
    current.current = { filter, order, isCut: false };
    const timer = setTimeout(() => load(undefined), filter.search === undefined ? 0 : REST_MS);
    return () => clearTimeout(timer);
  }, [filter, order, load]);
  useEffect(() => {
    if (sinceMs === undefined) return;
    const refresh = paced(() => load(undefined, true), REFRESH_MS);
    const close = streamLedger(sinceMs, {
      onRow: (row) => {
        tellOfLoop(row);
        const { filter, order, isCut: cuts } = current.current;
        if (fits(row, filter)) setRows((before) => withRow(before, row, order, cuts));
        else setRows((before) => before.filter(({ id }) => id !== row.id));
      },
      onConnection,
      onStale: () => load(undefined),
      onMore: refresh.ask,
    });
    return () => {
      refresh.stop();
      close();
    };
  }, [sinceMs, load, onConnection]);
  const more = useCallback(() => {
    if (!isLoading && typeof cursor === "string") void load(cursor);
  }, [isLoading, cursor, load]);
  const isLast = typeof cursor !== "string";
  return { rows, isLast, isLoading, failure: failure?.message, more, sorted };
}

/** Of the rows that were there: those of the pages before, or what was told while a list was read again. */
function keptBeside(
  page: SessionList,
  before: readonly SessionRow[],
  { after, isRefresh }: { readonly after: string | undefined; readonly isRefresh: boolean },
): readonly SessionRow[] {
  if (after !== undefined) return before;
  const newestMs = newestIn(page);
  return isRefresh ? before.filter(({ changedMs }) => changedMs > newestMs) : [];
}

/** What is in the order of a figure comes as one page. */
function listed(
  known: readonly SessionRow[],
  { rows, sorted }: SessionList,
): readonly SessionRow[] {
  return sorted === undefined ? rows.reduceRight((all, row) => withRow(all, row), known) : rows;
}

/** Others that fit are not among the rows. */
function isCut({ rows, sorted }: SessionList): boolean {
  return sorted !== undefined && rows.length < sorted.looked;
}

function newestIn({ rows, sorted }: SessionList): number {
  return sorted?.newestMs ?? rows[0]?.changedMs ?? 0;
}
