/** One collector: a data folder or a database, a port, and everything between. */
import { join, resolve } from "node:path";
import { notifierCommand, type RootKey, ToldLoops } from "@caum/core/machine";
import { type AlertParts, openAlerts, type RunningAlerts } from "./alerts/alerts.ts";
import { keepDesktopRule } from "./alerts/desktop-rule.ts";
import { sealOldRules } from "./alerts/destination-seal.ts";
import { type Billing, openBilling } from "./billing/open-billing.ts";
import type { CollectorOptions } from "./collector-options.ts";
import { openHeadStamps } from "./evidence/head-stamps.ts";
import { HeadLog } from "./head-log/head-log.ts";
import { loggedStore } from "./head-log/logged-store.ts";
import { webOriginOf } from "./http/allow-origins.ts";
import { dashboardPath } from "./http/dashboard-path.ts";
import { basePathOf } from "./http/paths/base-path.ts";
import { WorkflowMemory } from "./memory/workflow-memory.ts";
import { openOidc } from "./oidc/open-oidc.ts";
import { keyOfWriters, openStore } from "./open-store.ts";
import { adoptLocalRuns } from "./operation/adopt.ts";
import { closeServer } from "./operation/close-server.ts";
import { type CollectorEmission, openEmission } from "./operation/emission.ts";
import { countedStore, IntakeCounts } from "./operation/metrics/intake-counts.ts";
import { Metrics, type MetricsParts } from "./operation/metrics/metrics.ts";
import { SessionCounts } from "./operation/metrics/session-counts.ts";
import { keepRetention } from "./operation/retention.ts";
import { RollUp, type RollUpParts } from "./overview/roll-up.ts";
import type { TenantRow } from "./rows/tenant-rows.ts";
import { buildServer } from "./server.ts";
import type { Services } from "./services.ts";
import { startFault } from "./start-fault.ts";
import type { Store } from "./store/store.ts";
import { openSubmissions } from "./submission/open-submissions.ts";
import type { Submissions } from "./submission/submissions.ts";
import { Authenticator } from "./tenants/authenticate.ts";
import { DigestKeys } from "./tenants/digest-keys.ts";
import { KeyUses } from "./tenants/key-uses.ts";
import { openLocalAccount } from "./tenants/local-account.ts";
import { Members } from "./tenants/people/members.ts";
import { RateLimit } from "./tenants/rate-limit.ts";
import { SignIns } from "./tenants/sign-ins.ts";

export interface Collector {
  readonly url: string;
  readonly data: string;
  readonly apiKey: string;
  readonly adminKey: string;
  /** For programs that send and read nothing. */
  readonly telemetryKey: string;
  readonly verifierKey: string;
  /** Whether this start made the data folder's account and keys. */
  readonly isNew: boolean;
  /** Whether hard alerts are shown on the desktop; `unavailable` where nothing can show them. */
  readonly desktop: "on" | "off" | "unavailable";
  /** Who is asked for cosignatures. */
  readonly witnesses: Submissions["witnesses"];
  /** Resolves when the local runs that were there are adopted. */
  readonly adopted: Promise<number>;
  /** An address that signs one browser in with the first API key, within a minute. */
  newSignInLink(): Promise<string>;
  close(): Promise<void>;
}

const DEFAULT_HOST = "127.0.0.1";
export const DEFAULT_PORT = 4070;
/** More than one honest sender posts; less than what makes others wait. */
const DEFAULT_EVENTS_PER_SECOND = 50_000;
const REGISTRATIONS_PER_SECOND = 5;
const REGISTRATION_BURST = 100;

/**
 * Starts a collector and resolves when it is ready to serve.
 *
 * @throws {FolderInUseError} when another process has the folder
 * @throws {FolderUnwritableError} when it cannot be written, with the fault of the disk
 * @throws {RangeError} when an option cannot be used
 * @throws whatever listening throws; nothing is left open then
 */
export async function startCollector(options: CollectorOptions): Promise<Collector> {
  const data = resolve(options.data);
  try {
    return await start(options, data);
  } catch (failure) {
    throw options.database === undefined ? startFault(failure, data) : failure;
  }
}

