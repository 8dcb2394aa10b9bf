/** Everything that brings alerts out of one collector. */
import type { RootKey } from "@caum/core/machine";
import type { Store } from "../store/store.ts";
import { type Attempts, Deliverer, type DeliveryTiming } from "./deliverer.ts";
import { DestinationSeal } from "./destination-seal.ts";
import { AllowList } from "./guard/allow-list.ts";
import { DestinationGuard } from "./guard/destination.ts";
import type { ResolveName } from "./guard/resolve-name.ts";
import { type DesktopParts, desktopSender } from "./send/desktop-sender.ts";
import { mailerFor, mailSettings } from "./send/mailer.ts";
import { sendAlert } from "./send/send-alert.ts";
import { WebhookSecrets } from "./webhook-secret.ts";

export interface AlertOptions {
  /** Internal targets, `host` or `host:port`, beside those of CAUM_ALLOW_DESTINATIONS. */
  readonly allowDestinations?: readonly string[] | undefined;
  /** Answers for all names in place of the system. */
  readonly resolve?: ResolveName | undefined;
  /** From 0 to 1. */
  readonly random?: (() => number) | undefined;
  readonly timing?: Partial<DeliveryTiming> | undefined;
}

export interface AlertParts {
  readonly store: Store;
  readonly rootKey: RootKey;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly clock: () => number;
  readonly publicUrl: () => string;
  /** Shows notifications to whoever sits at this machine; absent where nobody does. */
  readonly desktop?: (DesktopParts & { readonly tenant: number }) | undefined;
  readonly onFailure: (failure: Error) => void;
}

/** What the alerts door needs of it. */
export interface Alerts {
  readonly guard: DestinationGuard;
  readonly secrets: WebhookSecrets;
  readonly seal: DestinationSeal;
  readonly canMail: boolean;
  /** The one tenant whose alerts may be shown on this machine's desktop. */
  readonly desktopTenant: number | undefined;
  readonly attempts: Attempts;
  /** Alerts that this node began to bring out. */
  readonly begun: number;
  /** Something was made due just now. */
  wake(): void;
}

export interface RunningAlerts extends Alerts {
  start(): void;
  stop(): Promise<void>;
}

const HOUR_MS = 3_600_000;
/** History is kept so long after an alert was delivered or given up. */
const KEPT_MS = 90 * 24 * HOUR_MS;

/** @throws {Error} when a setting of the operator cannot be used */
export function openAlerts(options: AlertOptions, parts: AlertParts): RunningAlerts {
  const { store, rootKey, env, clock, publicUrl, desktop, onFailure } = parts;
  const listed = (env.CAUM_ALLOW_DESTINATIONS ?? "").split(",").filter((entry) => entry.trim());
  const allowed = new AllowList([...(options.allowDestinations ?? []), ...listed]);
  const guard = new DestinationGuard(allowed, options.resolve);
  const secrets = new WebhookSecrets(rootKey);
  const seal = new DestinationSeal(rootKey);
  const settings = mailSettings(env);
  const sendMail = settings && mailerFor(settings);
  const showOnDesktop = desktop && desktopSender(desktop);
  const deliverer = new Deliverer({
    store,
    send: (delivery, attempt) =>
      sendAlert(delivery, { guard, secrets, seal, sendMail, showOnDesktop, publicUrl }, attempt),
    clock,
    random: options.random ?? Math.random,
    onFailure,
    timing: options.timing,
  });
  let forgetting: NodeJS.Timeout | undefined;
  return {
    guard,
    secrets,
    seal,
    canMail: sendMail !== undefined,
    desktopTenant: desktop?.tenant,
    attempts: deliverer.attempts,
    get begun() {
      return deliverer.begun;
    },
    wake: () => deliverer.wake(),
    start() {
      forgetting = setInterval(() => void forgetOld(store, clock() - KEPT_MS), HOUR_MS);
      forgetting.unref();
      deliverer.start();
    },
    async stop() {
      clearInterval(forgetting);
      await deliverer.stop();
    },
  };
}

async function forgetOld(store: Store, settledBeforeMs: number): Promise<void> {
  for (let isDone = false; !isDone; ) {
    const answer = await store.administer({ kind: "expire_alerts", settledBeforeMs });
    isDone = answer.kind !== "done" || answer.value === 0;
  }
}
