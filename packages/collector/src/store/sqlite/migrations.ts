/** The layout of the data folder's database, as numbered steps that only go forward. */
import type { DatabaseSync } from "node:sqlite";

interface Migration {
  readonly version: number;
  readonly sql: string;
}

const MIGRATIONS: readonly Migration[] = [
  {
    version: 1,
    sql: `
      create table tenants (
        key integer primary key,
        ulid text not null unique,
        kind text not null,
        plan text not null,
        email text unique,
        created_ms integer not null,
        trial_ends_ms integer,
        retention_days integer
      );
      create table keys (
        hash blob primary key,
        tenant integer not null,
        key_id text not null,
        prefix text not null,
        scopes text not null,
        created_ms integer not null,
        revoked integer not null default 0,
        unique (tenant, key_id)
      ) without rowid;
      create table tokens (
        hash blob primary key,
        tenant integer not null,
        session_id text not null,
        expires_ms integer not null
      ) without rowid;
      create table sessions (
        key integer primary key,
        tenant integer not null,
        tag text not null,
        id text,
        facts text not null,
        origins text not null,
        agent text,
        size integer not null,
        tree text not null,
        door text,
        segment integer not null,
        segment_start integer not null,
        ended integer not null,
        resolved integer,
        totals text not null,
        tokens integer not null,
        cost_nano_usd integer not null,
        steps integer not null,
        runs integer not null,
        last_leaf text not null,
        first_ms integer not null,
        last_ms integer not null,
        tier text not null,
        regime text not null,
        standing text not null,
        gone integer not null default 0,
        buried integer not null default 0,
        unique (tenant, tag)
      );
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
      create table event_ids (
        tenant integer not null,
        id blob not null,
        session integer not null,
        position integer not null,
        body text,
        primary key (tenant, id)
      ) without rowid;
      create table steps (
        session integer not null,
        segment integer not null,
        step integer not null,
        body text not null,
        position integer not null,
        primary key (session, segment, step, body)
      ) without rowid;
      create table runs (
        session integer not null,
        run text not null,
        next integer not null,
        head text,
        forked integer not null,
        primary key (session, run)
      ) without rowid;
      create table forks (
        session integer not null,
        run text not null,
        seq integer not null,
        leaf text not null,
        reason text not null,
        received_ms integer not null,
        primary key (session, run, seq, leaf)
      ) without rowid;
      create table subtrees (
        session integer not null,
        block integer not null,
        root blob not null,
        primary key (session, block)
      ) without rowid;
      create table judgements (
        session integer primary key,
        segment integer not null,
        size integer not null,
        state text not null
      );
      create table notes (
        session integer not null,
        size integer not null,
        note text not null,
        primary key (session, size)
      ) without rowid;
    `,
  },
  {
    version: 2,
    sql: `
      create table alert_rules (
        tenant integer not null,
        id text not null,
        condition text not null,
        action_type text not null,
        destination text not null,
        created_ms integer not null,
        primary key (tenant, id)
      ) without rowid;
    `,
  },
  {
    version: 3,
    sql: `
      create table sign_ins (
        hash blob primary key,
        tenant integer not null,
        kind text not null,
        scopes text not null,
        key_id text,
        expires_ms integer not null
      ) without rowid;
    `,
  },
  {
    version: 4,
    sql: `
      alter table alert_rules add column cooldown_ms integer not null default 300000;
      alter table alert_rules add column secret_version integer not null default 1;
      alter table alert_rules add column secret_rotated_ms integer;
      alter table sessions add column alerts text;
      create table alerts (
        tenant integer not null,
        id text not null,
        rule text not null,
        session integer,
        status text not null,
        fired_ms integer not null,
        due_ms integer not null,
        attempts integer not null default 0,
        settled_ms integer,
        problem text,
        facts text not null,
        primary key (tenant, id)
      ) without rowid;
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
      create table service_clock (
        one integer primary key check (one = 1),
        service_ms integer not null,
        high_ms integer not null
      );
      create table subscriptions (
        tenant integer not null,
        id text not null,
        status text not null,
        changed_s integer not null,
        primary key (tenant, id)
      ) without rowid;
      create table checkouts (
        tenant integer primary key,
        attempt integer not null,
        session text,
        url text,
        expires_ms integer
      );
      create table billing_events (
        tenant integer not null,
        id text not null,
        received_ms integer not null,
        primary key (tenant, id)
      ) without rowid;
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
      create table traces (
        tenant integer not null,
        id blob not null,
        session integer not null,
        primary key (tenant, id, session)
      ) without rowid;
      create index traces_by_session on traces (session);
    `,
  },
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
  if (present > LAYOUT_VERSION) {
    throw new Error(
      `the data folder has layout ${present}, this program knows ${LAYOUT_VERSION}: update caum`,
    );
  }
  for (const { version, sql } of MIGRATIONS) {
    if (version <= present) continue;
    database.exec("begin immediate");
    database.exec(sql);
    database.prepare("insert into schema_migrations (version) values (?)").run(version);
    database.exec("commit");
  }
}
