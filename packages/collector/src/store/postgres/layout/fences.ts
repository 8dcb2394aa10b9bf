/** Row-level security: whatever a statement forgets, a transaction sees one tenant. */
import { OPENS_BY_SECRET, SESSION_TABLES, type TableName, TENANT_TABLES } from "../../tables.ts";

/** All of which a transaction sees one tenant's rows: here the rows of a session name theirs too. */
export const FENCED_TABLES: readonly TableName[] = [...TENANT_TABLES, ...SESSION_TABLES];

/** The log of session heads. */
export const LOG_TABLES: readonly TableName[] = ["logs", "log_entries", "log_blocks", "log_notes"];

/** The memory of workflows. */
export const MEMORY_TABLES: readonly TableName[] = [
  "memory_rounds",
  "memory_days",
  "memory_cards",
  "memory_sessions",
];

/** The overview, groups of loops, and saved views. */
export const OVERVIEW_TABLES: readonly TableName[] = [
  "overview_rounds",
  "overview_days",
  "overview_sessions",
  "loop_groups",
  "loop_group_days",
  "saved_views",
];

/** Usage that was added up. */
export const USAGE_TABLES: readonly TableName[] = ["usage_sums", "usage_sessions"];

/** Fenced by the step that makes them. */
const LATER_TABLES: readonly TableName[] = [
  "traces",
  ...LOG_TABLES,
  "time_stamps",
  ...MEMORY_TABLES,
  ...OVERVIEW_TABLES,
  "members",
  "record_chunks",
  ...USAGE_TABLES,
];

const MINE = "nullif(current_setting('caum.tenant', true), '')::bigint";
/** Set by jobs that look after all tenants: delivery, retention, purge. */
const IS_CARETAKER = "current_setting('caum.scope', true) = 'all'";
const SHOWN = "decode(nullif(current_setting('caum.secret', true), ''), 'hex')";

/** The statements of the first layout; they may run again. */
export const FENCES: readonly string[] = [
  ...FENCED_TABLES.filter((table) => !LATER_TABLES.includes(table)).flatMap(fencesOf),
  ...OPENS_BY_SECRET.flatMap((table) => policy(table, "of_secret", `hash = ${SHOWN}`)),
  ...fence("tenants"),
  ...policy("tenants", "of_tenant", `key = ${MINE}`),
  ...policy(
    "tenants",
    "of_caretaker",
    `${IS_CARETAKER} or current_setting('caum.scope', true) = 'directory'`,
  ),
];

/** The fence of one table with rows of tenants. */
export function fencesOf(table: TableName): readonly string[] {
  return [
    ...fence(table),
    ...policy(table, "of_tenant", `tenant = ${MINE}`),
    ...policy(table, "of_caretaker", IS_CARETAKER),
  ];
}

/** Forced: it holds for the owner of the tables as well. */
function fence(table: string): readonly string[] {
  return [
    `alter table ${table} enable row level security`,
    `alter table ${table} force row level security`,
  ];
}

/** There is no `create policy if not exists`. */
function policy(table: string, name: string, condition: string): readonly string[] {
  return [
    `drop policy if exists ${name} on ${table}`,
    `create policy ${name} on ${table} using (${condition}) with check (${condition})`,
  ];
}
