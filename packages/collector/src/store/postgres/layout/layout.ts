/**
 * The layout on PostgreSQL, as numbered steps that only go forward. Each may run on several nodes at
 * once and more than once: `if not exists` everywhere, no table lock, no advisory lock.
 *
 * The tenant stands first in every key and index but those of the directory (`tenants`, `keys`,
 * `tokens`, `sign_ins`), which answers whose a secret is. No key comes from a sequence.
 *
 * Beside its primary key a table that grows has partial indexes only. A planner that has no figures
 * yet holds all indexes that begin with the tenant for equally good, and would read all of a tenant
 * for one row; a partial index is no choice for statements that do not ask for its column.
 */
import { firstTables } from "../../first-tables.ts";
import { membersTable } from "../../later-tables/member-tables.ts";
import { overviewTables } from "../../later-tables/overview-tables.ts";
import { usageTables } from "../../later-tables/usage-tables.ts";
import {
  FENCES,
  fencesOf,
  LOG_TABLES,
  MEMORY_TABLES,
  OVERVIEW_TABLES,
  USAGE_TABLES,
} from "./fences.ts";

const WORDS = {
  create: "create table if not exists",
  integer: "bigint",
  bytes: "bytea",
  tenant: "tenant bigint not null,",
  tenantKey: "tenant, ",
  short: "",
  own: {
    sessionKey: "tenant bigint not null, key bigint not null,",
    sessionVersion: "version bigint not null,",
    sessionLabels: "workflow text, cohort text,",
    sessionFigures: "alerts text, dropped bigint not null, figures text,",
    sessionUnique: "primary key (tenant, tag)",
    ruleSecrets: `cooldown_ms bigint not null, secret_version bigint not null,
      secret_rotated_ms bigint,`,
  },
} as const;
const FIRST = firstTables(WORDS);

const TABLES = [
  FIRST.tenants,
  FIRST.keys,
  FIRST.tokens,
  "create index if not exists tokens_by_tenant on tokens (tenant, session_id)",
  "create index if not exists tokens_by_expiry on tokens (expires_ms)",
  FIRST.signIns,
  "create index if not exists sign_ins_by_tenant on sign_ins (tenant, key_id)",
  "create index if not exists sign_ins_by_expiry on sign_ins (expires_ms)",
  `${FIRST.sessions} with (fillfactor = 70)`,
  `create unique index if not exists sessions_by_key on sessions (tenant, key)
    where key is not null`,
  `create index if not exists sessions_by_time on sessions (tenant, last_ms, key)
    where gone = 0`,
  `create index if not exists sessions_by_workflow on sessions (tenant, workflow, first_ms, key)
    where workflow is not null`,
  `create index if not exists sessions_by_cohort on sessions (tenant, workflow, cohort, first_ms, key)
    where workflow is not null`,
  `create table if not exists records (
    tenant bigint not null,
    session bigint not null,
    position bigint not null,
    leaf bytea not null,
    received_ms bigint not null,
    line text not null,
    standing text,
    primary key (tenant, session, position)
  )`,
  FIRST.eventIds,
  `create index if not exists event_ids_by_session on event_ids (tenant, session)
    where session is not null`,
  FIRST.steps,
  FIRST.runs,
  FIRST.forks,
  FIRST.subtrees,
  `create table if not exists judgements (
    tenant bigint not null,
    session bigint not null,
    segment bigint not null,
    size bigint not null,
    state text not null,
    primary key (tenant, session)
  )`,
  FIRST.notes,
  FIRST.alertRules,
  FIRST.alerts,
  "create index if not exists alerts_by_time on alerts (tenant, fired_ms, id)",
  `create index if not exists alerts_by_session on alerts (tenant, session)
    where session is not null`,
  `create index if not exists alerts_waiting on alerts (tenant, rule, due_ms, id)
    where status in ('armed', 'due')`,
  "create index if not exists alerts_due on alerts (due_ms) where status in ('armed', 'due')",
  "create index if not exists alerts_settled on alerts (settled_ms) where settled_ms is not null",
  FIRST.serviceClock,
  FIRST.subscriptions,
  FIRST.checkouts,
  FIRST.billingEvents,
  "create index if not exists billing_events_by_time on billing_events (received_ms)",
  // What all nodes must agree on; the keys themselves are never here.
  `create table if not exists node_identity (
    one bigint primary key check (one = 1),
    verifier_key text not null,
    digest_key text not null
  )`,
];

/**
 * Sessions are listed by a time that seldom moves, so that what changes with every group is in no
 * index and its row stays on its page, for which pages have room.
 */
const LISTED = [
  "alter table sessions add column if not exists listed_ms bigint",
  // Forced row-level security shows the owner nothing otherwise.
  "select set_config('caum.scope', 'all', true)",
  "update sessions set listed_ms = last_ms - last_ms % 10000 where listed_ms is null",
  `create index if not exists sessions_by_listed on sessions (tenant, listed_ms)
    where gone = 0`,
  "drop index if exists sessions_by_time",
  "alter table sessions set (fillfactor = 50)",
];

