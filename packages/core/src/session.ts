import type { Purpose } from "./capture/keys/session-keys.ts";
import { digestCall, digestTurn } from "./capture/observation/digest-call.ts";
import type {
  CaptureContext,
  Observation,
  ReasoningObservation,
  ToolObservation,
} from "./capture/observation/observation.ts";
import { payloadOf } from "./capture/observation/payload-of.ts";
import type { LifecyclePayload, PayloadDraft, Unplaced } from "./capture/record.ts";
import { type Shape, shapeOfText } from "./capture/shape/shape.ts";
import type { OpenFacts, RunWriter, Stamp } from "./evidence/run-writer.ts";
import { CompactRange, type CompactRangeState } from "./evidence/tree/compact-range.ts";
import type { SessionWatch } from "./health/alerts/alert-watch.ts";
import { type Assessment, coordinationOf, evidenceGradeOf } from "./health/assessment.ts";
import { Health } from "./health/health.ts";
import { stepOf } from "./health/step/step-of.ts";
import type { DeliveryResult } from "./report/delivery/tally.ts";
import type { SessionEmission } from "./report/emission/session-emission.ts";
import type { EventLog } from "./report/event-log.ts";

/** Where an observed event stands in the chain of its run. */
export interface Evidence {
  readonly runId: string;
  /** Absent when the event was assessed but could not be kept. */
  readonly seq?: number;
  /** Leaf of the run's last record. */
  readonly chainHead: string;
  /** RFC 6962 root over the run up to this event; computed when it is read. */
  readonly merkleRoot: string;
}

/** A class, because an object literal with a getter takes ten times as long to make. */
class EvidenceOfRun implements Evidence {
  readonly runId: string;
  readonly seq?: number;
  readonly chainHead: string;
  readonly #tree: CompactRangeState;

  constructor({ identity, state }: RunWriter, seq: number | undefined) {
    this.runId = identity.runId;
    if (seq !== undefined) this.seq = seq;
    this.chainHead = state.head;
    this.#tree = state.tree;
  }

  get merkleRoot(): string {
    return CompactRange.restore(this.#tree).root;
  }

  toJSON(): Evidence {
    return { ...this, merkleRoot: this.merkleRoot };
  }
}

/** What `observe` answers: what the engine thinks of the session, and the proof of it. */
export interface Verdict extends Assessment {
  readonly evidence: Evidence;
}

/** What a session is made of; `Observer` puts it together. */
export interface SessionParts {
  readonly capture: CaptureContext;
  readonly writer: RunWriter;
  readonly log: EventLog;
  readonly openFacts: OpenFacts;
  /** A new event id and the time of now. */
  readonly stamp: () => Stamp;
  readonly onFailure: (failure: unknown) => void;
  /** Alert rules of the process; none when absent. */
  readonly watch?: SessionWatch | undefined;
  /** Told of every record and of the end of the run; nobody when absent. */
  readonly emission?: SessionEmission | undefined;
  /** Delivers what all sessions of the observer recorded. */
  readonly flush: () => Promise<DeliveryResult>;
}

/** The answer while nothing could be judged: it says nothing against the session. */
const UNJUDGED: Assessment = {
  step: 0,
  eventType: "observation",
  regime: "WARMING_UP",
  healthy: "yes",
  uds: 0.8,
  tier: "T2",
  failureRisk: null,
  failureRiskReason: "too_early",
  traceQuality: "labels",
  publicClass: "none",
  reasons: [],
  scores: { tcr: 0, esr: 0, sci: 0 },
  coordination: coordinationOf("none", "T2"),
  evidenceGrade: evidenceGradeOf("none"),
};

/** Why an event was assessed but not recorded: memory and disk are full, or recording it failed. */
type DropReason = "no_room" | "failed";

/** One opening of one session: every event is captured, chained, judged and logged at once. */
export class Session {
  readonly #parts: SessionParts;
  readonly #health = new Health();
  /** What was judged last; the answer when judging fails. */
  #assessment: Assessment = UNJUDGED;
  #dropped = 0;
  /** Dropped events that no `drop` record speaks of yet, by reason. */
  readonly #undeclared = new Map<DropReason, number>();
  #closed = false;

  constructor(parts: SessionParts) {
    this.#parts = parts;
  }

  get id(): string {
    return this.#parts.writer.identity.sessionId;
  }

  get runId(): string {
    return this.#parts.writer.identity.runId;
  }

  /** Records of this run so far. */
  get size(): number {
    return this.#parts.writer.size;
  }

  /** Events that were assessed but not recorded. */
  get dropped(): number {
    return this.#dropped;
  }

