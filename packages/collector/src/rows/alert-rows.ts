/** Rules, what they remember of a session, and what was fired: plain data, as it is stored. */
import type { AlertMemory, AlertStory } from "@caum/core/health";

export type ActionType = "webhook" | "slack" | "email" | "desktop";

/** When somebody wants to be told, and how. */
export interface AlertRule {
  readonly id: string;
  /** In its canonical form; `parseCondition` reads it. */
  readonly condition: string;
  readonly actionType: ActionType;
  /** As it is stored: `DestinationSeal` opens it, `maskDestination` shows it. */
  readonly destination: string;
  /** For so long after it fired, a session does not fire the rule again. */
  readonly cooldownMs: number;
  /** For so many steps in a row a tier, uds or regime must hold. */
  readonly dwellSteps: number;
  /** Counts the signing secrets, from 1; they are derived, not stored. */
  readonly secretVersion: number;
  /** When the present secret replaced the one before. */
  readonly secretRotatedMs: number | undefined;
  readonly createdMs: number;
}

/** A rule with its tenant. */
export type OpenRule = Pick<AlertRule, "id" | "destination"> & { readonly tenant: number };

/** What the rules of a tenant remember of one session; saved with the session's row. */
export interface SessionAlerts {
  /** By rule; a rule that is quiet and was never fired is absent. */
  readonly rules: Readonly<Record<string, AlertMemory>>;
  /** Alerts that fire by themselves unless the call they wait for is answered, by call. */
  readonly open: Readonly<Record<string, readonly string[]>>;
}

export const NO_ALERTS: SessionAlerts = { rules: {}, open: {} };

/** What an alert tells: how the session stood. Labels and figures only. */
export interface AlertFacts {
  readonly condition: string;
  readonly actionType: ActionType;
  /** What may be shown of the destination, also when the rule is gone. */
  readonly maskedDestination: string;
  readonly sessionId: string;
  readonly agent: string;
  readonly team: string | null;
  readonly taskTag: string | null;
  readonly step: number;
  readonly regime: string;
  /** Unrounded. */
  readonly uds: number;
  readonly tier: string;
  readonly costNanoUsd: number;
  /**
   * What repeats, as the sentence says it, and which alternative of the condition was met where it has
   * several; absent in alerts of an earlier version.
   */
  readonly story?: Omit<AlertStory, "agent" | "regime" | "step" | "totalNanoUsd">;
  /** Sent because somebody asked for a trial of the rule. */
  readonly isTest: boolean;
}

/**
 * `armed` waits for its time to fire, `dead` for somebody who replays it, and `muted` was held back
 * because its loop is of a muted group.
 */
export type AlertStatus = "armed" | "due" | "delivered" | "dead" | "muted";

/** One firing of one rule: what history shows, and the outbox row that brings it out. */
export interface NewAlert {
  readonly tenant: number;
  /** Equal for equal firings, so that none is stored twice; sent as the id of every delivery. */
  readonly id: string;
  readonly rule: string;
  /** Key of the session's row; absent for tests. */
  readonly session: number | undefined;
  /** `armed` becomes `due` when its time comes. */
  readonly status: "armed" | "due";
  /** When it fires or fired; it is due then. */
  readonly firedMs: number;
  readonly facts: AlertFacts;
}

/** An alert with what became of it. */
export interface AlertRow extends Omit<NewAlert, "status"> {
  readonly status: AlertStatus;
  readonly attempts: number;
  /** When the next attempt is due. */
  readonly dueMs: number;
  /** When it was delivered or given up. */
  readonly settledMs: number | undefined;
  /**
   * Why the last attempt failed: one of a closed list of words, never what a receiver said. Absent
   * while an attempt is under way.
   */
  readonly problem: string | undefined;
}

/** Where a page of history goes on: behind the last alert of the page before. */
export interface AlertCursor {
  readonly firedMs: number;
  readonly id: string;
}

export interface AlertFilter {
  readonly limit: number;
  readonly after?: AlertCursor | undefined;
  readonly status?: Exclude<AlertStatus, "armed"> | undefined;
}

/** One alert that somebody has taken to deliver, until its lease is over. */
export interface ClaimedDelivery extends AlertRow {
  /** The rule as it is now. */
  readonly target: AlertRule;
}

/** What became of an attempt. */
export type DeliveryOutcome =
  | { readonly kind: "delivered" }
  | { readonly kind: "retry"; readonly dueMs: number; readonly problem: string }
  | { readonly kind: "dead"; readonly problem: string };

/** Changes of rules and deliveries, beside the other commands of a store. */
export type AlertCommand =
  | {
      /** All of them or none. Refused with CONFLICT when the tenant would have more than `max`. */
      readonly kind: "add_rules";
      readonly tenant: number;
      readonly rules: readonly AlertRule[];
      readonly max: number;
    }
  | {
      /** Its armed alerts go with it, its due ones are given up as `rule_deleted`. */
      readonly kind: "delete_rule";
      readonly tenant: number;
      readonly id: string;
      readonly nowMs: number;
    }
  /** One destination in place of another, where that one is still there. */
  | {
      readonly kind: "seal_rule";
      readonly tenant: number;
      readonly id: string;
      readonly from: string;
      readonly to: string;
    }
  | {
      /** Answers the new version. */
      readonly kind: "rotate_rule_secret";
      readonly tenant: number;
      readonly id: string;
      readonly nowMs: number;
    }
  /** An alert that no event fired: a test. Refused with NOT_FOUND when its rule is gone. */
  | { readonly kind: "add_alert"; readonly alert: NewAlert }
  | {
      /** Of the attempt with this number: a later one, or a delivery, is not undone by an older one. */
      readonly kind: "settle_delivery";
      readonly tenant: number;
      readonly id: string;
      readonly attempt: number;
      readonly nowMs: number;
      readonly outcome: DeliveryOutcome;
    }
  | {
      /** A dead letter is due again, from its first attempt. CONFLICT when it is not dead or its rule is gone. */
      readonly kind: "replay_alert";
      readonly tenant: number;
      readonly id: string;
      readonly nowMs: number;
    }
  /** Forgets settled alerts of all tenants, some hundred at once; answers how many, 0 at the end. */
  | { readonly kind: "expire_alerts"; readonly settledBeforeMs: number };

/**
 * Takes what is due, of all tenants: at most one alert of each rule, the oldest first, and none of
 * the busy rules. Each is counted as an attempt, loses its problem and is due again when the lease
 * is over, so that a node that dies loses nothing.
 */
export interface DeliveryClaim {
  readonly kind: "claim_deliveries";
  readonly nowMs: number;
  readonly leaseMs: number;
  readonly limit: number;
  /** Rules that this node wants no more of at the moment. */
  readonly busyRules: readonly string[];
}

export interface ClaimedDeliveries {
  readonly kind: "claimed";
  readonly deliveries: readonly ClaimedDelivery[];
}
