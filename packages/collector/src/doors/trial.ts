import type { TenantRow } from "../store/store.ts";
import { isExpired } from "../tenants/authenticate.ts";
import { DoorError } from "./door-error.ts";

/** The documented answer when a trial is over; reading goes on. */
export class TrialExpiredError extends DoorError {
  readonly upgradeUrl: string;

  constructor(upgradeUrl: string) {
    super("FORBIDDEN", "Trial expired. Upgrade to go on.");
    this.upgradeUrl = upgradeUrl;
  }

  /** The shape of this one answer is documented and differs from all others. */
  override get body(): object {
    return { error: "trial_expired", message: this.message, upgrade_url: this.upgradeUrl };
  }
}

export const TRIAL_EXPIRED_STATUS = 402;

export function checkTrial(owner: TenantRow, nowMs: number, publicUrl: string): void {
  if (isExpired(owner, nowMs)) throw new TrialExpiredError(`${publicUrl}/v1/checkout`);
}
