/** Plays programs over a connection. */
import { sha256 } from "@caum/core/collector";
import type { Dialect } from "../program/dialect.ts";
import type { Program, Step, StepAnswer, Transactions } from "../program/program.ts";
import type { Database, Transaction } from "./database.ts";
import { listedMsOf } from "./ingest/listed-ms.ts";

const UPPER = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
/** The largest integer that a number in JavaScript holds. */
const MAX = Number.MAX_SAFE_INTEGER;

const POSTGRES: Dialect = {
  ofTenant: "tenant = $1 and ",
  ofAllSessions: "tenant = $1",
  tenantColumn: "tenant, ",
  tenantValue: "$1, ",
  newKey: "$1",
  forUpdate: " for update",
  skipLocked: " for update skip locked",
  nextVersion: "version = version + 1, ",
  greatest: "greatest",
  byBytes: 'collate "C"',
  total: (column) => `least(coalesce(sum(${column}), 0), ${MAX})::bigint`,
  caseless: (column) => `translate(${column}, '${UPPER}', '${UPPER.toLowerCase()}')`,
  listedFirst: "listed_ms desc, ",
  oldestListed: "listed_ms, ",
  listed: (comparison, ms) => `listed_ms ${comparison} ${listedMsOf(ms)} and `,
  sessionOfKey: `lateral
    (select * from sessions s where s.tenant = $1 and s.key = w.session limit 1) sessions`,
  newEntries: `(select $1::bigint as tenant, (four ->> 0)::bigint as position, four ->> 1 as tag,
    (four ->> 2)::bigint as size, four ->> 3 as entry from json_array_elements($2::json) four)`,
  listedRows(mark, columns) {
    const values = Object.entries(columns).map(([name, type], at) => {
      const value = `item ->> ${at}`;
      if (type === "bytes") return `decode(${value}, 'hex') as ${name}`;
      return `(${value})${type === "integer" ? "::bigint" : ""} as ${name}`;
    });
    return `(select ${values.join(", ")} from json_array_elements(${mark}::json) item)`;
  },
  listedTags: "(select json_array_elements_text($2::json))",
  eventsOfSession: "tenant = $1 and session = $2",
  looseSessions: `with recursive next as (
      (select tenant, session from records where (tenant, session) > ($1, $2)
        order by tenant, session limit 1)
      union all
      select n.tenant, n.session from next p, lateral (
        select tenant, session from records where (tenant, session) > (p.tenant, p.session)
        order by tenant, session limit 1) n
    ), found as (select tenant, session from next limit $3)`,
  ofFound: "r.tenant = f.tenant and r.session = f.session",
  hasNoToken: "not exists (select 1 from tokens k where k.tenant = t.key)",
};

export async function play<T>(program: Program<T>, transaction: Transaction): Promise<T> {
  let state = program.next(0); // A program takes no answer before its first step.
  while (!state.done) state = program.next(await answer(state.value, transaction));
  return state.value;
}

/** Each transaction is committed before the next one begins. */
export async function playAll<T>(all: Transactions<T>, database: Database): Promise<T> {
  let state = all.next();
  while (!state.done) {
    const { scope, program } = state.value;
    state = all.next(await database.write(scope, (transaction) => play(program(), transaction)));
  }
  return state.value;
}

function answer({ name, sql, values, asks }: Step, transaction: Transaction): Promise<StepAnswer> {
  const text = typeof sql === "string" ? sql : sql(POSTGRES);
  const statement = name ?? `asked_${sha256(Buffer.from(text)).slice(0, 16)}`;
  if (asks === "rows") return transaction.rows(statement, text, values);
  return transaction.change(statement, text, values);
}
