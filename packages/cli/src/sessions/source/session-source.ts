/** Where sessions are read from: a collector, the runs of this machine, or both. */
import type { SimilarSessions } from "@caum/collector/local";
import type { ShownPayload } from "./live-step.ts";

export interface SessionSummary {
  readonly session_id: string;
  readonly title: string;
  readonly agent_name: string;
  readonly steps: number;
  readonly events: number;
  readonly regime: string;
  readonly tier: string;
  readonly uds: number;
  /** Null where structure tells nothing about the outcome. */
  readonly failure_risk: number | null;
  readonly public_class: string;
  readonly live_alert: boolean;
  readonly worst_tier: string;
  readonly loop_count: number;
  readonly loop_steps: number;
  readonly loop_cost_usd: number;
  /** It had a loop that nobody has acknowledged. */
  readonly marked: boolean;
  readonly acknowledged_at: string | null;
  readonly acknowledged_by: string | null;
  readonly total_tokens: number;
  readonly total_cost_usd: number;
  readonly first_seen: string;
  readonly last_seen: string;
  readonly ended: boolean;
}

export interface StepOfSession {
  readonly index: number;
  readonly record: {
    readonly category?: string;
    readonly payload?: ShownPayload;
  } | null;
  readonly assessment: {
    readonly step: number;
    readonly regime: string;
    readonly tier: string;
    readonly uds: number;
    readonly public_class: string;
    readonly reasons: readonly string[];
    /** What an alert that stands says to a person. */
    readonly message?: string | null;
  } | null;
}

export interface SessionReport {
  readonly session: SessionSummary;
  readonly merkle_root: string;
  readonly tree_size: number;
  readonly steps: readonly StepOfSession[];
}

export interface SessionQuery {
  readonly limit: number;
  readonly hadLoop?: boolean | undefined;
  readonly marked?: boolean | undefined;
  readonly worstTier?: string | undefined;
}

/** Of sessions that nobody knows it throws `SessionGone`. */
export interface SessionSource {
  /** The newest first. */
  list(query: SessionQuery): Promise<readonly SessionSummary[]>;
  /** The session with all of its steps, of one moment. */
  report(id: string): Promise<SessionReport>;
  /** Somebody has looked at the loops that it had so far. */
  acknowledge(id: string, by: string): Promise<SessionSummary>;
  /** The sessions that are built most like it, the nearest first. */
  similar(id: string, limit: number): Promise<SimilarSessions>;
  /** How a session is taken along to be verified, as a command. */
  proofOf(id: string): Promise<string>;
}
