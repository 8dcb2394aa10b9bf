/**
 * What an account has used: a sum that is kept, and what changed since it was added up.
 *
 * Of each session it is kept with which figures it is in the sum, so that what is added is the
 * difference. A session that is as long as it was then has not changed. Deleted sessions stay in the
 * sum: they are counted once more, in the transaction that deletes them.
 */
import { integer, type Row } from "../columns/columns.ts";
import type { Columns } from "../columns/memory-columns.ts";
import type { CommandAnswer } from "../command.ts";
import { type CommandOf, done } from "../command-answers.ts";
import type { Usage } from "../store.ts";
import type { Dialect } from "./dialect.ts";
import { change, one, type Program, rows } from "./program.ts";

/** Sessions that one transaction looks at. */
const LOOKED_AT_ONCE = 1_000;
/** Clocks of nodes differ by less, and a group is committed within it. */
const OVERLAP_MS = 300_000;
/** Sums of hostile numbers stay integers that every reader holds. */
const MOST = Number.MAX_SAFE_INTEGER;

const FIGURES = ["size", "steps", "tokens", "cost_nano_usd", "dropped"] as const;
const NAMES = FIGURES.join(", ");
const COUNTED_ROW: Columns = {
  session: "integer",
  size: "integer",
  steps: "integer",
  tokens: "integer",
  cost_nano_usd: "integer",
  dropped: "integer",
};

/** Sessions `s` whose figures are not those, in `c`, with which they are in the sum. */
const UNCOUNTED = `sessions s
  left join usage_sessions c on c.tenant = s.tenant and c.session = s.key
  where s.tenant = $1 and s.gone = 0 and (c.size is null or c.size <> s.size)`;
const WITH_COUNTED = `s.key as session, s.last_ms,
  ${FIGURES.map((name) => `s.${name}, coalesce(c.${name}, 0) as counted_${name}`).join(", ")},
  case when c.size is null then 1 else 0 end as is_new`;

/** Answers 1 while there is more to be counted. */
export function* countUsage({ tenant, nowMs }: CommandOf<"count_usage">): Program<CommandAnswer> {
  const sums = yield* lockSums(tenant);
  if (sums === undefined) return done(0);
  const looked = yield* rows("usage_next", nextSessions, [
    tenant,
    integer(sums, "next_ms"),
    integer(sums, "next_key"),
  ]);
  const changed = looked.filter(isChanged);
  yield* add(tenant, changed);
  const last = looked.at(-1);
  const isFull = looked.length === LOOKED_AT_ONCE && last !== undefined;
  // Readers look from before the end, for what arrives late; who counts goes on where it was.
  const endMs = nowMs - OVERLAP_MS;
  const next = isFull ? [integer(last, "last_ms"), integer(last, "session")] : [endMs, 0];
  yield* change(
    "usage_counted",
    "update usage_sums set counted_ms = $2, next_ms = $3, next_key = $4 where tenant = $1",
    [tenant, isFull ? integer(sums, "counted_ms") : endMs, ...next],
  );
  return done(isFull ? 1 : 0);
}

/** So many by their time, whether they changed or not: how far one step looks has a bound. */
function nextSessions({ listed, oldestListed }: Dialect): string {
  return `select ${WITH_COUNTED} from
    (select * from sessions where tenant = $1 and gone = 0
      and ${listed(">=", "$2")}(last_ms, key) > ($2, $3)
      order by ${oldestListed}last_ms, key limit ${LOOKED_AT_ONCE}) s
    left join usage_sessions c on c.tenant = s.tenant and c.session = s.key
    order by s.last_ms, s.key`;
}

function isChanged(row: Row): boolean {
  return integer(row, "is_new") === 1 || integer(row, "size") !== integer(row, "counted_size");
}

/** Before it is deleted: from then on nobody looks at it. */
export function* countSession(tenant: number, session: number): Program<void> {
  if ((yield* lockSums(tenant)) === undefined) return;
  const sql = `select ${WITH_COUNTED} from ${UNCOUNTED} and s.key = $2`;
  yield* add(tenant, yield* rows("usage_of_session", sql, [tenant, session]));
}

