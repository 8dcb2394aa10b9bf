import { trialExpiredAnswer } from "@caum/core/protocol";
import { DoorError } from "../http/door-error.ts";
import { ERRORS } from "../http/door-schema.ts";
import { isTrialOver, TRIAL } from "../rows/plan.ts";
import type { TenantRow } from "../rows/tenant-rows.ts";
import type { Services } from "../services.ts";

/** The documented answer when a trial is over; reading goes on. */
export class TrialExpiredError extends DoorError {
  readonly upgradeUrl: string;

  constructor(upgradeUrl: string) {
    super("FORBIDDEN", `Trial expired. Upgrade at ${upgradeUrl}`);
    this.upgradeUrl = upgradeUrl;
  }

  /** The shape of this one answer is documented and differs from all others. */
  override get body(): object {
    return { error: "trial_expired", message: this.message, upgrade_url: this.upgradeUrl };
  }
}

export const TRIAL_EXPIRED_STATUS = 402;

/** What doors that take events answer instead of taking them. */
export const SENDER_ERRORS = {
  [TRIAL_EXPIRED_STATUS]: trialExpiredAnswer,
  ...ERRORS,
} as const;

/** @throws {TrialExpiredError} when the owner's trial is over; other plans cost one comparison */
export function checkTrial(owner: TenantRow, { billing }: Services): void {
  if (owner.plan !== TRIAL || !billing.endsTrials) return;
  if (!isTrialOver(owner, billing.serviceClock.now())) return;
  throw new TrialExpiredError(billing.upgradeUrl());
}
