/** What doors hand to the one ingest path, and what it answers. Plain data: it crosses threads. */
import type { PayloadDraft } from "@caum/core/adapter";
import type { TraceParent } from "@caum/core/collector";
import type { SessionSummary } from "@caum/core/health";
import type { StructuralRecord } from "@caum/core/verify";
import type { ChainClaim } from "./sender-chain.ts";
import type { Standing } from "./standing.ts";

/** What is known of a session beside its records; every text here may be kept. */
export interface KeptSessionFacts {
  readonly agentId: string;
  readonly agentName?: string;
  readonly team?: string;
  readonly workflow?: string;
  readonly taskTag?: string;
  readonly cohort?: string;
  readonly baselineCostNanoUsd?: number;
  /** What the sender calls its tenant; a label, and no part of the records. */
  readonly tenantLabel?: string;
  /** The cohort was told at the end, when the outcome was known. */
  readonly isMarkedAtEnd?: true;
}

/** The digest key that a session's records were made under. */
export interface KeyFacts {
  readonly digestKeyId: string;
  readonly digestKeyCommitment: string;
}

interface Received {
  readonly tenant: number;
  /** Milliseconds since 1970, by the collector's clock. */
  readonly receivedMs: number;
}

type EnvelopeFields = Omit<
  Partial<StructuralRecord>,
  "schemaVersion" | "eventId" | "sessionId" | "runId" | "previousHash" | "category" | "payload"
>;

/** A record that the collector will write, without its place. */
export type DoorDraft = PayloadDraft & EnvelopeFields & { readonly sourceTimestamp: string };

/** One event of a simple or foreign door. */
export interface EventIntake extends Received {
  readonly kind: "event";
  readonly sessionId: string;
  readonly facts: KeptSessionFacts;
  readonly keys: KeyFacts;
  readonly draft: DoorDraft;
  /** Whether the answer holds the root over the session; it costs a dozen hashes. */
  readonly asksRoot: boolean;
  /** The sender's own id of the event; the same id is never stored twice in a tenant. */
  readonly claim?: { readonly eventId: string; readonly body: string };
  /** Where it stands in a chain that its sender makes. */
  readonly chain?: ChainClaim;
  /** What the session's run of the collector says of itself, where it begins with it. */
  readonly layer?: "telemetry";
  /** The trace in which it was made, for what is emitted of it; no part of what is kept. */
  readonly parent?: TraceParent;
  /** Digests of ids that its session is found by. */
  readonly traces?: readonly string[];
  /** The sender's own number of the event; an identical repeat is answered as before. */
  readonly step?: { readonly number: number; readonly body: string };
}

/** Opens a session under a token. */
export interface StartIntake extends Received {
  readonly kind: "start";
  readonly sessionId: string;
  readonly facts: KeptSessionFacts;
  readonly keys: KeyFacts;
  readonly token: { readonly hash: string; readonly expiresMs: number };
}

/** The sender says that the work is over. */
export interface EndIntake extends Received {
  readonly kind: "end";
  readonly sessionId: string;
  readonly keys: KeyFacts;
  readonly resolved?: boolean;
  /** Labels that stand where none was given before; they are kept beside the records. */
  readonly labels?: Pick<KeptSessionFacts, "workflow" | "cohort">;
}

/** Native lines of one run, each already known to be its own canonical form. */
export interface RecordsIntake extends Received {
  readonly kind: "records";
  readonly sessionId: string;
  readonly runId: string;
  readonly lines: readonly string[];
  /** Their leaf hashes, where whoever read the lines made them: the store's thread is the busier one. */
  readonly leaves?: readonly string[];
  /** Whether the answer says how the session stood after each of them. */
  readonly asksStandings?: boolean;
}

export type Intake = EventIntake | StartIntake | EndIntake | RecordsIntake;

/** Where a session stands after an intake. */
export interface SessionHead {
  readonly sessionId: string;
  readonly size: number;
  readonly root: string;
  readonly runs: number;
  readonly standing: Standing;
}

export interface EventOutcome {
  readonly kind: "event";
  readonly how: "appended" | "repeated" | "other_body" | "new_segment";
  readonly sessionId: string;
  readonly index: number;
  readonly leaf: string;
  readonly previousHash: string;
  /** Root over the session up to and including this record; only where it was asked for. */
  readonly root: string | undefined;
  readonly standing: Standing;
  readonly receivedMs: number;
  /** The same id came before with another body. */
  readonly conflict: boolean;
  /** Conditions of alert rules that fired with it. */
  readonly rulesFired: readonly string[];
}

export interface LineResult {
  /** From 1. */
  readonly line: number;
  readonly status: "duplicate" | "gap" | "fork";
  readonly seq: number;
  readonly expected?: number;
}

export interface RecordsOutcome {
  readonly kind: "records";
  readonly accepted: number;
  readonly results: readonly LineResult[];
  readonly nextSeq: number;
  readonly runHead: string;
  readonly head: SessionHead;
  /** Conditions of alert rules that fired with what was accepted. */
  readonly rulesFired: readonly string[];
  /** Where it was asked for: how the session stood after each line, null where it was not accepted. */
  readonly standings?: readonly (Standing | null)[];
}

export interface HeadOutcome {
  readonly kind: "head";
  readonly head: SessionHead;
  /** What was found on the way; a report recomputes it where it can. */
  readonly summary: SessionSummary;
  readonly workYield: number;
}

/**
 * Why the store cannot write at the moment: nothing was stored, or nobody can say whether it was;
 * where a standby is waited for, that it is.
 */
export type Unwritable =
  | "UNAVAILABLE"
  | "STANDBY_AWAY"
  | "NOT_CONFIRMED"
  | "NOT_CONFIRMED_BY_STANDBY";

export interface Refusal {
  readonly kind: "refused";
  readonly code: "NOT_FOUND" | "GONE" | "STORAGE_FULL" | "INTERNAL_ERROR" | Unwritable;
}

export type Outcome = EventOutcome | RecordsOutcome | HeadOutcome | Refusal;
