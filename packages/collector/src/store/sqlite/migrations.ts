/** The layout of the data folder's database, as numbered steps that only go forward. */
import type { DatabaseSync } from "node:sqlite";
import { firstTables } from "../first-tables.ts";
import { membersTable } from "../later-tables/member-tables.ts";
import { overviewTables } from "../later-tables/overview-tables.ts";
import { usageTables } from "../later-tables/usage-tables.ts";
import { stepsAfter } from "../layout-steps.ts";

/** Rows of a session name nothing but it. */
const WORDS = {
  create: "create table",
  integer: "integer",
  bytes: "blob",
  tenant: "",
  tenantKey: "",
  short: " without rowid",
  own: {
    sessionKey: "key integer primary key, tenant integer not null,",
    sessionVersion: "",
    sessionLabels: "",
    sessionFigures: "",
    sessionUnique: "unique (tenant, tag)",
    ruleSecrets: "",
  },
} as const;
const FIRST = firstTables(WORDS);
const OVERVIEW = overviewTables(WORDS);

const MIGRATIONS = [
  {
    version: 1,
    sql: `
      ${FIRST.tenants};
      ${FIRST.keys};
      ${FIRST.tokens};
      ${FIRST.sessions};
      create index sessions_by_time on sessions (tenant, last_ms, key);
      create table records (
        id integer primary key,
        session integer not null,
        position integer not null,
        leaf blob not null,
        received_ms integer not null,
        line text not null,
        standing text
      );
      create unique index records_by_place on records (session, position);
      ${FIRST.eventIds};
      ${FIRST.steps};
      ${FIRST.runs};
      ${FIRST.forks};
      ${FIRST.subtrees};
      create table judgements (
        session integer primary key,
        segment integer not null,
        size integer not null,
        state text not null
      );
      ${FIRST.notes};
    `,
  },
  {
    version: 2,
    sql: `
      ${FIRST.alertRules};
    `,
  },
  {
    version: 3,
    sql: `
      ${FIRST.signIns};
    `,
  },
  {
    version: 4,
    sql: `
      alter table alert_rules add column cooldown_ms integer not null default 300000;
      alter table alert_rules add column secret_version integer not null default 1;
      alter table alert_rules add column secret_rotated_ms integer;
      alter table sessions add column alerts text;
      ${FIRST.alerts};
      create index alerts_by_time on alerts (tenant, fired_ms, id);
      create index alerts_by_session on alerts (session) where session is not null;
      create index alerts_due on alerts (due_ms) where status in ('armed', 'due');
      create index alerts_by_rule on alerts (tenant, rule, due_ms, id) where status in ('armed', 'due');
      create index alerts_settled on alerts (settled_ms) where settled_ms is not null;
    `,
  },
  {
    version: 5,
    sql: `
      alter table sessions add column workflow text;
      alter table sessions add column cohort text;
      alter table sessions add column dropped integer not null default 0;
      alter table sessions add column figures text;
      update sessions set workflow = json_extract(facts, '$.workflow'),
        cohort = json_extract(facts, '$.cohort');
      create index sessions_by_workflow on sessions (tenant, workflow, first_ms, key)
        where workflow is not null;
      create index sessions_by_cohort on sessions (tenant, workflow, cohort, first_ms, key)
        where workflow is not null;
      ${FIRST.serviceClock};
      ${FIRST.subscriptions};
      ${FIRST.checkouts};
      ${FIRST.billingEvents};
    `,
  },
  {
    version: 6,
    sql: `
      alter table sessions add column active_ms integer;
      alter table sessions add column earlier text;
      alter table sessions add column loops integer not null default 0;
      alter table sessions add column loop_steps integer not null default 0;
      alter table sessions add column loop_cost_nano_usd integer not null default 0;
      alter table sessions add column worst_tier text not null default 'T1';
      alter table sessions add column acknowledged_ms integer;
      alter table sessions add column acknowledged_by text;
      alter table sessions add column acknowledged_loops integer not null default 0;
      update sessions set active_ms = last_ms,
        loops = coalesce(json_extract(figures, '$.loops'), 0),
        loop_steps = coalesce(json_extract(figures, '$.patternSteps'), 0),
        worst_tier = coalesce(json_extract(figures, '$.worstTier'), tier);
      create index sessions_with_loops on sessions (tenant, last_ms, key) where loops > 0;
    `,
  },
  {
    version: 7,
    // Rules that were made while a dwell of 3 steps was part of every such condition keep it.
    sql: `
      alter table alert_rules add column dwell_steps integer not null default 0;
      update alert_rules set dwell_steps = 3
        where condition glob 'tier*' or condition glob 'uds*' or condition glob 'regime*';
    `,
  },
  {
    version: 8,
    sql: `
      ${FIRST.traces};
      create index traces_by_session on traces (session);
    `,
  },
  {
    version: 9,
    sql: `
      ${FIRST.logs};
      ${FIRST.logEntries};
      create unique index log_entries_by_session on log_entries (tenant, tag, size);
      ${FIRST.logBlocks};
      ${FIRST.logNotes};
    `,
  },
  { version: 10, sql: `${FIRST.witnessLeases};` },
  { version: 11, sql: `${FIRST.timeStamps};` },
  {
    version: 12,
    sql: `
      alter table sessions add column structure text;
      create index sessions_by_start on sessions (tenant, first_ms, key) where gone = 0;
    `,
  },
  {
    version: 13,
    sql: `
      ${FIRST.memoryRounds};
      ${FIRST.memoryDays};
      ${FIRST.memoryCards};
      ${FIRST.memorySessions};
    `,
  },
  { version: 14, sql: `${Object.values(OVERVIEW).join(";")};` },
  {
    version: 15,
    sql: "create table new_event_ids (key integer primary key, ids text not null);",
  },
  {
    version: 16,
    sql: `
      ${membersTable(WORDS)};
      alter table sign_ins add column member_id text;
    `,
  },
  {
    version: 17,
    sql: `
      alter table keys add column label text;
      alter table keys add column expires_ms integer;
      alter table keys add column last_used_ms integer;
    `,
  },
  {
    version: 18,
    sql: `
      ${FIRST.recordChunks};
      alter table runs add column deleted_before integer not null default 0;
      alter table tenants add column buried_before_ms integer not null default 0;
      alter table sessions add column buried_steps integer not null default 0;
    `,
  },
  { version: 19, sql: `${Object.values(usageTables(WORDS)).join(";")};` },
  { version: 20, sql: "alter table keys add column made_by text;" },
];

/** The layout that this program writes. */
export const LAYOUT_VERSION = MIGRATIONS.at(-1)?.version ?? 0;

/**
 * Brings a database to the present layout.
 *
 * @throws {Error} when it was written by a newer program
 */
export function migrate(database: DatabaseSync): void {
  database.exec("create table if not exists schema_migrations (version integer primary key)");
  const row = database.prepare("select max(version) as version from schema_migrations").get();
  const present = Number(row?.version ?? 0);
  for (const { version, sql } of stepsAfter(present, MIGRATIONS, "the data folder")) {
    database.exec("begin immediate");
    database.exec(sql);
    database.prepare("insert into schema_migrations (version) values (?)").run(version);
    database.exec("commit");
  }
}
