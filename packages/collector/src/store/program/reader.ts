/** The reads of a store, in one transaction each. */
import type { Fork } from "@caum/core/collector";
import { sessionTag } from "@caum/core/verify";
import type { StoredRecord } from "../../ingest/ledger.ts";
import type { AlertFilter, AlertRow, AlertRule, OpenRule } from "../../rows/alert-rows.ts";
import type { BillingRow, ServiceClockRow } from "../../rows/billing-rows.ts";
import type { GroupReader } from "../../rows/group-rows.ts";
import type { LogReader, SignedNote } from "../../rows/log-rows.ts";
import type { MemoryReader } from "../../rows/memory-rows.ts";
import type { OverviewReader } from "../../rows/overview-rows.ts";
import type { MemberReader } from "../../rows/people/member-rows.ts";
import type { SignInRow } from "../../rows/sign-in-rows.ts";
import type { KeyEntry, KeyRow, TenantRow, TokenRow } from "../../rows/tenant-rows.ts";
import type { StoredTimeStamp } from "../../rows/time-stamp-rows.ts";
import type { ViewReader } from "../../rows/view-rows.ts";
import { CHUNK_RECORDS } from "../chunks/chunk.ts";
import { alertOf, OPEN_RULES, openRuleOf, ruleOf } from "../columns/alert-columns.ts";
import { bytes, hex, integer, optional, type Row, text } from "../columns/columns.ts";
import { type KeptRecord, leafOf, storedRecordOf } from "../columns/ledger-columns.ts";
import { sessionViewOf, treeStateOf } from "../columns/session-rows.ts";
import { keyEntryOf, keyOf, signInOf, tenantOf, tokenOf } from "../columns/tenant-columns.ts";
import type {
  CohortCount,
  GoneSession,
  LooseSession,
  SessionFilter,
  SessionView,
  SortedFilter,
  SortedSessions,
  StoreReader,
  Usage,
  WorkflowFilter,
} from "../store.ts";
import { readBilling } from "./billing.ts";
import type { Dialect } from "./dialect.ts";
import { ProgramLogReader } from "./head-log/log-reader.ts";
import { listSessions, listWorkflow } from "./lists/session-list.ts";
import { listSorted } from "./lists/sorted-sessions.ts";
import { ProgramMemberReader } from "./members/member-reader.ts";
import { ProgramMemoryReader } from "./memory/memory-reader.ts";
import { ProgramGroupReader } from "./overview/group-reader.ts";
import { ProgramOverviewReader } from "./overview/overview-reader.ts";
import { type Read, rows, type Scope, type Sql } from "./program.ts";
import { recordsBetween } from "./records/stored-records.ts";
import { readUsage } from "./usage.ts";

const TENANT = "t.key as tenant, t.ulid, t.kind, t.plan, t.trial_ends_ms";
const DIRECTORY: Scope = { everyone: "directory" };
const EVERYONE: Scope = { everyone: "all" };

/** Every read of a session goes through its tenant. */
const ofSession = ({ ofTenant }: Dialect) => `${ofTenant}session =
  (select key from sessions where tenant = $1 and tag = $2 and gone = 0)`;

export class ProgramReader implements StoreReader {
  readonly log: LogReader;
  readonly memory: MemoryReader;
  readonly overview: OverviewReader;
  readonly groups: GroupReader & ViewReader;
  readonly members: MemberReader;
  readonly #read: Read;

  constructor(read: Read) {
    this.log = new ProgramLogReader(read);
    this.memory = new ProgramMemoryReader(read);
    this.overview = new ProgramOverviewReader(read);
    this.groups = new ProgramGroupReader(read);
    this.members = new ProgramMemberReader(read);
    this.#read = read;
  }

  async key(hash: string): Promise<KeyRow | undefined> {
    const sql = `select ${TENANT}, k.key_id, k.scopes, k.expires_ms from keys k
      join tenants t on t.key = k.tenant where k.hash = $1 and k.revoked = 0`;
    const [row] = await this.#rows({ secret: hash }, "key", sql, bytes(hash));
    return row && keyOf(row);
  }

  async token(hash: string): Promise<TokenRow | undefined> {
    const sql = `select ${TENANT}, k.session_id, k.expires_ms from tokens k
      join tenants t on t.key = k.tenant where k.hash = $1`;
    const [row] = await this.#rows({ secret: hash }, "token", sql, bytes(hash));
    return row && tokenOf(row);
  }