/** What was found of loops is a fact of its own; rows that were there say what their figures do. */
const LOOPS = [
  `alter table sessions add column if not exists active_ms bigint,
    add column if not exists earlier text,
    add column if not exists loops bigint not null default 0,
    add column if not exists loop_steps bigint not null default 0,
    add column if not exists loop_cost_nano_usd bigint not null default 0,
    add column if not exists worst_tier text not null default 'T1',
    add column if not exists acknowledged_ms bigint,
    add column if not exists acknowledged_by text,
    add column if not exists acknowledged_loops bigint not null default 0`,
  "select set_config('caum.scope', 'all', true)",
  `update sessions set active_ms = last_ms,
    loops = coalesce((figures::json ->> 'loops')::bigint, 0),
    loop_steps = coalesce((figures::json ->> 'patternSteps')::bigint, 0),
    worst_tier = coalesce(figures::json ->> 'worstTier', tier)
    where active_ms is null`,
  `create index if not exists sessions_with_loops on sessions (tenant, listed_ms)
    where gone = 0 and loops > 0`,
];

/** Rules that were made while a dwell of 3 steps was part of every such condition keep it. */
const DWELL = [
  "alter table alert_rules add column if not exists dwell_steps bigint",
  "select set_config('caum.scope', 'all', true)",
  `update alert_rules set dwell_steps =
    case when condition ~ '^(tier|uds|regime)' then 3 else 0 end where dwell_steps is null`,
  `alter table alert_rules alter column dwell_steps set not null,
    alter column dwell_steps set default 0`,
];

/** Sessions are found by what their senders share between them: keyed digests of ids. */
const TRACES = [
  FIRST.traces,
  `create index if not exists traces_by_session on traces (tenant, session)
    where session is not null`,
  ...fencesOf("traces"),
];

/** The log of session heads. */
const HEAD_LOG = [
  FIRST.logs,
  FIRST.logEntries,
  `create unique index if not exists log_entries_by_session on log_entries (tenant, tag, size)
    where tag is not null`,
  FIRST.logBlocks,
  FIRST.logNotes,
  ...LOG_TABLES.flatMap(fencesOf),
];

/** What a session did is stored with it, and sessions are found by when they began. */
const STRUCTURES = [
  "alter table sessions add column if not exists structure text",
  `create index if not exists sessions_by_start on sessions (tenant, first_ms, key)
    where first_ms is not null`,
];

/** What sessions did, by workflow, agent, client and server. */
const MEMORY = [
  FIRST.memoryRounds,
  FIRST.memoryDays,
  FIRST.memoryCards,
  FIRST.memorySessions,
  ...MEMORY_TABLES.flatMap(fencesOf),
];

/** The overview, groups of loops, and saved views. */
const OVERVIEW = [...Object.values(overviewTables(WORDS)), ...OVERVIEW_TABLES.flatMap(fencesOf)];

/** People who sign in without a key. */
const MEMBERS = [
  membersTable(WORDS),
  "alter table sign_ins add column if not exists member_id text",
  ...fencesOf("members"),
];

/** What a key is for, when it ends, and when it was used. */
const KEYS = [
  `alter table keys add column if not exists label text,
    add column if not exists expires_ms bigint,
    add column if not exists last_used_ms bigint`,
];

/** Records that stand together; what is compressed is not tried to be compressed again. */
const CHUNKS = [
  FIRST.recordChunks,
  "alter table record_chunks alter column body set storage external",
  ...fencesOf("record_chunks"),
  "alter table runs add column if not exists deleted_before bigint not null default 0",
  "alter table tenants add column if not exists buried_before_ms bigint not null default 0",
  "alter table sessions add column if not exists buried_steps bigint not null default 0",
];
/** Usage that was added up. */
const USAGE = [...Object.values(usageTables(WORDS)), ...USAGE_TABLES.flatMap(fencesOf)];

/** Who made a key. */
const KEY_MAKERS = ["alter table keys add column if not exists made_by text"];

export const LAYOUT = [
  {
    version: 1,
    statements: [...TABLES, ...FENCES],
  },
  { version: 2, statements: LISTED },
  { version: 3, statements: LOOPS },
  { version: 4, statements: DWELL },
  { version: 5, statements: TRACES },
  { version: 6, statements: HEAD_LOG },
  { version: 7, statements: [FIRST.witnessLeases] },
  { version: 8, statements: [FIRST.timeStamps, ...fencesOf("time_stamps")] },
  { version: 9, statements: STRUCTURES },
  { version: 10, statements: MEMORY },
  { version: 11, statements: OVERVIEW },
  { version: 12, statements: MEMBERS },
  { version: 13, statements: KEYS },
  { version: 14, statements: CHUNKS },
  { version: 15, statements: USAGE },
  { version: 16, statements: KEY_MAKERS },
];

export const LAYOUT_VERSION = LAYOUT.at(-1)?.version ?? 0;
