import { randomFillSync } from "node:crypto";
import { join } from "node:path";
import { EventIds } from "./capture/event-id.ts";
import { hostSessionId } from "./capture/joined-session.ts";
import { loadRootKey, type RootKey } from "./capture/keys/root-key.ts";
import { SessionKeys } from "./capture/keys/session-keys.ts";
import { ownIdentifierOf, ownLabelOf } from "./capture/label.ts";
import type { Observation } from "./capture/observation/observation.ts";
import { timestampAt } from "./capture/timestamp.ts";
import { runOrigin } from "./evidence/note/origin.ts";
import { signCheckpoint } from "./evidence/note/signer.ts";
import { RunWriter, runIdOf } from "./evidence/run-writer.ts";
import { loadWriterKey, type WriterKey } from "./evidence/writer-key.ts";
import {
  configurationOf,
  type ObserverOptions,
  type ObserverProblem,
  type ObserverStatus,
} from "./observer-options.ts";
import { atExit } from "./report/at-exit.ts";
import type { DeliveryResult } from "./report/delivery/tally.ts";
import { emissionOf } from "./report/emission/session-emission.ts";
import type { EventLog } from "./report/event-log.ts";
import { DiskCap } from "./report/local/disk-cap.ts";
import { RunLog } from "./report/local/run-log.ts";
import { openReporter, type ReporterLease } from "./report/open-reporter.ts";
import type { Configuration } from "./report/settings/configuration.ts";
import { notObserved, ToldProblems } from "./report/told-problems.ts";
import { UpstreamLog } from "./report/upstream-log.ts";
import { within } from "./report/within.ts";
import { Session, type Verdict } from "./session.ts";
import { knownFacts, type SessionFacts } from "./session-facts.ts";

/** Sessions kept open at once; the one that was idle longest is closed for a new one. */
const MAX_OPEN_SESSIONS = 2_000;
/** Whoever waits for the disk of a run does so for this long; the disk goes on behind it. */
const DISK_WITHIN_MS = 5_000;
const RUN_ID_BYTES = 16;

/** Starts observing. Reads or makes the keys under `home`; never throws. */
export function createObserver(options: ObserverOptions): Observer {
  return new Observer(options);
}

/** Observes the sessions of one process. */
export class Observer {
  readonly home: string;
  readonly #options: ObserverOptions;
  readonly #env: Readonly<Record<string, string | undefined>>;
  readonly #clock: () => number;
  readonly #rootKey: RootKey;
  readonly #writerKey: WriterKey;
  readonly #entropy: (bytes: Uint8Array) => void;
  readonly #eventIds: EventIds;
  readonly #sessions = new Map<string, Session>();
  /** The last one of the map. */
  #latest: Session | undefined;
  /** Not whole on the disk yet. */
  readonly #closing = new Map<Session, Promise<void>>();
  readonly #problems: ToldProblems<ObserverProblem["code"]>;
  readonly #cancelAtExit: () => void;
  readonly #configuration: Configuration;
  readonly #lease: ReporterLease | undefined;
  readonly #diskCap: DiskCap | undefined;
  #droppedByClosed = 0;
  #droppedNoted = 0;
  #recordedByClosed = 0;

