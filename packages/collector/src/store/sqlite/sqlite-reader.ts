import type { DatabaseSync, SQLInputValue, StatementSync } from "node:sqlite";
import type { Fork } from "@caum/core/collector";
import { sessionTag } from "@caum/core/verify";
import type { StoredRecord } from "../../ingest/ledger.ts";
import type { AlertFilter, AlertRow, AlertRule, OpenRule } from "../../rows/alert-rows.ts";
import type { BillingRow, ServiceClockRow } from "../../rows/billing-rows.ts";
import type { SignInRow } from "../../rows/sign-in-rows.ts";
import type { KeyEntry, KeyRow, TenantRow, TokenRow } from "../../rows/tenant-rows.ts";
import { alertOf, OPEN_RULES, openRuleOf, ruleOf } from "../alert-columns.ts";
import { bytes, hex, integer, optional, type Row, text } from "../columns.ts";
import { loopConditions, sessionViewOf, treeStateOf } from "../session-rows.ts";
import type {
  CohortCount,
  GoneSession,
  SessionFilter,
  SessionView,
  SignedNote,
  StoreReader,
  Usage,
  WorkflowFilter,
} from "../store.ts";
import { storedRecordOf } from "../stored-record.ts";
import { keyEntryOf, keyOf, signInOf, tenantOf, tokenOf } from "../tenant-columns.ts";
import { billingOf } from "./billing/billing-reads.ts";

const TENANT = `t.key as tenant, t.ulid, t.kind, t.plan, t.trial_ends_ms`;
/** Every read of a session goes through its tenant. */
const OF_SESSION = `session = (select key from sessions where tenant = ? and tag = ? and gone = 0)`;

const SEARCHED = `(${["id", "agent", "workflow"].map((name) => `${name} like ? escape '\\'`).join(" or ")})`;

/** Reads on a connection of its own; no transaction outlives a call. */
export class SqliteReader implements StoreReader {
  readonly #database: DatabaseSync;
  readonly #prepared = new Map<string, StatementSync>();

  constructor(database: DatabaseSync) {
    this.#database = database;
  }

