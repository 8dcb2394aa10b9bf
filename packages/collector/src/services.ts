import type { Signer } from "@caum/core/collector";
import type { Alerts } from "./alerts/alerts.ts";
import type { Billing } from "./billing/open-billing.ts";
import type { HeadLog } from "./head-log/head-log.ts";
import type { DoorError } from "./http/door-error.ts";
import type { OidcParts } from "./oidc/open-oidc.ts";
import type { Metrics } from "./operation/metrics/metrics.ts";
import type { Store } from "./store/store.ts";
import type { Authenticator } from "./tenants/authenticate.ts";
import type { DigestKeys } from "./tenants/digest-keys.ts";
import type { KeyUses } from "./tenants/key-uses.ts";
import type { Members } from "./tenants/people/members.ts";
import type { RateLimit } from "./tenants/rate-limit.ts";
import type { SignIns } from "./tenants/sign-ins.ts";

/** What the operator decided. */
export interface Policy {
  /** Sessions without a key: from this machine only, or from anywhere. */
  readonly keyless: "loopback" | "anywhere";
  readonly register: "loopback" | "anywhere";
  /** Key tool and other names as well. */
  readonly hashNames: boolean;
  readonly eventsPerSecond: number;
  /** Accounts made by registering are on trial for so many days. */
  readonly trialDays: number | undefined;
  /** The path below which it is reached, such as `/caum`; "" where it has its host for itself. */
  readonly basePath: string;
  /** Where people reach the collector, with that path, without a slash at the end. */
  readonly publicUrl: () => string;
  /** Origins whose pages may call the doors from a browser. */
  readonly allowOrigins: readonly string[];
}

/** What doors are made of. */
export interface Services {
  readonly store: Store;
  readonly authenticator: Authenticator;
  readonly signIns: SignIns;
  readonly members: Members;
  readonly keyUses: KeyUses;
  /** Undefined where nobody signs in by a provider. */
  readonly oidc: OidcParts | undefined;
  readonly digestKeys: DigestKeys;
  readonly signer: Signer;
  /** The log of session heads. */
  readonly headLog: HeadLog;
  readonly limits: { readonly events: RateLimit; readonly register: RateLimit };
  readonly metrics: Metrics;
  readonly alerts: Alerts;
  readonly billing: Billing;
  readonly policy: Policy;
  readonly clock: () => number;
  /** Told of failures that are ours, without content. */
  readonly onFailure: (failure: Error | DoorError) => void;
}
