/** Plans and checkouts. */
import type { BillingRow, Subscription, SubscriptionChange } from "../../rows/billing-rows.ts";
import { afterChange, planWith } from "../../rows/plan.ts";
import { checkoutOf, subscriptionOf } from "../columns/billing-columns.ts";
import { integer } from "../columns/columns.ts";
import type { CommandAnswer } from "../command.ts";
import { type CommandOf, done } from "../command-answers.ts";
import { change, one, type Program, rows } from "./program.ts";

export function* saveServiceClock({
  clock,
}: CommandOf<"save_service_clock">): Program<CommandAnswer> {
  yield* change(
    "save_service_clock",
    ({ greatest }) => `insert into service_clock as known (one, service_ms, high_ms)
      values (1, $1, $2) on conflict (one) do update
      set service_ms = ${greatest}(known.service_ms, excluded.service_ms),
        high_ms = ${greatest}(known.high_ms, excluded.high_ms)`,
    [clock.serviceMs, clock.highMs],
  );
  return done(1);
}

export function* saveCheckout(command: CommandOf<"save_checkout">): Program<CommandAnswer> {
  const { tenant, attempt, checkout } = command;
  const sql = `insert into checkouts as known (tenant, attempt, session, url, expires_ms)
    values ($1, $2, $3, $4, $5) on conflict (tenant) do update
    set attempt = excluded.attempt, session = excluded.session, url = excluded.url,
      expires_ms = excluded.expires_ms where known.attempt <= excluded.attempt`;
  const { session, url, expiresMs } = checkout;
  yield* change("save_checkout", sql, [tenant, attempt, session, url, expiresMs]);
  return done(1);
}

export function* applyBilling(command: CommandOf<"apply_billing">): Program<CommandAnswer> {
  const { tenant, eventId, receivedMs, closesCheckout } = command;
  const note = `insert into billing_events (tenant, id, received_ms) values ($1, $2, $3)
    on conflict do nothing`;
  const noted = yield* change("note_message", note, [tenant, eventId, receivedMs]);
  if (noted === 0) return done(0);
  if (command.change) yield* changeSubscription(tenant, command.change);
  if (closesCheckout !== undefined) {
    const sql = `update checkouts
      set attempt = attempt + 1, session = null, url = null, expires_ms = null
      where tenant = $1 and session = $2`;
    yield* change("close_checkout", sql, [tenant, closesCheckout]);
  }
  return done(1);
}

function* changeSubscription(tenant: number, told: SubscriptionChange): Program<void> {
  // Messages of one account wait for each other: each decides from what the one before it left.
  const lock = "select trial_ends_ms from tenants where key = $1";
  const account = yield* one("lock_account", ({ forUpdate }) => lock + forUpdate, [tenant]);
  const known = yield* readSubscriptions(tenant);
  const next = afterChange(
    known.find(({ id }) => id === told.id),
    told,
  );
  if (next === undefined) return;
  const sql = `insert into subscriptions (tenant, id, status, changed_s) values ($1, $2, $3, $4)
    on conflict (tenant, id) do update
    set status = excluded.status, changed_s = excluded.changed_s`;
  yield* change("save_subscription", sql, [tenant, next.id, next.status, next.changedS]);
  const hadTrial = typeof account?.trial_ends_ms === "number";
  const plan = planWith(yield* readSubscriptions(tenant), hadTrial);
  yield* change("set_plan", "update tenants set plan = $2 where key = $1", [tenant, plan]);
}

/** What is known of an account's subscriptions and its checkout. */
export function* readBilling(tenant: number): Program<BillingRow> {
  const row = yield* one("read_checkout", "select * from checkouts where tenant = $1", [tenant]);
  return {
    subscriptions: yield* readSubscriptions(tenant),
    attempt: row === undefined ? 0 : integer(row, "attempt"),
    checkout: row && checkoutOf(row),
  };
}

function* readSubscriptions(tenant: number): Program<readonly Subscription[]> {
  const sql = "select id, status, changed_s from subscriptions where tenant = $1 order by id";
  return (yield* rows("read_subscriptions", sql, [tenant])).map(subscriptionOf);
}
