/** Sessions and their records, read and followed. */
import type { Recorded, SessionHead, SessionRow } from "./answers.ts";
import { type Connection, openStream } from "./event-stream.ts";
import {
  headOf,
  loopFactsOf,
  recordOf,
  rowOf,
  type WireHead,
  type WireRow,
  type WireStep,
} from "./read-answers.ts";
import { getJson, sendJson } from "./request.ts";
import type { SessionFilter, SessionOrder } from "./session-filter.ts";

const ROWS = 100;
const RECORDS = 2_000;

/** Of a list in the order of a figure. */
export interface Sorted {
  /** How many of the newest were looked at, and whether these are all that fit. */
  readonly looked: number;
  readonly isWhole: boolean;
  /** When something of any of them arrived last. */
  readonly newestMs: number;
}

export interface SessionList {
  readonly rows: readonly SessionRow[];
  readonly next: string | null;
  readonly sorted: Sorted | undefined;
}

interface WireList {
  readonly sessions: readonly WireRow[];
  readonly next_cursor: string | null;
  readonly sorted?: {
    readonly looked: number;
    readonly whole: boolean;
    readonly newest_ms: number;
  };
}

/** @param order undefined where the latest come first, page by page */
export async function listSessions(
  { search, regime, tier, agent, withinMs, loops }: SessionFilter,
  order: SessionOrder | undefined,
  cursor: string | undefined,
): Promise<SessionList> {
  const since = withinMs && String(Date.now() - Number(withinMs));
  const query = new URLSearchParams({ limit: String(ROWS) });
  const asked = {
    had_loop: loops === "had" ? "true" : undefined,
    marked: loops === "marked" ? "true" : undefined,
  };
  const sort = { sort: order?.by, order: order?.isAscending ? "up" : undefined };
  const wanted = { q: search, regime, tier, agent, since, cursor, ...asked, ...sort };
  for (const [name, value] of Object.entries(wanted)) if (value) query.set(name, value);
  const { sessions, next_cursor, sorted } = await getJson<WireList>(
    `/dashboard-api/sessions?${query}`,
  );
  return {
    rows: sessions.map(rowOf),
    next: next_cursor,
    sorted: sorted && {
      looked: sorted.looked,
      isWhole: sorted.whole,
      newestMs: sorted.newest_ms,
    },
  };
}

interface LedgerHandlers {
  onRow(row: SessionRow): void;
  /** More was missed than can be told one by one. */
  onStale(): void;
  /** More changed than was told: what is older than the last rows may be another by now. */
  onMore(): void;
  onConnection(connection: Connection): void;
}

/**
 * @param sinceMs what changed since then is told first
 * @returns closes the stream
 */
export function streamLedger(
  sinceMs: number,
  { onRow, onStale, onMore, onConnection }: LedgerHandlers,
): () => void {
  return openStream("/dashboard-api/sessions/stream", String(sinceMs), {
    onConnection,
    onEvent: (type, data) => {
      if (type === "reload") onStale();
      else if (type === "more") onMore();
      else if (type === "session") onRow(rowOf(JSON.parse(data)));
    },
  });
}

export async function readSession(id: string): Promise<SessionHead> {
  return headOf(await getJson<WireHead>(pathOf(id)));
}

export async function readRecords(
  id: string,
  from: number,
): Promise<{ readonly records: readonly Recorded[]; readonly isLast: boolean }> {
  const { steps, next } = await getJson<{ steps: readonly WireStep[]; next: number | null }>(
    `${pathOf(id)}/steps?from=${from}&limit=${RECORDS}`,
  );
  return { records: steps.map(recordOf), isLast: next === null || steps.length === 0 };
}

/** Says that somebody has looked at the loops that the session had so far. */
export async function acknowledge(id: string): Promise<ReturnType<typeof loopFactsOf>> {
  const path = `/v1/session/${encodeURIComponent(id)}/acknowledge`;
  const answer = await sendJson<{ session: WireRow }>("POST", path, {});
  return loopFactsOf(answer.session);
}

interface SessionHandlers {
  onHead(head: SessionHead): void;
  onRecord(record: Recorded): void;
  /** More was missed than can be told one by one. */
  onStale(): void;
  onConnection(connection: Connection): void;
}

/**
 * @param after index of the last record that is known, -1 without one
 * @returns closes the stream
 */
export function streamSession(id: string, after: number, handlers: SessionHandlers): () => void {
  return openStream(`${pathOf(id)}/stream?after=${after}`, "", {
    onConnection: handlers.onConnection,
    onEvent: (type, data) => {
      if (type === "reload") handlers.onStale();
      else if (type === "step") handlers.onRecord(recordOf(JSON.parse(data)));
      else if (type === "session") handlers.onHead(headOf(JSON.parse(data)));
    },
  });
}

function pathOf(id: string): string {
  return `/dashboard-api/session/${encodeURIComponent(id)}`;
}
