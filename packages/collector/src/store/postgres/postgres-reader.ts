import { type Fork, sha256 } from "@caum/core/collector";
import { sessionTag } from "@caum/core/verify";
import type { StoredRecord } from "../../ingest/ledger.ts";
import type { AlertFilter, AlertRow, AlertRule, OpenRule } from "../../rows/alert-rows.ts";
import type { BillingRow, ServiceClockRow } from "../../rows/billing-rows.ts";
import type { SignInRow } from "../../rows/sign-in-rows.ts";
import type { KeyEntry, KeyRow, TenantRow, TokenRow } from "../../rows/tenant-rows.ts";
import { alertOf, openRuleOf, ruleOf } from "../alert-columns.ts";
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
import { readBilling } from "./commands/billing-rows.ts";
import type { Scope, Transaction } from "./database.ts";
import { listedMs } from "./ingest/listed-ms.ts";
import { READS } from "./read-statements.ts";

/** Runs reads in one transaction of one scope. */
export type Read = <T>(scope: Scope, work: (transaction: Transaction) => Promise<T>) => Promise<T>;

export class PostgresReader implements StoreReader {
  readonly #read: Read;

  constructor(read: Read) {
    this.#read = read;
  }

  async key(hash: string): Promise<KeyRow | undefined> {
    const [row] = await this.#rows({ secret: hash }, "key", bytes(hash));
    return row && keyOf(row);
  }

  async token(hash: string): Promise<TokenRow | undefined> {
    const [row] = await this.#rows({ secret: hash }, "token", bytes(hash));
    return row && tokenOf(row);
  }

  async signIn(hash: string): Promise<SignInRow | undefined> {
    const [row] = await this.#rows({ secret: hash }, "signIn", bytes(hash));
    return row && signInOf(row);
  }

