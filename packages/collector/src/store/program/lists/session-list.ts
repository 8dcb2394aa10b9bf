/** Lists of sessions: what is asked for decides the text of the statement. */
import { lowerAscii } from "../../../rows/names/lower-ascii.ts";
import { bytes, type Row } from "../../columns/columns.ts";
import { loopConditions } from "../../columns/session-rows.ts";
import type { SessionFilter, WorkflowFilter } from "../../store.ts";
import type { Dialect } from "../dialect.ts";
import { type Program, rows } from "../program.ts";

/** A part of a statement; all parts are filled in at once, in the words of one database. */
type Part = string | ((dialect: Dialect) => string);

/** Newest first. */
export function* listSessions(tenant: number, filter: SessionFilter): Program<readonly Row[]> {
  const { values, sql } = selection(tenant, filter);
  return yield* rows(undefined, (dialect) => sql("sessions.*", dialect), values);
}

/** The rows of some keys, in any order. */
export function* sessionsOfKeys(tenant: number, keys: readonly number[]): Program<readonly Row[]> {
  const sql = ({ listedRows, sessionOfKey }: Dialect) => `select sessions.*
    from ${listedRows("$2", { session: "integer" })} w cross join ${sessionOfKey}
    where tenant = $1 and key = w.session and gone = 0`;
  return yield* rows("sessions_of_keys", sql, [tenant, JSON.stringify(keys.map((key) => [key]))]);
}

/** The sessions that a filter means, the newest first, as a statement for some columns of them. */
export function selection(tenant: number, filter: SessionFilter) {
  const { limit, after, sinceMs, activeSinceMs, search, agent, tier, regime, worstTier } = filter;
  const values: unknown[] = [tenant];
  const mark = (value: unknown) => `$${values.push(value)}`;
  const conditions: Part[] = ["tenant = $1", "gone = 0"];
  if (after) {
    const [ms, key] = [mark(after.lastMs), mark(after.key)];
    conditions.push(({ listed }) => `${listed("<=", ms)}(last_ms, key) < (${ms}, ${key})`);
  }
  if (sinceMs !== undefined) {
    const ms = mark(sinceMs);
    conditions.push(({ listed }) => `${listed(">=", ms)}last_ms >= ${ms}`);
  }
  if (search !== undefined) {
    const pattern = mark(`%${lowerAscii(search).replace(/[\\%_]/g, "\\$&")}%`);
    conditions.push((dialect) => isLike(["id", "agent", "workflow"], pattern, dialect));
  }
  if (activeSinceMs !== undefined) conditions.push(`active_ms >= ${mark(activeSinceMs)}`);
  conditions.push(...loopConditions(filter));
  for (const [column, value] of Object.entries({ agent, tier, regime, worst_tier: worstTier })) {
    if (value !== undefined) conditions.push(`${column} = ${mark(value)}`);
  }
  const [trace, ...traces] = (filter.traces ?? []).map((id) => tracedBy(mark(bytes(id))));
  conditions.push(...traces.map((keys) => `key in (${keys})`));
  // Those of a trace are few: they are looked up one by one, not found among all by their time.
  if (trace !== undefined) conditions.push("key = w.session");
  const count = mark(limit);
  const sql = (columns: string, dialect: Dialect) => {
    const from =
      trace === undefined ? "sessions" : `(${trace}) w cross join ${dialect.sessionOfKey}`;
    const parts = conditions.map((part) => (typeof part === "string" ? part : part(dialect)));
    return `select ${columns} from ${from} where ${parts.join(" and ")}
      order by ${dialect.listedFirst}last_ms desc, key desc limit ${count}`;
  };
  return { values, sql };
}

/** In the order in which they began. */
export function* listWorkflow(
  tenant: number,
  workflow: string,
  { limit, cohort, newestFirst = false }: WorkflowFilter,
): Program<readonly Row[]> {
  const order = newestFirst ? "desc" : "asc";
  const sql = `select * from sessions where tenant = $1 and workflow = $2
    ${cohort === undefined ? "" : "and cohort = $4"}
    order by first_ms ${order}, key ${order} limit $3`;
  const values = [tenant, workflow, limit, ...(cohort === undefined ? [] : [cohort])];
  return yield* rows(undefined, sql, values);
}

function tracedBy(id: string): string {
  return `select session from traces where tenant = $1 and id = ${id}`;
}

function isLike(columns: readonly string[], pattern: string, { caseless }: Dialect): string {
  const likes = columns.map((name) => `${caseless(name)} like ${pattern} escape '\\'`);
  return `(${likes.join(" or ")})`;
}
