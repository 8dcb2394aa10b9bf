/** What sessions spent in loops and after an alert: what a person may want to look at, no saving. */
import type { SessionProfile } from "../profile/session-profile.ts";

/** Sums over the sessions of which the amount is known at all. */
export interface Amount {
  /** How many say what they spent. */
  readonly known: number;
  readonly total: number;
  readonly inLoops: number;
  readonly afterAlert: number;
}

/** Of a set of sessions. */
export interface Exposure {
  readonly sessions: number;
  /** Those with a loop, and those in which something was done after an alert stood. */
  readonly loopingSessions: number;
  readonly alertedSessions: number;
  readonly tokens: Amount;
  readonly costNanoUsd: Amount;
  /** Durations of steps added up, in milliseconds. */
  readonly durationMs: Amount;
}

const NOTHING: Amount = { known: 0, total: 0, inLoops: 0, afterAlert: 0 };

export const NO_EXPOSURE: Exposure = {
  sessions: 0,
  loopingSessions: 0,
  alertedSessions: 0,
  tokens: NOTHING,
  costNanoUsd: NOTHING,
  durationMs: NOTHING,
};

/** Adds one session. */
export function exposureWith(exposure: Exposure, profile: SessionProfile): Exposure {
  const { inLoops, afterAlert } = profile.structure;
  return {
    sessions: exposure.sessions + 1,
    loopingSessions: exposure.loopingSessions + (profile.loops > 0 ? 1 : 0),
    alertedSessions: exposure.alertedSessions + (afterAlert.steps > 0 ? 1 : 0),
    tokens: amountWith(exposure.tokens, profile.tokens, inLoops.tokens, afterAlert.tokens),
    costNanoUsd: amountWith(
      exposure.costNanoUsd,
      profile.costNanoUsd,
      profile.loopCostNanoUsd,
      afterAlert.costNanoUsd,
    ),
    durationMs: amountWith(exposure.durationMs, profile.durationMs, inLoops.ms, afterAlert.ms),
  };
}

/** A part is never more than the whole, also where layers tell the two differently. */
function amountWith(
  { known, ...sums }: Amount,
  total: number | undefined,
  inLoops: number,
  afterAlert: number,
): Amount {
  if (total === undefined) return { known, ...sums };
  return {
    known: known + 1,
    total: capped(sums.total + total),
    inLoops: capped(sums.inLoops + Math.min(inLoops, total)),
    afterAlert: capped(sums.afterAlert + Math.min(afterAlert, total)),
  };
}

/** Sums of hostile numbers stay integers. */
function capped(value: number): number {
  return Math.min(value, Number.MAX_SAFE_INTEGER);
}

/** What has to be assumed to read the figures, in words. */
export const EXPOSURE_ASSUMPTIONS: readonly string[] = [
  "a loop counts from its first step, not from its alert",
  "after the alert counts every step that came after the first alert of a session, also those that got on: stopping there could have spared no more, and may have spared less",
  "steps of a loop after its alert are in both figures: they cannot be added",
  "tokens and costs are what senders say; a session of which nobody says any is unknown, and in no sum",
  "time is the durations of steps added up: what ran side by side counts twice, and time between steps does not count",
  "where a session was started over under the same id, tokens and time in loops are of its last attempt",
  "a session counts in the week (UTC) in which it began, and under the task that its sender named",
];
