/** One collector: a data folder or a database, a port, and everything between. */
import { join, resolve } from "node:path";
import { UsageSums } from "./billing/usage-sums.ts";
import type { CollectorOptions } from "./collector-options.ts";
import { openHeadStamps } from "./evidence/head-stamps.ts";
import { HeadLog } from "./head-log/head-log.ts";
import { loggedStore } from "./head-log/logged-store.ts";
import { DEFAULT_HOST, DEFAULT_PORT, type DesktopState, makeServices } from "./make-services.ts";
import { WorkflowMemory } from "./memory/workflow-memory.ts";
import { openStore } from "./open-store.ts";
import { adoptLocalRuns } from "./operation/adopt.ts";
import { closeServer } from "./operation/close-server.ts";
import { Compaction } from "./operation/compaction.ts";
import { countedStore, IntakeCounts } from "./operation/metrics/intake-counts.ts";
import { SessionCounts } from "./operation/metrics/session-counts.ts";
import { keepRetention } from "./operation/retention.ts";
import { RollUp, type RollUpParts } from "./overview/roll-up.ts";
import type { TenantRow } from "./rows/tenant-rows.ts";
import { buildServer } from "./server.ts";
import type { Services } from "./services.ts";
import { startFault } from "./start-fault.ts";
import type { Submissions } from "./submission/submissions.ts";
import { openLocalAccount } from "./tenants/local-account.ts";

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
  readonly desktop: DesktopState;
  /** Who is asked for cosignatures. */
  readonly witnesses: Submissions["witnesses"];
  /** Resolves when the local runs that were there are adopted. */
  readonly adopted: Promise<number>;
  /** An address that signs one browser in with the first API key, within a minute. */
  newSignInLink(): Promise<string>;
  close(): Promise<void>;
}

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
    const parts = { store, signer, headLog, clock, env, rootKey, account, address };
    const ready = await makeServices(options, parts, counts);
    const { services } = ready;
    const app = await buildServer(services);
    const { host = DEFAULT_HOST, port = DEFAULT_PORT } = options;
    address.url = `${await app.listen({ host, port })}${services.policy.basePath}`;
    // What lay on this machine is old, and came by no door.
    const runs = options.home && join(options.home, "runs");
    const adoption = adoptLocalRuns(runs, account, uncounted, clock);
    const stopRetention = keepRetention(store, clock, services.onFailure);
    ready.alerts.start();
    const compaction = new Compaction({ store, clock, onFailure: services.onFailure });
    const beside = [headLog, services.keyUses, compaction, ...folds];
    for (const job of [...beside, ready.submissions, stamps]) job.start();
    return {
      url: address.url,
      data: opened.place,
      apiKey: account.apiKey,
      adminKey: account.adminKey,
      telemetryKey: account.telemetryKey,
      verifierKey: signer.vkey,
      isNew: account.isNew,
      desktop: ready.desktop,
      witnesses: ready.submissions.witnesses,
      adopted: adoption.done,
      newSignInLink: () => newSignInLink(account, services),
      async close() {
        stopRetention();
        await Promise.all([ready.submissions.stop(), stamps.stop()]);
        await closeServer(app);
        await ready.emission?.close();
        await adoption.stop();
        await ready.alerts.stop();
        await ready.billing.serviceClock.stop();
        await Promise.all(beside.map((job) => job.stop()));
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
function foldsOf(parts: RollUpParts): readonly [WorkflowMemory, RollUp, UsageSums] {
  return [new WorkflowMemory(parts), new RollUp(parts), new UsageSums(parts)];
}
