import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import { tellOfLoop } from "../parts/notify.ts";
import type { SessionRow } from "../server/answers.ts";
import type { Connection } from "../server/event-stream.ts";
import { Refusal, UNAUTHORIZED } from "../server/request.ts";
import type { SessionFilter } from "../server/session-filter.ts";
import { listSessions, streamLedger } from "../server/sessions.ts";
import { fits, withRow } from "./rows.ts";

interface Ledger {
  readonly rows: readonly SessionRow[];
  readonly isLast: boolean;
  readonly isLoading: boolean;
  readonly failure: string | undefined;
  /** Loads the next page, when there is one. */
  readonly more: () => void;
}

/** A search is sent when typing rests this long. */
const REST_MS = 200;
const RETRY_MS = 3_000;

/** The sessions that fit, page by page, and every change to them as it happens. */
export function useLedger(filter: SessionFilter, onConnection: (to: Connection) => void): Ledger {
  const [rows, setRows] = useState<readonly SessionRow[]>([]);
  const [cursor, setCursor] = useState<string | null | undefined>();
  const [isLoading, setLoading] = useState(true);
  const [failure, setFailure] = useState<Error>();
  const [sinceMs, setSinceMs] = useState<number>();
  const current = useRef(filter);
  const load = useCallback(
    async (after: string | undefined) => {
      const asked = current.current;
      setLoading(true);
      try {
        const page = await listSessions(asked, after);
        if (asked !== current.current) return;
        setRows((before) => page.rows.reduceRight(withRow, after === undefined ? [] : before));
        setCursor(page.next);
        // The stream tells what changes from the first list on, and is opened once.
        setSinceMs((before) => before ?? page.rows[0]?.changedMs ?? 0);
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
    current.current = filter;
    const timer = setTimeout(() => load(undefined), filter.search === undefined ? 0 : REST_MS);
    return () => clearTimeout(timer);
  }, [filter, load]);
  useEffect(() => {
    if (sinceMs === undefined) return;
    return streamLedger(sinceMs, {
      onRow: (row) => {
        tellOfLoop(row);
        if (fits(row, current.current)) setRows((before) => withRow(before, row));
        else setRows((before) => before.filter(({ id }) => id !== row.id));
      },
      onConnection,
      onStale: () => load(undefined),
    });
  }, [sinceMs, load, onConnection]);
  const more = useCallback(() => {
    if (!isLoading && typeof cursor === "string") void load(cursor);
  }, [isLoading, cursor, load]);
  return { rows, isLast: typeof cursor !== "string", isLoading, failure: failure?.message, more };
}
