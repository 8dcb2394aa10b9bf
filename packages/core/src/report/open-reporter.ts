/** Puts a reporter together; observers of one process that report to one collector share it. */
import { join } from "node:path";
import { sessionTag } from "../evidence/note/origin.ts";
import type { Signer } from "../evidence/note/signer.ts";
import { Progress } from "./delivery/progress.ts";
import type { DeliveryResult } from "./delivery/tally.ts";
import type { ReportProblem } from "./problem.ts";
import { Reporter, type SpoolFollower } from "./reporter.ts";
import type { Configuration } from "./settings/configuration.ts";
import { Spool } from "./spool/spool.ts";
import { type SpoolDamage, UpstreamNotes } from "./status/upstream-notes.ts";
import { upstreamsFolder } from "./status/upstream-status.ts";
import { Address } from "./upstream/address.ts";
import { createDryRun } from "./upstream/dry-run.ts";
import { createHttpTransport, type Transport } from "./upstream/http-transport.ts";
import { type KeptSessions, LiveUpstream } from "./upstream/live-upstream.ts";
import { RunsUpstream } from "./upstream/runs-upstream.ts";
import type { Entry } from "./upstream/upstream.ts";
import { within } from "./within.ts";
import { EvidenceClient } from "./witness/evidence-client.ts";
import { readKeptFile, writeKept } from "./witness/kept-file.ts";
import { spoolsOfTenant } from "./witness/tenant.ts";
import { Witness } from "./witness/witness.ts";

export interface ReporterOptions {
  readonly configuration: Configuration;
  /** Program and version, for the collector's log. */
  readonly agent: string;
  readonly signer: Signer;
  readonly onProblem: (problem: ReportProblem) => void;
  readonly waitUntil?: ((promise: Promise<unknown>) => void) | undefined;
  /** Another thread, which sends what this one only spools. */
  readonly follower?: SpoolFollower | undefined;
  readonly transport?: Transport | undefined;
  /** Milliseconds since 1970. */
  readonly clock?: (() => number) | undefined;
  readonly print?: ((text: string) => void) | undefined;
}

/** One user's hold on a shared reporter. */
export interface ReporterLease {
  readonly reporter: Reporter;
  /** What was found of the spool's damage so far. */
  readonly damage: SpoolDamage;
  /** Events that were assessed but not recorded, for `caum status`. */
  noteDropped(count: number): void;
  /** Puts what is left on the disk, synchronously: the process ends. */
  closeNow(): void;
  /** Delivers what there is; the last user to let go closes the reporter. */
  release(): Promise<DeliveryResult>;
}

const NOTES_WITHIN_MS = 1_000;

interface Shared {
  readonly reporter: Reporter;
  readonly notes: UpstreamNotes;
  readonly damage: SpoolDamage;
  readonly listeners: Set<(problem: ReportProblem) => void>;
  leases: number;
}

const open = new Map<string, Shared>();

/** @returns undefined when there is no collector to report to */
export function openReporter(options: ReporterOptions): ReporterLease | undefined {
  const { configuration, onProblem } = options;
  if (configuration.url === undefined || configuration.problems.length > 0) return undefined;
  const address = new Address({
    url: new URL(configuration.url),
    apiKey: configuration.apiKey,
    agent: options.agent,
  });
  const key = JSON.stringify([configuration.home, address.tag, options.follower !== undefined]);
  const shared = open.get(key) ?? share(options, address);
  open.set(key, shared);
  shared.listeners.add(onProblem);
  shared.leases += 1;
  const { reporter, notes } = shared;
  return {
    reporter,
    damage: shared.damage,
    noteDropped(dropped) {
      if (dropped > 0) notes.note({ dropped });
    },
    closeNow() {
      const dropped = reporter.closeNow();
      if (dropped > 0) notes.note({ dropped });
      notes.flushNow();
    },
    async release() {
      shared.leases -= 1;
      const isLast = shared.leases === 0;
      if (isLast) open.delete(key);
      const result = await (isLast ? reporter.close() : reporter.flush());
      await within(NOTES_WITHIN_MS, notes.flush());
      shared.listeners.delete(onProblem);
      return result;
    },
  };
}

