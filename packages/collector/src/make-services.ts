/** Everything that the doors of a collector need, made of its options and of what is open. */
import { notifierCommand, type RootKey, ToldLoops } from "@caum/core/machine";
import { type AlertParts, openAlerts, type RunningAlerts } from "./alerts/alerts.ts";
import { keepDesktopRule } from "./alerts/desktop-rule.ts";
import { sealOldRules } from "./alerts/destination-seal.ts";
import { type Billing, openBilling } from "./billing/open-billing.ts";
import type { CollectorOptions } from "./collector-options.ts";
import type { HeadLog } from "./head-log/head-log.ts";
import { webOriginOf } from "./http/allow-origins.ts";
import { dashboardPath } from "./http/dashboard-path.ts";
import { basePathOf } from "./http/paths/base-path.ts";
import { openOidc } from "./oidc/open-oidc.ts";
import { keyOfWriters } from "./open-store.ts";
import { type CollectorEmission, openEmission } from "./operation/emission.ts";
import { Metrics, type MetricsParts } from "./operation/metrics/metrics.ts";
import type { TenantRow } from "./rows/tenant-rows.ts";
import type { Services } from "./services.ts";
import type { Store } from "./store/store.ts";
import { openSubmissions } from "./submission/open-submissions.ts";
import type { Submissions } from "./submission/submissions.ts";
import { Authenticator } from "./tenants/authenticate.ts";
import { DigestKeys } from "./tenants/digest-keys.ts";
import { KeyUses } from "./tenants/key-uses.ts";
import { Members } from "./tenants/people/members.ts";
import { RateLimit } from "./tenants/rate-limit.ts";
import { SignIns } from "./tenants/sign-ins.ts";

export const DEFAULT_HOST = "127.0.0.1";
export const DEFAULT_PORT = 4070;
/** More than one honest sender posts; less than what makes others wait. */
const DEFAULT_EVENTS_PER_SECOND = 50_000;
const REGISTRATIONS_PER_SECOND = 5;
const REGISTRATION_BURST = 100;

/** What is open when the services are made. */
export interface OpenedParts {
  readonly store: Store;
  readonly signer: Services["signer"];
  readonly headLog: HeadLog;
  readonly clock: () => number;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly rootKey: RootKey;
  /** Of whoever runs the collector. */
  readonly account: Pick<TenantRow, "tenant" | "ulid">;
  /** Known when the collector listens. */
  readonly address: { readonly url: string };
}

type Counts = Pick<MetricsParts, "intakes" | "sessions">;

/** Whether hard alerts are shown on the desktop; `unavailable` where nothing can show them. */
export type DesktopState = "on" | "off" | "unavailable";

/** What doors need, and what of it a collector starts and stops. */
export interface MadeServices {
  readonly services: Services;
  readonly alerts: RunningAlerts;
  readonly billing: Billing;
  readonly emission: CollectorEmission | undefined;
  readonly submissions: Submissions;
  readonly desktop: DesktopState;
}

export async function makeServices(
  options: CollectorOptions,
  opened: OpenedParts,
  counts: Counts,
): Promise<MadeServices> {
  const { database, home } = options;
  const { store, headLog, clock, env, rootKey, account } = opened;
  const root = keyOfWriters({ database, home, env }, rootKey);
  const digestKeys = new DigestKeys(rootKey, root && { root, tenant: account.ulid });
  const parts = { ...opened, digestKeys };
  const desktop = await desktopOf(options, parts);
  const alerts = alertsOf(options, { ...parts, desktop: desktop.parts });
  await sealOldRules(store, alerts.seal);
  const billing = await billingOf(options, parts);
  const emission = emissionOf(options, parts);
  const submissions = openSubmissions(options, { store, logs: headLog, clock });
  const oidc = await oidcOf(options, parts);
  const own = { alerts, billing, oidc, emission, submissions, counts };
  const services = servicesOf(options, parts, own);
  return { services, alerts, billing, emission, submissions, desktop: desktop.state };
}

interface Parts extends OpenedParts {
  readonly digestKeys: DigestKeys;
}

/** Where people reach the collector. */
function publicUrlOf(options: CollectorOptions, { address }: Parts): () => string {
  const publicUrl = options.publicUrl?.replace(/\/+$/, "");
  return () => publicUrl ?? address.url;
}

