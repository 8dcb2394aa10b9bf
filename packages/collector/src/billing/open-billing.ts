import type { Store } from "../store/store.ts";
import type { Payments } from "./payments.ts";
import { type Clocks, ServiceClock } from "./service-clock.ts";
import { openPayments } from "./stripe.ts";

/** Plans as the doors see them. */
export interface Billing {
  /** The time that counts against trials. */
  readonly serviceClock: ServiceClock;
  /** Absent when billing is not configured. */
  readonly payments: Payments | undefined;
  /** Whether trials end; not where the operator lets every account go on. */
  readonly endsTrials: boolean;
  /** Where people read how to go on after a trial. */
  readonly upgradeUrl: () => string;
}

/** @throws {Error} when billing is half configured */
export async function openBilling(parts: {
  readonly store: Store;
  readonly clocks: Clocks;
  readonly hasTrials: boolean;
  readonly endsTrials: boolean;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly publicUrl: () => string;
}): Promise<Billing> {
  const { store, clocks, hasTrials, endsTrials, env, publicUrl } = parts;
  const payments = await openPayments(env);
  return {
    payments,
    endsTrials,
    serviceClock: await ServiceClock.open(store, clocks, hasTrials),
    upgradeUrl: () => env.CAUM_UPGRADE_URL || `${publicUrl()}/upgrade`,
  };
}