  async signIn(hash: string): Promise<SignInRow | undefined> {
    const sql = `select ${TENANT}, s.kind as sign_in, s.scopes, s.expires_ms, s.member_id, s.key_id
      from sign_ins s join tenants t on t.key = s.tenant where s.hash = $1`;
    const [row] = await this.#rows({ secret: hash }, "sign_in", sql, bytes(hash));
    return row && signInOf(row);
  }

  async keys(tenant: number): Promise<readonly KeyEntry[]> {
    const sql = `select key_id, label, prefix, scopes, created_ms, expires_ms, last_used_ms, revoked, made_by
      from keys where tenant = $1 order by created_ms, key_id`;
    return (await this.#rows({ tenant }, "keys", sql, tenant)).map(keyEntryOf);
  }

  async tenantByEmail(digest: string): Promise<TenantRow | undefined> {
    const sql = `select ${TENANT} from tenants t where t.email = $1`;
    const [row] = await this.#rows(DIRECTORY, "tenant_by_email", sql, digest);
    return row && tenantOf(row);
  }

  async tenantByUlid(ulid: string): Promise<TenantRow | undefined> {
    const sql = `select ${TENANT} from tenants t where t.ulid = $1`;
    const [row] = await this.#rows(DIRECTORY, "tenant_by_ulid", sql, ulid);
    return row && tenantOf(row);
  }

  async session(tenant: number, id: string): Promise<SessionView | GoneSession | undefined> {
    const sql = "select * from sessions where tenant = $1 and tag = $2";
    const [row] = await this.#rows({ tenant }, "session", sql, tenant, sessionTag(id));
    if (row === undefined) return undefined;
    if (integer(row, "gone") === 0) return sessionViewOf(row);
    return { gone: true, tree: treeStateOf(row), lastLeaf: text(row, "last_leaf") };
  }

  async sessions(tenant: number, filter: SessionFilter): Promise<readonly SessionView[]> {
    const found = await this.#read({ tenant }, () => listSessions(tenant, filter));
    return found.map(sessionViewOf);
  }

  async sortedSessions(tenant: number, filter: SortedFilter): Promise<SortedSessions> {
    const { rows, ...told } = await this.#read({ tenant }, () => listSorted(tenant, filter));
    return { ...told, views: rows.map(sessionViewOf) };
  }

  async records(
    tenant: number,
    id: string,
    from: number,
    limit: number,
  ): Promise<readonly StoredRecord[]> {
    return (await this.#records(tenant, id, from, from + limit)).map(storedRecordOf);
  }

  async leaves(tenant: number, id: string, from: number, to: number): Promise<readonly string[]> {
    return (await this.#records(tenant, id, from, to)).map(leafOf);
  }

  async subtrees(tenant: number, id: string): Promise<readonly string[]> {
    const sql: Sql = (dialect) =>
      `select root from subtrees where ${ofSession(dialect)} order by block`;
    const found = await this.#rows({ tenant }, "subtrees", sql, tenant, sessionTag(id));
    return found.map((row) => hex(row, "root"));
  }

  async forks(tenant: number, id: string): Promise<readonly Fork[]> {
    const sql: Sql = (dialect) => `select run, seq, leaf, reason from forks
      where ${ofSession(dialect)} order by received_ms, run, seq`;
    return (await this.#rows({ tenant }, "forks", sql, tenant, sessionTag(id))).map((row) => ({
      run: text(row, "run"),
      seq: integer(row, "seq"),
      leaf: text(row, "leaf"),
      reason: text(row, "reason") as Fork["reason"], // Only the ledger writes it.
    }));
  }

  /** Also of what is left of a session. */
  async notes(tenant: number, id: string): Promise<readonly SignedNote[]> {
    const sql: Sql = ({ ofTenant }) => `select size, note from notes where ${ofTenant}session =
      (select key from sessions where tenant = $1 and tag = $2) order by size`;
    return (await this.#rows({ tenant }, "notes", sql, tenant, sessionTag(id))).map((row) => ({
      size: integer(row, "size"),
      note: text(row, "note"),
    }));
  }

  async timeStamps(tenant: number, id: string): Promise<readonly StoredTimeStamp[]> {
    const sql: Sql = (dialect) =>
      `select size, reply from time_stamps where ${ofSession(dialect)} order by size`;
    return (await this.#rows({ tenant }, "time_stamps", sql, tenant, sessionTag(id))).map(
      (row) => ({ size: integer(row, "size"), reply: text(row, "reply") }),
    );
  }

  async alertRules(tenant: number): Promise<readonly AlertRule[]> {
    const sql = "select * from alert_rules where tenant = $1 order by created_ms, id";
    return (await this.#rows({ tenant }, "alert_rules", sql, tenant)).map(ruleOf);
  }

  async alerts(
    tenant: number,
    { limit, after, status }: AlertFilter,
  ): Promise<readonly AlertRow[]> {
    const values: unknown[] = [tenant];
    const mark = (value: unknown) => `$${values.push(value)}`;
    const sql = `select * from alerts where tenant = $1 and status <> 'armed'
      ${status === undefined ? "" : `and status = ${mark(status)}`}
      ${after ? `and (fired_ms, id) < (${mark(after.firedMs)}, ${mark(after.id)})` : ""}
      order by fired_ms desc, id desc limit ${mark(limit)}`;
    return (await this.#rows({ tenant }, undefined, sql, ...values)).map(alertOf);
  }

  usage(tenant: number): Promise<Usage> {
    return this.#read({ tenant }, () => readUsage(tenant));
  }

  async workflowSessions(
    tenant: number,
    workflow: string,
    filter: WorkflowFilter,
  ): Promise<readonly SessionView[]> {
    const found = await this.#read({ tenant }, () => listWorkflow(tenant, workflow, filter));
    return found.map(sessionViewOf);
  }

  async cohorts(tenant: number, workflow: string): Promise<readonly CohortCount[]> {
    const sql: Sql = ({ byBytes }) => `select cohort, count(*) as sessions from sessions
      where tenant = $1 and workflow = $2
      group by cohort order by cohort ${byBytes} nulls first`;
    return (await this.#rows({ tenant }, "cohorts", sql, tenant, workflow)).map((row) => ({
      cohort: optional(row, "cohort", text),
      sessions: integer(row, "sessions"),
    }));
  }

  billing(tenant: number): Promise<BillingRow> {
    return this.#read({ tenant }, () => readBilling(tenant));
  }

  async serviceClock(): Promise<ServiceClockRow | undefined> {
    const sql = "select service_ms, high_ms from service_clock";
    const [row] = await this.#rows(DIRECTORY, "service_clock", sql);
    return row && { serviceMs: integer(row, "service_ms"), highMs: integer(row, "high_ms") };
  }

  async openRules(): Promise<readonly OpenRule[]> {
    return (await this.#rows(EVERYONE, "open_rules", OPEN_RULES)).map(openRuleOf);
  }

  async retentions(): Promise<readonly { readonly tenant: number; readonly days: number }[]> {
    const sql = "select key, retention_days from tenants where retention_days is not null";
    return (await this.#rows(EVERYONE, "retentions", sql)).map((row) => ({
      tenant: integer(row, "key"),
      days: integer(row, "retention_days"),
    }));
  }

  async looseSessions(after: LooseSession | undefined, limit: number): Promise<LooseSession[]> {
    const { tenant, session } = after ?? { tenant: -1, session: -1 };
    const found = await this.#rows(
      EVERYONE,
      "loose_sessions",
      (dialect) => `${dialect.looseSessions}
        select f.tenant, f.session,
          (select count(*) from (select 1 from records r where ${dialect.ofFound}
            limit ${CHUNK_RECORDS}) w) as records,
          (select received_ms from records r where ${dialect.ofFound}
            order by position desc limit 1) as last_ms
        from found f where f.session is not null`,
      tenant,
      session,
      limit,
    );
    return found.map((row) => ({
      tenant: integer(row, "tenant"),
      session: integer(row, "session"),
      records: integer(row, "records"),
      lastMs: integer(row, "last_ms"),
    }));
  }

  #records(tenant: number, id: string, from: number, to: number): Promise<readonly KeptRecord[]> {
    const of = { by: "tag", tenant, session: sessionTag(id) } as const;
    return this.#read({ tenant }, () => recordsBetween(of, from, to));
  }

  #rows(
    scope: Scope,
    name: string | undefined,
    sql: Sql,
    ...values: readonly unknown[]
  ): Promise<readonly Row[]> {
    return this.#read(scope, () => rows(name && `reader_${name}`, sql, values));
  }
}