export function* readUsage(tenant: number): Program<Usage> {
  const begun = yield* one("usage_begun", "select counted_ms from usage_sums where tenant = $1", [
    tenant,
  ]);
  // One statement sees the sum and what is in it at one moment; looking from too early does no harm.
  const row =
    begun === undefined
      ? yield* one("usage_of_all", ofAll, [tenant])
      : yield* one("usage", ofSums, [tenant, integer(begun, "counted_ms")]);
  const figure = (name: string) => Math.min(Number(row?.[name] ?? 0), MOST);
  return {
    sessions: figure("sessions"),
    events: figure("size"),
    steps: figure("steps"),
    totalTokens: figure("tokens"),
    costNanoUsd: figure("cost_nano_usd"),
    alerts: figure("alerts"),
    dropped: figure("dropped"),
  };
}

const ALERTS = "(select count(*) from alerts where tenant = $1 and status <> 'armed') as alerts";

function ofAll({ total }: Dialect): string {
  const figures = FIGURES.map((name) => `${total(name)} as ${name}`).join(", ");
  return `select count(*) as sessions, ${figures}, ${ALERTS} from sessions where tenant = $1`;
}

function ofSums({ total, listed }: Dialect): string {
  const added = FIGURES.map((name) => `${total(`s.${name} - coalesce(c.${name}, 0)`)} as ${name}`);
  const sums = ["sessions", ...FIGURES].map((name) => `k.${name} + d.${name} as ${name}`);
  return `select ${sums.join(", ")}, ${ALERTS} from usage_sums k cross join
    (select count(*) - count(c.size) as sessions, ${added.join(", ")} from ${UNCOUNTED}
      and ${listed(">=", "$2")}s.last_ms >= $2) d
    where k.tenant = $1`;
}

/** The sum, which nobody else changes until the transaction ends; undefined of no account. */
function* lockSums(tenant: number): Program<Row | undefined> {
  const zeros = FIGURES.map(() => "0").join(", ");
  const isNew = yield* change(
    "begin_usage",
    `insert into usage_sums (tenant, counted_ms, next_ms, next_key, sessions, ${NAMES})
      select key, 0, 0, 0, 0, ${zeros} from tenants where key = $1 on conflict (tenant) do nothing`,
    [tenant],
  );
  if (isNew > 0) {
    // Those that were deleted before, whom nobody finds by their time.
    const gone = yield* one("usage_gone", (dialect) => `${ofAll(dialect)} and gone <> 0`, [tenant]);
    yield* addSums(
      tenant,
      ["sessions", ...FIGURES].map((name) => integer(gone ?? {}, name)),
    );
  }
  return yield* one(
    "lock_usage",
    ({ forUpdate }) =>
      `select counted_ms, next_ms, next_key from usage_sums where tenant = $1${forUpdate}`,
    [tenant],
  );
}

function* add(tenant: number, found: readonly Row[]): Program<void> {
  if (found.length === 0) return;
  const sumOf = (value: (row: Row) => number) =>
    Math.min(
      found.reduce((sum, row) => sum + value(row), 0),
      MOST,
    );
  yield* addSums(tenant, [
    sumOf((row) => integer(row, "is_new")),
    ...FIGURES.map((name) => sumOf((row) => integer(row, name) - integer(row, `counted_${name}`))),
  ]);
  const values = found.map((row) => ["session", ...FIGURES].map((name) => integer(row, name)));
  yield* change(
    "add_usage_sessions",
    ({ listedRows }) => `insert into usage_sessions (tenant, session, ${NAMES})
      select $1, w.session, ${FIGURES.map((name) => `w.${name}`).join(", ")}
      from ${listedRows("$2", COUNTED_ROW)} w where true
      on conflict (tenant, session) do update
      set ${FIGURES.map((name) => `${name} = excluded.${name}`).join(", ")}`,
    [tenant, JSON.stringify(values)],
  );
}

/** @param added of sessions, then of each figure */
function* addSums(tenant: number, added: readonly number[]): Program<void> {
  const sets = ["sessions", ...FIGURES].map((name, at) => {
    const sum = `${name} + $${at + 2}`;
    return `${name} = case when ${sum} > ${MOST} then ${MOST} else ${sum} end`;
  });
  yield* change("add_usage", `update usage_sums set ${sets.join(", ")} where tenant = $1`, [
    tenant,
    ...added,
  ]);
}
