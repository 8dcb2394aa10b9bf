import type { Store } from "../store/store.ts";
import type { Billing } from "./open-billing.ts";

/** What billing needs of the collector. */
export interface BillingParts {
  readonly store: Store;
  readonly billing: Billing;
  readonly policy: { readonly publicUrl: () => string; readonly eventsPerSecond: number };
  readonly clock: () => number;
  /** Told of failures that are ours, without content. */
  readonly onFailure: (failure: Error) => void;
}
