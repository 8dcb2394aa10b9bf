import type { usageAnswer } from "@caum/core/protocol";
import type { z } from "zod";
import { usdOf } from "../http/told-figures.ts";
import { isTrialOver, TRIAL } from "../rows/plan.ts";
import type { TenantRow } from "../rows/tenant-rows.ts";
import type { BillingParts } from "./billing-parts.ts";

const DAY_MS = 86_400_000;

/** What an account has used, and what it may. */
export async function usageOf(
  owner: TenantRow,
  services: BillingParts,
): Promise<z.input<typeof usageAnswer>> {
  const { store, policy } = services;
  const used = await store.reader.usage(owner.tenant);
  const { subscriptions } = await store.reader.billing(owner.tenant);
  const newest = [...subscriptions].sort((one, other) => other.changedS - one.changedS)[0];
  return {
    plan: owner.plan,
    trial: trialOf(owner, services),
    subscription: newest?.status ?? null,
    sessions: used.sessions,
    events: used.events,
    steps: used.steps,
    total_tokens: used.totalTokens,
    total_cost_usd: usdOf(used.costNanoUsd),
    alerts: used.alerts,
    dropped_events: used.dropped,
    limits: { events_per_second: policy.eventsPerSecond },
  };
}

/** The day of its end is told by the machine's clock, as far from now as the service clock says. */
function trialOf(owner: TenantRow, { billing, clock }: BillingParts) {
  const { plan, trialEndsMs } = owner;
  if (plan !== TRIAL || trialEndsMs === undefined || !billing.endsTrials) {
    return { active: false, expires_at: null, days_left: null };
  }
  const serviceMs = billing.serviceClock.now();
  const leftMs = Math.max(0, trialEndsMs - serviceMs);
  return {
    active: !isTrialOver(owner, serviceMs),
    expires_at: new Date(clock() + trialEndsMs - serviceMs).toISOString(),
    days_left: Math.ceil(leftMs / DAY_MS),
  };
}
