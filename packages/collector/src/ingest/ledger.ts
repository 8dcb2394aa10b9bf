/** What one group of intakes reads and writes; everything in it becomes durable at once or not at all. */
import type { Fork } from "@caum/core/collector";
import type { AlertRule, NewAlert } from "../rows/alert-rows.ts";
import type { KeptSessionFacts } from "./intake.ts";
import type { Beginning, RunHead } from "./session-row.ts";
import type { SessionState } from "./session-state.ts";
import type { Standing } from "./standing.ts";

/** Where an event id was used. */
export interface KnownEvent {
  readonly session: number;
  readonly index: number;
  /** Digest of the body it came with; absent for native records. */
  readonly body?: string;
}

/** Where a step number was used, and with which body. */
export interface KnownStep {
  readonly index: number;
  readonly body: string;
}

/** A record as it is stored. */
export interface StoredRecord {
  readonly index: number;
  readonly leaf: string;
  readonly line: string;
  readonly receivedMs: number;
  readonly standing: Standing | undefined;
}

/** A native run as it is stored. */
export interface NativeRun extends RunHead {
  /** A record of it was set aside: what follows links to that one. */
  readonly forked: boolean;
  /** Records with a smaller seq were deleted: nobody can say any more whether one is the same. */
  readonly deletedBefore: number;
}

/** Forks of one run that are kept; more say nothing new. */
export const MAX_FORKS = 100;

export interface Ledger {
  /** `gone` when it was deleted. */
  session(tenant: number, id: string): SessionState | "gone" | undefined;
  createSession(
    tenant: number,
    id: string,
    facts: KeptSessionFacts,
    beginning: Beginning,
  ): SessionState;

  addRecord(session: SessionState, record: Omit<StoredRecord, "index">): void;
  /** A record of the tenant, whichever session it is of. */
  recordAt(session: number, index: number): StoredRecord | undefined;
  sessionId(session: number): string | undefined;
  /** Root over the first records of a session. */
  rootAt(session: SessionState | number, size: number): string;

  findEvent(tenant: number, eventId: string): KnownEvent | undefined;
  nameEvent(tenant: number, eventId: string, event: KnownEvent): void;

  /** The session is found by this digest of an id from now on; again says nothing new. */
  nameTrace(session: SessionState, digest: string): void;

  findSteps(session: SessionState, step: number): readonly KnownStep[];
  nameStep(session: SessionState, step: number, known: KnownStep): void;

  run(session: SessionState, runId: string): NativeRun | undefined;
  saveRun(session: SessionState, run: NativeRun): void;
  /** At most {@link MAX_FORKS} of one run stay. */
  addFork(session: SessionState, fork: Fork, receivedMs: number): void;

  addToken(token: {
    readonly hash: string;
    readonly tenant: number;
    readonly sessionId: string;
    readonly expiresMs: number;
  }): void;

  /** The tenant's rules; empty for most, so asking must cost nothing. */
  alertRules(tenant: number): readonly AlertRule[];
  /** Stores an alert with its outbox row; one that is there already stays as it is. */
  addAlert(alert: NewAlert): void;
  /** Takes an armed alert back; one that is due stays. */
  disarmAlert(tenant: number, id: string): void;
  hasAlert(tenant: number, id: string): boolean;

  /** A fresh event id for a record that the collector writes. */
  eventId(): string;
}