function share(options: ReporterOptions, address: Address): Shared {
  const listeners = new Set<(problem: ReportProblem) => void>();
  const clock = options.clock ?? Date.now;
  const { home, protocol } = options.configuration;
  const root = join(upstreamsFolder(home), address.tag);
  const notes = new UpstreamNotes(root);
  let lastCode = "";
  const tell = (problem: ReportProblem) => {
    const { code, message } = problem;
    // The same error is noted once, not with every attempt.
    if (code !== lastCode) {
      notes.note({ lastError: { at: new Date(clock()).toISOString(), code, message } });
    }
    lastCode = code;
    for (const listener of listeners) listener(problem);
  };
  notes.note({ url: address.display, protocol });
  const damage = { damaged: 0, lost: 0 };
  const onDamage = (what: keyof SpoolDamage, count: number) => {
    damage[what] += count;
    notes.note({ [what]: count });
    tell({ code: "spool_damaged", message: damageMessage(what, count) });
  };
  const reporter = makeReporter(options, address, { root, tell, clock, onDamage });
  return { reporter, notes, damage, listeners, leases: 0 };
}

interface Place {
  /** The folder of one collector and key. */
  readonly root: string;
  readonly tell: (problem: ReportProblem) => void;
  readonly clock: () => number;
  readonly onDamage: (what: keyof SpoolDamage, count: number) => void;
}

function makeReporter(options: ReporterOptions, address: Address, place: Place): Reporter {
  const { configuration, print = printToStderr } = options;
  const { root, tell, clock, onDamage } = place;
  const transport =
    options.transport ?? (configuration.dryRun ? createDryRun(print) : createHttpTransport());
  const isRuns = configuration.protocol === "runs";
  const witness = new Witness({
    client: new EvidenceClient(address, transport),
    collector: address.display,
    root,
    signer: options.signer,
    verifierKey: configuration.verifierKey,
    onMismatch: (what) => tell({ code: "evidence_mismatch", message: `the collector: ${what}` }),
  });
  return new Reporter({
    upstream: isRuns
      ? new RunsUpstream(address, transport)
      : new LiveUpstream(address, transport, keptSessions(root)),
    spool: new Spool({
      root,
      clock,
      relatives: () => spoolsOfTenant(root),
      onRefused: (count) => tell(refusal(count)),
      onDamaged: (count) => onDamage("damaged", count),
    }),
    progress: new Progress(join(root, "sessions"), clock),
    onProblem: tell,
    onLost: (count) => onDamage("lost", count),
    waitUntil: options.waitUntil,
    follower: options.follower,
    // What only looks as if it were sent must not be taken from anybody.
    adopts: !configuration.dryRun,
    ...(isRuns && !configuration.dryRun ? { onClosed: (run) => witness.confirm(run) } : {}),
  });
}

/** Session tokens of the live door, beside the notes of the runs. */
function keptSessions(root: string): KeptSessions {
  const pathOf = ({ sessionId, runId }: Entry) =>
    join(root, "sessions", sessionTag(sessionId), `${runId}.live`);
  return {
    read: (entry) => readKeptFile(pathOf(entry)),
    write: (entry, text) => writeKept(pathOf(entry), text),
  };
}

function refusal(count: number): ReportProblem {
  const message = `${count} spool folders or segments are links, of somebody else or open to others: they are not touched`;
  return { code: "spool_refused", message };
}

function damageMessage(what: keyof SpoolDamage, count: number): string {
  return what === "damaged"
    ? `${count} lines of the spool are not as they were written: they are not sent`
    : `${count} spooled records are gone: the record of their session says so`;
}

function printToStderr(text: string): void {
  process.stderr.write(`${text}\n`);
}
