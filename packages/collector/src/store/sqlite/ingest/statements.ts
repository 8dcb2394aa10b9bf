import type { DatabaseSync, StatementSync } from "node:sqlite";
import { CHANGING_COLUMNS } from "../../columns/session-rows.ts";

const SET_CHANGING = CHANGING_COLUMNS.map((column) => `${column} = ?`).join(", ");
const CHANGING = CHANGING_COLUMNS.join(", ");
const CHANGING_MARKS = CHANGING_COLUMNS.map(() => "?").join(", ");

/** Every statement of the ingest path, by what it does. */
const SQL = {
  session: "select * from sessions where tenant = ? and tag = ?",
  sessionId: "select id from sessions where key = ?",
  insertSession: `insert into sessions (tenant, tag, id, first_ms, ${CHANGING})
    values (?, ?, ?, ?, ${CHANGING_MARKS})`,
  updateSession: `update sessions set ${SET_CHANGING} where key = ?`,
  buryAgainFrom:
    "update tenants set buried_before_ms = ?2 where key = ?1 and buried_before_ms > ?2",
  placeInWorkflow: "update sessions set workflow = ?, cohort = ? where key = ?",
  nameTrace: "insert or ignore into traces (tenant, id, session) values (?, ?, ?)",
  findSteps: "select body, position from steps where session = ? and segment = ? and step = ?",
  nameStep: "insert into steps (session, segment, step, body, position) values (?, ?, ?, ?, ?)",
  run: "select run, next, head, forked, deleted_before from runs where session = ? and run = ?",
  saveRun: `insert into runs (session, run, next, head, forked) values (?, ?, ?, ?, ?)
    on conflict (session, run) do update
    set next = excluded.next, head = excluded.head, forked = excluded.forked`,
  countForks: "select count(*) as forks from forks where session = ? and run = ?",
  addFork: `insert or ignore into forks (session, run, seq, leaf, reason, received_ms)
    values (?, ?, ?, ?, ?, ?)`,
  addToken: "insert into tokens (hash, tenant, session_id, expires_ms) values (?, ?, ?, ?)",
  judgement: "select segment, size, state from judgements where session = ?",
  saveJudgement: `insert into judgements (session, segment, size, state) values (?, ?, ?, ?)
    on conflict (session) do update
    set segment = excluded.segment, size = excluded.size, state = excluded.state`,
  subtrees: "select root from subtrees where session = ? order by block",
  addSubtree: "insert into subtrees (session, block, root) values (?, ?, ?)",
} as const;

export type Statements = { readonly [name in keyof typeof SQL]: StatementSync };

export function statementsFor(database: DatabaseSync): Statements {
  const prepared = Object.entries(SQL).map(([name, sql]) => [name, database.prepare(sql)]);
  return Object.fromEntries(prepared); // One statement per name of SQL.
}