  async keys(tenant: number): Promise<readonly KeyEntry[]> {
    return (await this.#rows({ tenant }, "keys", tenant)).map(keyEntryOf);
  }

  async tenantByEmail(digest: string): Promise<TenantRow | undefined> {
    const [row] = await this.#rows({ everyone: "directory" }, "tenantByEmail", digest);
    return row && tenantOf(row);
  }

  async tenantByUlid(ulid: string): Promise<TenantRow | undefined> {
    const [row] = await this.#rows({ everyone: "directory" }, "tenantByUlid", ulid);
    return row && tenantOf(row);
  }

  async session(tenant: number, id: string): Promise<SessionView | GoneSession | undefined> {
    const [row] = await this.#rows({ tenant }, "session", tenant, sessionTag(id));
    if (row === undefined) return undefined;
    if (integer(row, "gone") === 0) return sessionViewOf(row);
    return { gone: true, tree: treeStateOf(row), lastLeaf: text(row, "last_leaf") };
  }

  async sessions(tenant: number, filter: SessionFilter): Promise<readonly SessionView[]> {
    const { limit, after, sinceMs, activeSinceMs, search, agent, tier, regime, worstTier } = filter;
    const values: unknown[] = [tenant];
    const next = (value: unknown) => `$${values.push(value)}`;
    const conditions = ["tenant = $1", "gone = 0"];
    if (after) {
      conditions.push(`listed_ms <= ${next(listedMs(after.lastMs))}`);
      conditions.push(`(last_ms, key) < (${next(after.lastMs)}, ${next(after.key)})`);
    }
    if (sinceMs !== undefined) {
      conditions.push(`listed_ms >= ${next(listedMs(sinceMs))}`, `last_ms >= ${next(sinceMs)}`);
    }
    if (search !== undefined) {
      const pattern = next(`%${lowerAscii(search).replace(/[\\%_]/g, "\\$&")}%`);
      const matches = ["id", "agent", "workflow"].map(
        (name) => `translate(${name}, '${UPPER}', '${LOWER}') like ${pattern}`,
      );
      conditions.push(`(${matches.join(" or ")})`);
    }
    if (activeSinceMs !== undefined) conditions.push(`active_ms >= ${next(activeSinceMs)}`);
    conditions.push(...loopConditions(filter));
    const [trace, ...traces] = (filter.traces ?? []).map((id) => tracedBy(next(bytes(id))));
    conditions.push(...traces.map((others) => `key in (${others})`));
    for (const [column, value] of Object.entries({ agent, tier, regime, worst_tier: worstTier })) {
      if (value !== undefined) conditions.push(`${column} = ${next(value)}`);
    }
    const sql = `select sessions.* from ${trace ? eachOf(trace) : "sessions"}
      where ${conditions.join(" and ")}
      order by listed_ms desc, last_ms desc, key desc limit ${next(limit)}`;
    const name = `sessions_${sha256(Buffer.from(sql)).slice(0, 16)}`;
    const rows = await this.#read({ tenant }, (transaction) => {
      return transaction.rows(name, sql, values);
    });
    return rows.map(sessionViewOf);
  }

  async records(
    tenant: number,
    id: string,
    from: number,
    limit: number,
  ): Promise<readonly StoredRecord[]> {
    const rows = await this.#rows({ tenant }, "records", tenant, sessionTag(id), from, limit);
    return rows.map(storedRecordOf);
  }

  async leaves(tenant: number, id: string, from: number, to: number): Promise<readonly string[]> {
    const rows = await this.#rows({ tenant }, "leaves", tenant, sessionTag(id), from, to);
    return rows.map((row) => hex(row, "leaf"));
  }

  async subtrees(tenant: number, id: string): Promise<readonly string[]> {
    const rows = await this.#rows({ tenant }, "subtrees", tenant, sessionTag(id));
    return rows.map((row) => hex(row, "root"));
  }

  async forks(tenant: number, id: string): Promise<readonly Fork[]> {
    return (await this.#rows({ tenant }, "forks", tenant, sessionTag(id))).map((row) => ({
      run: text(row, "run"),
      seq: integer(row, "seq"),
      leaf: text(row, "leaf"),
      reason: text(row, "reason") as Fork["reason"], // Only the ledger writes it.
    }));
  }

  async notes(tenant: number, id: string): Promise<readonly SignedNote[]> {
    return (await this.#rows({ tenant }, "notes", tenant, sessionTag(id))).map((row) => ({
      size: integer(row, "size"),
      note: text(row, "note"),
    }));
  }

  async alertRules(tenant: number): Promise<readonly AlertRule[]> {
    return (await this.#rows({ tenant }, "alertRules", tenant)).map(ruleOf);
  }

  async alerts(tenant: number, filter: AlertFilter): Promise<readonly AlertRow[]> {
    const { limit, after, status = null } = filter;
    const values = [tenant, limit, status, after?.firedMs ?? null, after?.id ?? null];
    return (await this.#rows({ tenant }, "alerts", ...values)).map(alertOf);
  }

  async usage(tenant: number): Promise<Usage> {
    const [row = {}] = await this.#rows({ tenant }, "usage", tenant);
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
    { limit, cohort = undefined, newestFirst = false }: WorkflowFilter,
  ): Promise<readonly SessionView[]> {
    const name = newestFirst ? "newestOfWorkflow" : "oldestOfWorkflow";
    const values = [tenant, workflow, cohort ?? null, limit];
    return (await this.#rows({ tenant }, name, ...values)).map(sessionViewOf);
  }

  async cohorts(tenant: number, workflow: string): Promise<readonly CohortCount[]> {
    return (await this.#rows({ tenant }, "cohorts", tenant, workflow)).map((row) => ({
      cohort: optional(row, "cohort", text),
      sessions: integer(row, "sessions"),
    }));
  }

  billing(tenant: number): Promise<BillingRow> {
    return this.#read({ tenant }, (transaction) => readBilling(transaction, tenant));
  }

  async serviceClock(): Promise<ServiceClockRow | undefined> {
    const [row] = await this.#rows({ everyone: "directory" }, "serviceClock");
    return row && { serviceMs: integer(row, "service_ms"), highMs: integer(row, "high_ms") };
  }

  async openRules(): Promise<readonly OpenRule[]> {
    return (await this.#rows({ everyone: "all" }, "openRules")).map(openRuleOf);
  }

  async retentions(): Promise<readonly { readonly tenant: number; readonly days: number }[]> {
    return (await this.#rows({ everyone: "all" }, "retentions")).map((row) => ({
      tenant: integer(row, "key"),
      days: integer(row, "retention_days"),
    }));
  }

  #rows(
    scope: Scope,
    name: keyof typeof READS,
    ...values: readonly unknown[]
  ): Promise<readonly Row[]> {
    return this.#read(scope, (transaction) => {
      return transaction.rows(`reader_${name}`, READS[name], values);
    });
  }
}

function tracedBy(id: string): string {
  return `select session from traces where tenant = $1 and id = ${id}`;
}

/** Sessions looked up one by one, whatever the planner believes of a table it has no figures of. */
function eachOf(keys: string): string {
  return `(${keys}) w,
    lateral (select * from sessions s where s.tenant = $1 and s.key = w.session limit 1) sessions`;
}

const UPPER = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
const LOWER = UPPER.toLowerCase();

function lowerAscii(value: string): string {
  return value.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
}