  async key(hash: string): Promise<KeyRow | undefined> {
    const row = this.#one(
      `select ${TENANT}, k.key_id, k.scopes from keys k join tenants t on t.key = k.tenant
        where k.hash = ? and k.revoked = 0`,
      bytes(hash),
    );
    return row && keyOf(row);
  }

  async token(hash: string): Promise<TokenRow | undefined> {
    const row = this.#one(
      `select ${TENANT}, k.session_id, k.expires_ms from tokens k
        join tenants t on t.key = k.tenant where k.hash = ?`,
      bytes(hash),
    );
    return row && tokenOf(row);
  }

  async signIn(hash: string): Promise<SignInRow | undefined> {
    const row = this.#one(
      `select ${TENANT}, s.kind as sign_in, s.scopes, s.expires_ms from sign_ins s
        join tenants t on t.key = s.tenant where s.hash = ?`,
      bytes(hash),
    );
    return row && signInOf(row);
  }

  async keys(tenant: number): Promise<readonly KeyEntry[]> {
    const sql = `select key_id, prefix, scopes, created_ms, revoked from keys
      where tenant = ? order by created_ms, key_id`;
    return this.#all(sql, tenant).map(keyEntryOf);
  }

  async tenantByEmail(digest: string): Promise<TenantRow | undefined> {
    const row = this.#one(`select ${TENANT} from tenants t where t.email = ?`, digest);
    return row && tenantOf(row);
  }

  async tenantByUlid(ulid: string): Promise<TenantRow | undefined> {
    const row = this.#one(`select ${TENANT} from tenants t where t.ulid = ?`, ulid);
    return row && tenantOf(row);
  }

  async session(tenant: number, id: string): Promise<SessionView | GoneSession | undefined> {
    const sql = "select * from sessions where tenant = ? and tag = ?";
    const row = this.#one(sql, tenant, sessionTag(id));
    if (row === undefined) return undefined;
    if (integer(row, "gone") === 0) return sessionViewOf(row);
    return { gone: true, tree: treeStateOf(row), lastLeaf: text(row, "last_leaf") };
  }

  async sessions(tenant: number, filter: SessionFilter): Promise<readonly SessionView[]> {
    const { limit, after, sinceMs, activeSinceMs, search, agent, tier, regime, worstTier } = filter;
    const { traces = [] } = filter;
    const conditions = ["tenant = ?", "gone = 0"];
    const values: SQLInputValue[] = [tenant];
    if (after !== undefined) {
      conditions.push("(last_ms, key) < (?, ?)");
      values.push(after.lastMs, after.key);
    }
    if (sinceMs !== undefined) {
      conditions.push("last_ms >= ?");
      values.push(sinceMs);
    }
    if (search !== undefined) {
      conditions.push(SEARCHED);
      values.push(...Array<string>(3).fill(`%${search.replace(/[\\%_]/g, "\\$&")}%`));
    }
    if (activeSinceMs !== undefined) {
      conditions.push("active_ms >= ?");
      values.push(activeSinceMs);
    }
    conditions.push(...loopConditions(filter));
    for (const trace of traces) {
      conditions.push("key in (select session from traces where tenant = ? and id = ?)");
      values.push(tenant, bytes(trace));
    }
    for (const [column, value] of Object.entries({ agent, tier, regime, worst_tier: worstTier })) {
      if (value === undefined) continue;
      conditions.push(`${column} = ?`);
      values.push(value);
    }
    // Those of a trace are few: they are looked up one by one, not found among all by their time.
    const table = traces.length > 0 ? "sessions not indexed" : "sessions";
    const sql = `select * from ${table} where ${conditions.join(" and ")}
      order by last_ms desc, key desc limit ?`;
    return this.#all(sql, ...values, limit).map(sessionViewOf);
  }

  async records(
    tenant: number,
    id: string,
    from: number,
    limit: number,
  ): Promise<readonly StoredRecord[]> {
    const sql = `select position, leaf, line, received_ms, standing from records
      where ${OF_SESSION} and position >= ? order by position limit ?`;
    return this.#all(sql, tenant, sessionTag(id), from, limit).map(storedRecordOf);
  }

  async leaves(tenant: number, id: string, from: number, to: number): Promise<readonly string[]> {
    const sql = `select leaf from records
      where ${OF_SESSION} and position >= ? and position < ? order by position`;
    return this.#all(sql, tenant, sessionTag(id), from, to).map((row) => hex(row, "leaf"));
  }

  async subtrees(tenant: number, id: string): Promise<readonly string[]> {
    const sql = `select root from subtrees where ${OF_SESSION} order by block`;
    return this.#all(sql, tenant, sessionTag(id)).map((row) => hex(row, "root"));
  }

  async forks(tenant: number, id: string): Promise<readonly Fork[]> {
    const sql = `select run, seq, leaf, reason from forks where ${OF_SESSION}
      order by received_ms, run, seq`;
    return this.#all(sql, tenant, sessionTag(id)).map((row) => ({
      run: text(row, "run"),
      seq: integer(row, "seq"),
      leaf: text(row, "leaf"),
      reason: text(row, "reason") as Fork["reason"], // Only the ledger writes it.
    }));
  }

  async notes(tenant: number, id: string): Promise<readonly SignedNote[]> {
    const sql = `select size, note from notes where session =
      (select key from sessions where tenant = ? and tag = ?) order by size`;
    return this.#all(sql, tenant, sessionTag(id)).map((row) => ({
      size: integer(row, "size"),
      note: text(row, "note"),
    }));
  }

  async alertRules(tenant: number): Promise<readonly AlertRule[]> {
    const sql = "select * from alert_rules where tenant = ? order by created_ms, id";
    return this.#all(sql, tenant).map(ruleOf);
  }

  async alerts(tenant: number, filter: AlertFilter): Promise<readonly AlertRow[]> {
    const { limit, after, status } = filter;
    const sql = `select * from alerts where tenant = ? and status <> 'armed'
      ${status === undefined ? "" : "and status = ?"}
      ${after === undefined ? "" : "and (fired_ms, id) < (?, ?)"}
      order by fired_ms desc, id desc limit ?`;
    const values = [
      tenant,
      ...(status === undefined ? [] : [status]),
      ...(after === undefined ? [] : [after.firedMs, after.id]),
      limit,
    ];
    return this.#all(sql, ...values).map(alertOf);
  }

  async usage(tenant: number): Promise<Usage> {
    const sql = `select count(*) as sessions, total(size) as events, total(steps) as steps,
      total(tokens) as tokens, total(cost_nano_usd) as cost, total(dropped) as dropped,
      (select count(*) from alerts where tenant = ? and status <> 'armed') as alerts
      from sessions where tenant = ?`;
    const row = this.#one(sql, tenant, tenant) ?? {};
    return {
      sessions: integer(row, "sessions"),
      events: integer(row, "events"),
      steps: integer(row, "steps"),
      totalTokens: integer(row, "tokens"),
      costNanoUsd: integer(row, "cost"),
      alerts: integer(row, "alerts"),
      dropped: integer(row, "dropped"),
    };
  }

  async workflowSessions(
    tenant: number,
    workflow: string,
    { limit, cohort, newestFirst = false }: WorkflowFilter,
  ): Promise<readonly SessionView[]> {
    const direction = newestFirst ? "desc" : "asc";
    const sql = `select * from sessions where tenant = ? and workflow = ?
      ${cohort === undefined ? "" : "and cohort = ?"}
      order by first_ms ${direction}, key ${direction} limit ?`;
    const values = cohort === undefined ? [] : [cohort];
    return this.#all(sql, tenant, workflow, ...values, limit).map(sessionViewOf);
  }

  async cohorts(tenant: number, workflow: string): Promise<readonly CohortCount[]> {
    const sql = `select cohort, count(*) as sessions from sessions
      where tenant = ? and workflow = ? group by cohort order by cohort`;
    return this.#all(sql, tenant, workflow).map((row) => ({
      cohort: optional(row, "cohort", text),
      sessions: integer(row, "sessions"),
    }));
  }

  async billing(tenant: number): Promise<BillingRow> {
    return billingOf(this.#database, tenant);
  }

  async serviceClock(): Promise<ServiceClockRow | undefined> {
    const row = this.#one("select service_ms, high_ms from service_clock");
    return row && { serviceMs: integer(row, "service_ms"), highMs: integer(row, "high_ms") };
  }

  async openRules(): Promise<readonly OpenRule[]> {
    return this.#all(OPEN_RULES).map(openRuleOf);
  }

  async retentions(): Promise<readonly { readonly tenant: number; readonly days: number }[]> {
    const sql = "select key, retention_days from tenants where retention_days is not null";
    return this.#all(sql).map((row) => ({
      tenant: integer(row, "key"),
      days: integer(row, "retention_days"),
    }));
  }

  close(): void {
    this.#database.close();
  }

  #one(sql: string, ...values: readonly SQLInputValue[]): Row | undefined {
    return this.#statement(sql).get(...values);
  }

  #all(sql: string, ...values: readonly SQLInputValue[]): readonly Row[] {
    return this.#statement(sql).all(...values);
  }

  #statement(sql: string): StatementSync {
    const known = this.#prepared.get(sql);
    if (known !== undefined) return known;
    const statement = this.#database.prepare(sql);
    this.#prepared.set(sql, statement);
    return statement;
  }
}
