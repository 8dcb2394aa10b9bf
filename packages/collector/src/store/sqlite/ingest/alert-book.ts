import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { AlertRule, NewAlert } from "../../../rows/alert-rows.ts";
import { ruleOf } from "../../columns/alert-columns.ts";

/** Tenants whose rules stay in memory. */
const KNOWN_TENANTS = 10_000;

const SQL = {
  rules: "select * from alert_rules where tenant = ? order by created_ms, id",
  add: `insert into alerts (tenant, id, rule, session, status, fired_ms, due_ms, facts)
    values (?, ?, ?, ?, ?, ?, ?, ?) on conflict (tenant, id) do nothing`,
  disarm: "delete from alerts where tenant = ? and id = ? and status = 'armed'",
  has: "select 1 from alerts where tenant = ? and id = ?",
} as const;

/** What the ingest path reads and writes of alerts. */
export class AlertBook {
  readonly #rules = new Map<number, readonly AlertRule[]>();
  readonly #statements: Readonly<Record<keyof typeof SQL, StatementSync>>;

  constructor(database: DatabaseSync) {
    this.#statements = {
      rules: database.prepare(SQL.rules),
      add: database.prepare(SQL.add),
      disarm: database.prepare(SQL.disarm),
      has: database.prepare(SQL.has),
    };
  }

  rulesOf(tenant: number): readonly AlertRule[] {
    const known = this.#rules.get(tenant);
    if (known !== undefined) return known;
    if (this.#rules.size >= KNOWN_TENANTS) this.#rules.clear();
    const rules = this.#statements.rules.all(tenant).map(ruleOf);
    this.#rules.set(tenant, rules);
    return rules;
  }

  /** Rules changed, or a group failed: they are read anew. */
  forgetRules(): void {
    this.#rules.clear();
  }

  add({ tenant, id, rule, session, status, firedMs, facts }: NewAlert): void {
    const { add } = this.#statements;
    add.run(tenant, id, rule, session ?? null, status, firedMs, firedMs, JSON.stringify(facts));
  }

  disarm(tenant: number, id: string): void {
    this.#statements.disarm.run(tenant, id);
  }

  has(tenant: number, id: string): boolean {
    return this.#statements.has.get(tenant, id) !== undefined;
  }
}