async function start(options: CollectorOptions, data: string): Promise<Collector> {
  const { env = process.env, clock = Date.now, onFailure = () => {} } = options;
  const opened = await openStore({ ...options, data, env });
  const { signer, rootKey } = opened;
  const headLog = new HeadLog({ store: opened.store, signer, clock, onFailure });
  const stamps = openHeadStamps(options, { ...opened, clock, onFailure });
  const counts = { intakes: new IntakeCounts(), sessions: new SessionCounts() };
  const folds = foldsOf({ store: opened.store, clock, onFailure, counts: counts.sessions });
  const uncounted = loggedStore(opened.store, headLog, stamps, ...folds);
  const store = countedStore(uncounted, counts.intakes);
  try {
    const account = await openLocalAccount(store, opened.accountSeed, clock);
    const address = { url: "" };
    const { database, home } = options;
    const root = keyOfWriters({ database, home, env }, rootKey);
    const digestKeys = new DigestKeys(rootKey, root && { root, tenant: account.ulid });
    const parts = { store, signer, headLog, clock, env, rootKey, digestKeys, address };
    const desktop = await desktopOf(options, env, { store, clock, tenant: account.tenant });
    const alerts = alertsOf(options, { ...parts, desktop: desktop.parts });
    await sealOldRules(store, alerts.seal);
    const billing = await billingOf(options, parts);
    const emission = emissionOf(options, parts);
    const submissions = openSubmissions(options, { store, logs: headLog, clock });
    const oidc = await oidcOf(options, parts, account.tenant);
    const own = { alerts, billing, oidc, emission, submissions, counts };
    const services = servicesOf(options, parts, own);
    const app = await buildServer(services);
    const { host = DEFAULT_HOST, port = DEFAULT_PORT } = options;
    address.url = `${await app.listen({ host, port })}${services.policy.basePath}`;
    // What lay on this machine is old, and came by no door.
    const runs = home && join(home, "runs");
    const adoption = adoptLocalRuns(runs, account, uncounted, clock);
    const stopRetention = keepRetention(store, clock, services.onFailure);
    alerts.start();
    const { keyUses } = services;
    for (const job of [headLog, submissions, stamps, keyUses, ...folds]) job.start();
    return {
      url: address.url,
      data: opened.place,
      apiKey: account.apiKey,
      adminKey: account.adminKey,
      telemetryKey: account.telemetryKey,
      verifierKey: signer.vkey,
      isNew: account.isNew,
      desktop: desktop.state,
      witnesses: submissions.witnesses,
      adopted: adoption.done,
      newSignInLink: () => newSignInLink(account, services),
      async close() {
        stopRetention();
        await Promise.all([submissions.stop(), stamps.stop()]);
        await closeServer(app);
        await emission?.close();
        await adoption.stop();
        await alerts.stop();
        await billing.serviceClock.stop();
        await Promise.all([headLog, keyUses, ...folds].map((job) => job.stop()));
        await store.close();
      },
    };
  } catch (failure) {
    await store.close();
    throw failure;
  }
}

/** With what the first API key may do. */
async function newSignInLink(account: TenantRow, { signIns, policy }: Services): Promise<string> {
  const link = await signIns.newLink({ ...account, scopes: ["ingest", "read"] });
  return `${policy.publicUrl()}/#link=${link}`;
}

/** What is added up of sessions, beside the way of the events. */
function foldsOf(parts: RollUpParts): readonly [WorkflowMemory, RollUp] {
  return [new WorkflowMemory(parts), new RollUp(parts)];
}

interface Parts {
  readonly store: Store;
  readonly signer: Services["signer"];
  readonly headLog: HeadLog;
  readonly clock: () => number;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly rootKey: RootKey;
  readonly digestKeys: DigestKeys;
  readonly address: { readonly url: string };
}

/** Where people reach the collector. */
function publicUrlOf(options: CollectorOptions, { address }: Parts): () => string {
  const publicUrl = options.publicUrl?.replace(/\/+$/, "");
  return () => publicUrl ?? address.url;
}

/** Where notifications are wanted and can be shown, there is a rule for them; else there is none. */
async function desktopOf(
  { desktop: isWanted = false, home, data }: CollectorOptions,
  env: Readonly<Record<string, string | undefined>>,
  { store, clock, tenant }: Pick<Parts, "store" | "clock"> & { readonly tenant: number },
): Promise<{ readonly state: Collector["desktop"]; readonly parts: AlertParts["desktop"] }> {
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
function oidcOf(options: CollectorOptions, parts: Parts, tenant: number) {
  const { rootKey: root, clock, env } = parts;
  const publicUrl = publicUrlOf(options, parts);
  return openOidc(options.oidc, { env, root, clock, tenant, publicUrl });
}

interface ServiceParts extends Pick<Services, "billing" | "oidc"> {
  readonly alerts: RunningAlerts;
  readonly emission: CollectorEmission | undefined;
  readonly submissions: Submissions;
  readonly counts: Pick<MetricsParts, "intakes" | "sessions">;
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
