/** Sessions in the order of a figure: no index holds it, so the newest of them are looked at. */
import { integer, optional, type Row, text } from "../../columns/columns.ts";
import type { SessionOrder, SortedFilter } from "../../store.ts";
import type { Dialect } from "../dialect.ts";
import { one, type Program, rows } from "../program.ts";
import { selection, sessionsOfKeys } from "./session-list.ts";

/** The counts of calls begin the text of a structure; seven numbers are shorter than this. */
const COUNTS_LENGTH = 140;
const COLUMNS = `key, last_ms, steps, cost_nano_usd, loops,
  substr(structure, 1, ${COUNTS_LENGTH}) as counts`;

/** What is told of one order of sessions, as rows. */
export interface SortedRows {
  readonly rows: readonly Row[];
  readonly looked: number;
  readonly isWhole: boolean;
  readonly newestMs: number;
}

export function* listSorted(tenant: number, filter: SortedFilter): Program<SortedRows> {
  const { by, isAscending, lookedAt, among, limit, ...narrowed } = filter;
  const oldestMs = yield* listedMsAt(tenant, among);
  // What fits seldom would be looked for among all of them.
  const sinceMs = Math.max(filter.sinceMs ?? 0, oldestMs);
  const asked = { ...narrowed, sinceMs, limit: lookedAt + 1 };
  const { values, sql } = selection(tenant, asked);
  const found = yield* rows(undefined, (dialect) => sql(COLUMNS, dialect), values);
  const looked = found.slice(0, lookedAt);
  const keys = looked
    .map((row) => ({ key: integer(row, "key"), value: VALUES[by](row) }))
    .sort((one, other) => compared(one.value, other.value, isAscending))
    .slice(0, limit)
    .map(({ key }) => key);
  const full = yield* sessionsOfKeys(tenant, keys);
  const byKey = new Map(full.map((row) => [integer(row, "key"), row]));
  return {
    rows: keys.flatMap<Row>((key) => byKey.get(key) ?? []),
    looked: looked.length,
    isWhole: found.length <= lookedAt && oldestMs <= (filter.sinceMs ?? 0),
    newestMs: looked[0] === undefined ? 0 : integer(looked[0], "last_ms"),
  };
}

/** When something of the session at a place of the list arrived last; 0 where the list is shorter. */
function* listedMsAt(tenant: number, place: number): Program<number> {
  const sql = ({ listedFirst }: Dialect) => `select last_ms from sessions where tenant = $1
    order by ${listedFirst}last_ms desc, key desc limit 1 offset $2`;
  const row = yield* one("listed_at", sql, [tenant, place]);
  return row === undefined ? 0 : integer(row, "last_ms");
}

/** Undefined where it is not known. */
const VALUES: Readonly<Record<SessionOrder, (row: Row) => number | undefined>> = {
  last: (row) => integer(row, "last_ms"),
  steps: (row) => integer(row, "steps"),
  // A cost that nobody reported is stored as 0.
  cost: (row) => integer(row, "cost_nano_usd") || undefined,
  loops: (row) => integer(row, "loops"),
  failures: failuresIn,
};

/** As `encodeStructure` writes them: calls, turns, steps to review, failures. */
function failuresIn(row: Row): number | undefined {
  const counts = /^\[\d+,\[\d+,\d+,\d+,(\d+)/.exec(optional(row, "counts", text) ?? "")?.[1];
  return counts === undefined ? undefined : Number(counts);
}

/** What is not known comes last, whichever way; of equal ones the newer comes first. */
function compared(
  one: number | undefined,
  other: number | undefined,
  isAscending: boolean,
): number {
  if (one === undefined || other === undefined) {
    return Number(one === undefined) - Number(other === undefined);
  }
  return isAscending ? one - other : other - one;
}
