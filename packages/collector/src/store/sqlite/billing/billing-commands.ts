/** Changes of plans and checkouts, inside the transaction of their group. */
import type { DatabaseSync } from "node:sqlite";
import type { SubscriptionChange } from "../../../rows/billing-rows.ts";
import { afterChange, planWith } from "../../../rows/plan.ts";
import type { CommandAnswer } from "../../command.ts";
import { type CommandOf, done } from "../../command-answers.ts";
import { subscriptionsOf } from "./billing-reads.ts";

export function saveServiceClock(
  { clock }: CommandOf<"save_service_clock">,
  database: DatabaseSync,
): CommandAnswer {
  const sql = `insert into service_clock (one, service_ms, high_ms) values (1, ?, ?)
    on conflict (one) do update set service_ms = max(service_ms, excluded.service_ms),
      high_ms = max(high_ms, excluded.high_ms)`;
  database.prepare(sql).run(clock.serviceMs, clock.highMs);
  return done(1);
}

export function saveCheckout(
  { tenant, attempt, checkout }: CommandOf<"save_checkout">,
  database: DatabaseSync,
): CommandAnswer {
  const sql = `insert into checkouts (tenant, attempt, session, url, expires_ms)
    values (?, ?, ?, ?, ?) on conflict (tenant) do update
    set attempt = excluded.attempt, session = excluded.session, url = excluded.url,
      expires_ms = excluded.expires_ms where checkouts.attempt <= excluded.attempt`;
  const { session, url, expiresMs } = checkout;
  database.prepare(sql).run(tenant, attempt, session, url, expiresMs);
  return done(1);
}

export function applyBilling(
  { tenant, eventId, receivedMs, change, closesCheckout }: CommandOf<"apply_billing">,
  database: DatabaseSync,
): CommandAnswer {
  const noted = database
    .prepare(
      "insert into billing_events (tenant, id, received_ms) values (?, ?, ?) on conflict do nothing",
    )
    .run(tenant, eventId, receivedMs);
  if (noted.changes === 0) return done(0);
  if (change) changeSubscription(tenant, change, database);
  if (closesCheckout !== undefined) {
    database
      .prepare(
        `update checkouts set attempt = attempt + 1, session = null, url = null, expires_ms = null
          where tenant = ? and session = ?`,
      )
      .run(tenant, closesCheckout);
  }
  return done(1);
}

function changeSubscription(
  tenant: number,
  change: SubscriptionChange,
  database: DatabaseSync,
): void {
  const known = subscriptionsOf(database, tenant).find(({ id }) => id === change.id);
  const next = afterChange(known, change);
  if (next === undefined) return;
  database
    .prepare(
      `insert into subscriptions (tenant, id, status, changed_s) values (?, ?, ?, ?)
        on conflict (tenant, id) do update
        set status = excluded.status, changed_s = excluded.changed_s`,
    )
    .run(tenant, next.id, next.status, next.changedS);
  const account = database.prepare("select trial_ends_ms from tenants where key = ?").get(tenant);
  const plan = planWith(
    subscriptionsOf(database, tenant),
    typeof account?.trial_ends_ms === "number",
  );
  database.prepare("update tenants set plan = ? where key = ?").run(plan, tenant);
}
