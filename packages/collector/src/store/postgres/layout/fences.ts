/** Row-level security: whatever a statement forgets, a transaction sees one tenant. */

/** Tables of the first layout of which a transaction sees one tenant's rows. */
const FIRST_TABLES = [
  "keys",
  "tokens",
  "sign_ins",
  "sessions",
  "records",
  "event_ids",
  "steps",
  "runs",
  "forks",
  "subtrees",
  "judgements",
  "notes",
  "alert_rules",
  "alerts",
  "subscriptions",
  "checkouts",
  "billing_events",
] as const;

/** All of which a transaction sees one tenant's rows. */
export const TENANT_TABLES = [...FIRST_TABLES, "traces"] as const;

/** Tables that are also reached by the hash of a secret, before the tenant is known. */
const SECRET_TABLES = ["keys", "tokens", "sign_ins"] as const;

const MINE = "nullif(current_setting('caum.tenant', true), '')::bigint";
/** Set by jobs that look after all tenants: delivery, retention, purge. */
const IS_CARETAKER = "current_setting('caum.scope', true) = 'all'";
const SHOWN = "decode(nullif(current_setting('caum.secret', true), ''), 'hex')";

/** The statements; they may run again. */
export const FENCES: readonly string[] = [
  ...FIRST_TABLES.flatMap(fencesOf),
  ...SECRET_TABLES.flatMap((table) => policy(table, "of_secret", `hash = ${SHOWN}`)),
  ...fence("tenants"),
  ...policy("tenants", "of_tenant", `key = ${MINE}`),
  ...policy(
    "tenants",
    "of_caretaker",
    `${IS_CARETAKER} or current_setting('caum.scope', true) = 'directory'`,
  ),
];

/** The fence of one table with rows of tenants. */
export function fencesOf(table: (typeof TENANT_TABLES)[number]): readonly string[] {
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