  /**
   * Records one event and judges the session with it.
   *
   * Synchronous and total: a failure inside goes to `onFailure`, and the last assessment is the
   * answer. The values in the observation are digested and gone when it returns.
   */
  observe(observation: Observation): Verdict {
    const { capture, emission, onFailure, stamp } = this.#parts;
    let seq: number | undefined;
    try {
      const caused = emission?.caused(observation) ?? observation;
      const draft = { ...payloadOf(caused, capture), ...stamp() };
      seq = this.#record(draft);
      this.#assessment = this.#judge(draft);
      this.#parts.watch?.see({ draft, assessment: this.#assessment });
      emission?.recorded(caused, draft, this.#assessment);
    } catch (failure) {
      if (seq === undefined) this.#countDropped("failed");
      onFailure(failure);
    }
    return this.#verdict(this.#assessment, seq);
  }

  /** Says inside the chain that something passed and could not be observed. */
  drop(count: number, reason: string): void {
    this.#dropped += count;
    this.#recordLifecycle({ type: "drop", count, reason });
  }

  /** The call with its values digested now, to be completed and observed later. */
  digestCall(call: ToolObservation): ToolObservation {
    return digestCall(call, this.#parts.capture);
  }

  /** The turn with its content digested now. */
  digestTurn(turn: ReasoningObservation): ReasoningObservation {
    return digestTurn(turn, this.#parts.capture);
  }

  /** The shape of text too long to be walked, under the keys of this session. */
  shapeOfText(head: Uint8Array, byteLength: number, purpose: Purpose): Shape {
    return shapeOfText(head, byteLength, purpose, this.#parts.capture.keys);
  }

  /**
   * Records the end of the session's work, as the user tells it, and delivers what there is.
   *
   * The record is made at once; only the delivery is waited for.
   */
  end(outcome: { readonly resolved?: boolean | undefined } = {}): Promise<DeliveryResult> {
    const { resolved } = outcome;
    const told = resolved === undefined ? {} : ({ resolved: resolved ? "true" : "false" } as const);
    this.#recordLifecycle({ type: "end", ...told });
    return this.flush();
  }

  /** Closes the run on the disk; later events belong to a new run. */
  async close(): Promise<void> {
    this.#parts.watch?.close();
    this.#recordClose();
    await this.#parts.log.close();
  }

  /** The same synchronously: the process ends, or may be ended any moment. */
  closeNow(): void {
    this.#recordClose();
    this.#parts.log.closeNow();
  }

  /** Delivers what there is; what became of every record so far is the answer. */
  flush(): Promise<DeliveryResult> {
    return this.#parts.flush();
  }

  /** Resolves when the records of this run are safe where they are kept. */
  flushLog(): Promise<void> {
    return this.#parts.log.flush();
  }

  #judge(draft: PayloadDraft & Stamp): Assessment {
    const step = stepOf(draft, { view: this.#parts.openFacts.view });
    return step ? this.#health.observe(step) : this.#health.current();
  }

  /** The seq of the record that was made, or none when there is no room to keep it. */
  #record(draft: PayloadDraft & Stamp): number | undefined {
    if (this.#closed || !this.#parts.log.hasRoom) {
      this.#countDropped("no_room");
      return undefined;
    }
    this.#declareDropped();
    return this.#append(draft);
  }

  /** Nothing comes after the `close` record of a run. */
  #recordLifecycle(payload: Unplaced<LifecyclePayload>): void {
    if (this.#closed) return;
    this.#fenced(() => this.#append({ category: "lifecycle", payload, ...this.#parts.stamp() }));
  }

  #countDropped(reason: DropReason): void {
    this.#dropped += 1;
    this.#undeclared.set(reason, (this.#undeclared.get(reason) ?? 0) + 1);
  }

  /** Silence is not allowed: what was not kept is counted inside the chain. */
  #declareDropped(): void {
    for (const [reason, count] of this.#undeclared) {
      this.#recordLifecycle({ type: "drop", count, reason });
    }
    this.#undeclared.clear();
  }

  #append(draft: PayloadDraft & Stamp): number {
    const { writer, log, openFacts, stamp } = this.#parts;
    if (writer.size === 0) log.push(writer.open(openFacts, stamp()).line);
    const appended = writer.append(draft);
    log.push(appended.line);
    return appended.seq;
  }

  /** A run that never saw an event leaves nothing behind. */
  #recordClose(): void {
    if (this.#closed || this.#parts.writer.size === 0) return;
    this.#fenced(() => {
      this.#declareDropped();
      const { emission, log, stamp, writer } = this.#parts;
      const closed = stamp();
      log.push(writer.close(this.#dropped, closed).line);
      emission?.closed(closed, this.#assessment);
    });
    this.#closed = true;
  }

  #verdict(assessment: Assessment, seq: number | undefined): Verdict {
    return { ...assessment, evidence: new EvidenceOfRun(this.#parts.writer, seq) };
  }

  #fenced(work: () => void): void {
    try {
      work();
    } catch (failure) {
      this.#parts.onFailure(failure);
    }
  }
}