/** Where notifications are wanted and can be shown, there is a rule for them; else there is none. */
async function desktopOf(
  { desktop: isWanted = false, home, data }: CollectorOptions,
  { store, clock, env, account: { tenant } }: Parts,
): Promise<{ readonly state: DesktopState; readonly parts: AlertParts["desktop"] }> {
  const command = isWanted ? notifierCommand(process.platform, env) : undefined;
  await keepDesktopRule(store, tenant, { isWanted: command !== undefined, nowMs: clock() });
  if (command === undefined) return { state: isWanted ? "unavailable" : "off", parts: undefined };
  return { state: "on", parts: { command, told: new ToldLoops(home ?? data), tenant } };
}

/** What is adopted from this machine happened before, and is not emitted: it goes past the doors. */
function emissionOf(options: CollectorOptions, parts: Parts): CollectorEmission | undefined {
  const { otlp, publicUrl, host = DEFAULT_HOST, port = DEFAULT_PORT } = options;
  const own = `http://${host.includes(":") ? `[${host}]` : host}:${port}`;
  const url = publicUrlOf(options, parts);
  return openEmission(parts.store, {
    otlp,
    env: parts.env,
    addresses: publicUrl === undefined ? [own] : [own, publicUrl],
    collector: parts.signer.vkey,
    pageOf: (sessionId) => `${url()}${dashboardPath(sessionId)}`,
    onFailure: options.onFailure ?? (() => {}),
  });
}

function alertsOf(
  options: CollectorOptions,
  parts: Parts & Pick<AlertParts, "desktop">,
): RunningAlerts {
  const { store, rootKey, clock, env, desktop } = parts;
  return openAlerts(options.alerts ?? {}, {
    desktop,
    store,
    rootKey,
    env,
    clock,
    publicUrl: publicUrlOf(options, parts),
    onFailure: options.onFailure ?? (() => {}),
  });
}

function billingOf(options: CollectorOptions, parts: Parts): Promise<Billing> {
  const { store, clock, env } = parts;
  return openBilling({
    store,
    clocks: { wall: clock, uptime: options.uptime ?? (() => performance.now()) },
    hasTrials: options.trialDays !== undefined,
    endsTrials: options.withoutTrials !== true,
    env,
    publicUrl: publicUrlOf(options, parts),
  });
}

/** Its people are members of the account of whoever runs the collector. */
function oidcOf(options: CollectorOptions, parts: Parts) {
  const { rootKey: root, clock, env, account } = parts;
  const publicUrl = publicUrlOf(options, parts);
  return openOidc(options.oidc, { env, root, clock, tenant: account.tenant, publicUrl });
}

interface ServiceParts extends Pick<Services, "billing" | "oidc"> {
  readonly alerts: RunningAlerts;
  readonly emission: CollectorEmission | undefined;
  readonly submissions: Submissions;
  readonly counts: Counts;
}

function servicesOf(
  options: CollectorOptions,
  parts: Parts,
  { alerts, billing, oidc, emission, submissions, counts }: ServiceParts,
): Services {
  const { signer, headLog, clock, digestKeys } = parts;
  const store = emission?.store ?? parts.store;
  const { eventsPerSecond = DEFAULT_EVENTS_PER_SECOND, onFailure = () => {} } = options;
  const signIns = new SignIns(store, clock);
  const keyUses = new KeyUses({ store, clock, onFailure });
  return {
    store,
    alerts,
    billing,
    oidc,
    signer,
    headLog,
    clock,
    authenticator: new Authenticator(store, clock, keyUses),
    keyUses,
    signIns,
    members: new Members(store, signIns, clock),
    digestKeys,
    limits: {
      events: new RateLimit(eventsPerSecond, eventsPerSecond * 2, clock),
      register: new RateLimit(REGISTRATIONS_PER_SECOND, REGISTRATION_BURST, clock),
    },
    metrics: new Metrics({
      ...counts,
      nowMs: clock(),
      emission: emission?.tally,
      witnesses: () => submissions.status,
    }),
    policy: {
      basePath: basePathOf(options.basePath, options.publicUrl),
      keyless: options.demo ? "anywhere" : "loopback",
      register: options.register ? "anywhere" : "loopback",
      hashNames: options.hashNames ?? false,
      eventsPerSecond,
      trialDays: options.trialDays,
      publicUrl: publicUrlOf(options, parts),
      allowOrigins: (options.allowOrigins ?? []).map(webOriginOf),
    },
    onFailure,
  };
}