  constructor(options: ObserverOptions) {
    this.#options = options;
    this.#problems = new ToldProblems(options.onProblem);
    this.#env = options.env ?? process.env;
    this.#clock = options.clock ?? Date.now;
    this.#configuration = configurationOf(options, this.#env);
    this.home = this.#configuration.home;
    for (const problem of this.#configuration.problems)
      this.#problems.report("configuration", problem);
    const exposed = this.#configuration.warnings.join("; ");
    if (exposed !== "") this.#problems.report("exposed_key", exposed);
    this.#rootKey = loadRootKey({ home: this.home, env: this.#env });
    if (this.#rootKey.problem) this.#problems.report("ephemeral_digest_key", this.#rootKey.problem);
    this.#writerKey = loadWriterKey({ home: this.home });
    if (this.#writerKey.origin === "ephemeral") {
      this.#problems.report("ephemeral_writer_key", "keys/writer.key can be neither read nor made");
    }
    this.#entropy = options.entropy ?? randomFillSync;
    this.#eventIds = new EventIds({ clock: this.#clock, fillRandom: this.#entropy });
    this.#lease = this.#openReporter();
    this.#diskCap = this.#lease ? undefined : this.#capRuns();
    this.#cancelAtExit = atExit("runs", () => {
      for (const session of [...this.#sessions.values(), ...this.#closing.keys()])
        session.closeNow();
      this.#noteDropped();
      this.#lease?.closeNow();
    });
  }

  /** The session with this id, opened as a new run when it is not open in this process. */
  session(id: string, facts: SessionFacts = {}): Session {
    const known = this.#sessions.get(id);
    if (known && known === this.#latest) return known;
    if (!known && this.#sessions.size >= MAX_OPEN_SESSIONS) this.#closeIdlest();
    const session = known ?? this.#open(id, facts);
    // To the end of the map, whose first entry is the one idle longest.
    this.#sessions.delete(id);
    this.#sessions.set(id, session);
    this.#latest = session;
    return session;
  }

  /** The session that an id of a host stands for; equal ids are one session. */
  hostSession(id: string): string {
    return hostSessionId(this.#rootKey, id);
  }

  observe(sessionId: string, observation: Observation): Verdict {
    return this.session(sessionId).observe(observation);
  }

  /** Closes one session's run. */
  async closeSession(id: string): Promise<void> {
    const session = this.#sessions.get(id);
    this.#sessions.delete(id);
    if (!session) return;
    this.#droppedByClosed += session.dropped;
    this.#noteDropped();
    const closed = session.close();
    this.#closing.set(session, closed);
    await closed;
    this.#closing.delete(session);
    this.#recordedByClosed += session.size;
    this.#diskCap?.check();
  }

  /**
   * Closes every run before it returns, on the disk where there is no collector: the process may be
   * ended any moment. What is observed later belongs to new runs.
   */
  closeRunsNow(): void {
    for (const [id, session] of this.#sessions) {
      session.closeNow();
      this.#sessions.delete(id);
      // Written again at the exit, should the disk have refused.
      this.#closing.set(session, Promise.resolve());
      this.#droppedByClosed += session.dropped;
      this.#recordedByClosed += session.size;
    }
    this.#noteDropped();
    void this.#lease?.reporter.flush(0);
  }

  /**
   * Brings every record so far to the collector, or to the disk: there is none, or it does not
   * answer within a few seconds.
   */
  async flush(): Promise<DeliveryResult> {
    this.#noteDropped();
    const delivery = this.#lease?.reporter.flush();
    const open = [...this.#sessions.values(), ...this.#closing.keys()];
    const logs = open.map((session) => session.flushLog());
    await within(DISK_WITHIN_MS, Promise.all(logs));
    return this.#resultOf(await delivery);
  }

  /** Closes every run and delivers it; nothing may be observed afterwards. */
  async close(): Promise<DeliveryResult> {
    const closed = [...this.#sessions.keys()].map((id) => this.closeSession(id));
    // Also those that somebody closes already.
    await within(DISK_WITHIN_MS, Promise.all([...closed, ...this.#closing.values()]));
    this.#diskCap?.stop();
    const delivery = await this.#lease?.release();
    // What a slow disk has not taken is written at the exit of the process.
    const isSafe = this.#closing.size === 0 && this.#lease?.reporter.isHolding !== true;
    if (isSafe) this.#cancelAtExit();
    return this.#resultOf(delivery);
  }

  get status(): ObserverStatus {
    const { counts: problems } = this.#problems;
    return { openSessions: this.#sessions.size, dropped: this.#dropped, problems };
  }

  get #dropped(): number {
    let dropped = this.#droppedByClosed;
    for (const session of this.#sessions.values()) dropped += session.dropped;
    return dropped;
  }

  /** Without a collector every record stays on this machine. */
  #resultOf(delivery: DeliveryResult | undefined): DeliveryResult {
    if (delivery) return { ...delivery, dropped: this.#dropped };
    let spooled = this.#recordedByClosed;
    for (const session of this.#sessions.values()) spooled += session.size;
    return { accepted: 0, duplicate: 0, rejected: 0, spooled, dropped: this.#dropped };
  }

  /** For `caum status`, which other processes read. */
  #noteDropped(): void {
    const dropped = this.#dropped;
    this.#lease?.noteDropped(dropped - this.#droppedNoted);
    this.#droppedNoted = dropped;
  }

  #openReporter(): ReporterLease | undefined {
    const { writer, writerVersion, waitUntil, follower, transport } = this.#options;
    return openReporter({
      configuration: this.#configuration,
      agent: `${writer}/${writerVersion}`,
      signer: this.#writerKey.signer,
      onProblem: ({ code, message }) => this.#problems.report(code, message),
      waitUntil,
      follower,
      transport,
    });
  }

  #capRuns(): DiskCap {
    return new DiskCap({
      folder: join(this.home, "runs"),
      onRemoved: (message) => this.#problems.report("runs_removed", message),
    });
  }

  #closeIdlest(): void {
    const [idlest] = this.#sessions.keys();
    if (idlest !== undefined) void this.closeSession(idlest);
  }

  #open(id: string, facts: SessionFacts): Session {
    const { emitter, hashNames = false, layer, view, writer: program } = this.#options;
    const sessionId = ownIdentifierOf(id, this.#rootKey);
    const keys = new SessionKeys(this.#rootKey, sessionId);
    const known = knownFacts(facts, keys);
    const runBytes = new Uint8Array(RUN_ID_BYTES);
    this.#entropy(runBytes);
    const runId = runIdOf(runBytes);
    const writer = new RunWriter({ ...this.#identity(keys), sessionId, runId });
    return new Session({
      capture: { keys, hashNames },
      writer,
      log: this.#logOf(writer),
      openFacts: {
        writer: program,
        writerVersion: this.#options.writerVersion,
        layer,
        view,
        digestKeyId: keys.id,
        digestKeyCommitment: keys.commitment,
        writerKey: this.#writerKey.vkey,
        ...known,
        ...this.#lease?.reporter.continuation(sessionId),
      },
      watch: this.#options.alerts?.session(sessionId, {
        agents: [writer.identity.agentId, known.agentName],
        workflow: known.workflow,
      }),
      emission: emissionOf(emitter, {
        ...writer.identity,
        keys,
        agentName: known.agentName,
        layer,
      }),
      flush: () => this.flush(),
      stamp: () => ({
        sourceTimestamp: timestampAt(this.#clock()),
        eventId: this.#eventIds.next(),
      }),
      onFailure: (failure) => this.#problems.report("not_observed", notObserved(failure)),
    });
  }

  #logOf(writer: RunWriter): EventLog {
    const { runId, sessionId } = writer.identity;
    if (this.#lease) return new UpstreamLog(this.#lease.reporter, { runId, sessionId });
    return new RunLog({
      folder: join(this.home, "runs", runId),
      checkpoint: () => this.#checkpoint(writer),
      onProblem: (problem) => this.#problems.report("not_recorded", problem.message),
    });
  }

  /** The signed size and root of a run as it stands. */
  #checkpoint({ identity, size, root }: RunWriter): string {
    const { signer } = this.#writerKey;
    const origin = runOrigin(signer.name, identity.sessionId, identity.runId);
    return signCheckpoint({ origin, size, root }, signer);
  }

  #identity(keys: SessionKeys) {
    const { agentId, agentVersion, sourceFramework, hashNames } = this.#options;
    const label = (text: string) => ownLabelOf(text, keys, hashNames);
    return {
      agentId: ownIdentifierOf(agentId ?? this.#configuration.agentId ?? "default", this.#rootKey),
      ...(agentVersion === undefined ? {} : { agentVersion: label(agentVersion) }),
      ...(sourceFramework === undefined ? {} : { sourceFramework: label(sourceFramework) }),
    };
  }
}
