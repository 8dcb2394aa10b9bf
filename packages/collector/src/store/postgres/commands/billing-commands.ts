/** Changes of plans and checkouts. */
import type { SubscriptionChange } from "../../../rows/billing-rows.ts";
import { afterChange, planWith } from "../../../rows/plan.ts";
import type { CommandAnswer } from "../../command.ts";
import type { Transaction } from "../database.ts";
import { type CommandOf, done } from "./answers.ts";
import { readSubscriptions } from "./billing-rows.ts";

export async function saveServiceClock(
  transaction: Transaction,
  { clock }: CommandOf<"save_service_clock">,
): Promise<CommandAnswer> {
  const sql = `insert into service_clock as known (one, service_ms, high_ms) values (1, $1, $2)
    on conflict (one) do update set service_ms = greatest(known.service_ms, excluded.service_ms),
      high_ms = greatest(known.high_ms, excluded.high_ms)`;
  await transaction.change("save_service_clock", sql, [clock.serviceMs, clock.highMs]);
  return done(1);
}

export async function saveCheckout(
  transaction: Transaction,
  { tenant, attempt, checkout }: CommandOf<"save_checkout">,
): Promise<CommandAnswer> {
  const sql = `insert into checkouts as known (tenant, attempt, session, url, expires_ms)
    values ($1, $2, $3, $4, $5) on conflict (tenant) do update
    set attempt = excluded.attempt, session = excluded.session, url = excluded.url,
      expires_ms = excluded.expires_ms where known.attempt <= excluded.attempt`;
  const { session, url, expiresMs } = checkout;
  await transaction.change("save_checkout", sql, [tenant, attempt, session, url, expiresMs]);
  return done(1);
}

export async function applyBilling(
  transaction: Transaction,
  { tenant, eventId, receivedMs, change, closesCheckout }: CommandOf<"apply_billing">,
): Promise<CommandAnswer> {
  const note = `insert into billing_events (tenant, id, received_ms) values ($1, $2, $3)
    on conflict do nothing`;
  const noted = await transaction.change("note_message", note, [tenant, eventId, receivedMs]);
  if (noted === 0) return done(0);
  if (change) await changeSubscription(transaction, tenant, change);
  if (closesCheckout !== undefined) {
    const sql = `update checkouts
      set attempt = attempt + 1, session = null, url = null, expires_ms = null
      where tenant = $1 and session = $2`;
    await transaction.change("close_checkout", sql, [tenant, closesCheckout]);
  }
  return done(1);
}

async function changeSubscription(
  transaction: Transaction,
  tenant: number,
  change: SubscriptionChange,
): Promise<void> {
  // Messages of one account wait for each other: each decides from what the one before it left.
  const lock = "select trial_ends_ms from tenants where key = $1 for update";
  const [account] = await transaction.rows("lock_account", lock, [tenant]);
  const known = await readSubscriptions(transaction, tenant);
  const next = afterChange(
    known.find(({ id }) => id === change.id),
    change,
  );
  if (next === undefined) return;
  const sql = `insert into subscriptions (tenant, id, status, changed_s) values ($1, $2, $3, $4)
    on conflict (tenant, id) do update
    set status = excluded.status, changed_s = excluded.changed_s`;
  const values = [tenant, next.id, next.status, next.changedS];
  await transaction.change("save_subscription", sql, values);
  const hadTrial = typeof account?.trial_ends_ms === "number";
  const plan = planWith(await readSubscriptions(transaction, tenant), hadTrial);
  const set = "update tenants set plan = $2 where key = $1";
  await transaction.change("set_plan", set, [tenant, plan]);
}
