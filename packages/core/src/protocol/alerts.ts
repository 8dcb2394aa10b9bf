/** Alert rules and what they fired, as they are posted and listed. */
import { z } from "zod";

export const MAX_ALERT_RULES = 50;
const MAX_COOLDOWN_SECONDS = 7 * 86_400;
const MAX_DWELL_STEPS = 100;
export const DEFAULT_COOLDOWN_SECONDS = 300;

export const ACTION_TYPES = ["webhook", "slack", "email", "desktop"] as const;

export const alertRule = z.object({
  /** `tier>=T4`, `cost>5 and agent=helper`, ...: see docs/alerts.md; the door reads it. */
  condition: z.string().min(1).max(1_000),
  action_type: z.enum(ACTION_TYPES),
  /** A URL or an address; absent for `desktop`, which is the collector's own. */
  destination: z.string().min(3).max(2_048).optional(),
  /** For so long after it fired, a session does not fire the rule again. */
  cooldown_seconds: z.number().int().min(0).max(MAX_COOLDOWN_SECONDS).optional(),
  /** For so many steps in a row a tier, uds or regime must hold; 0, at once, when absent. */
  dwell_steps: z.number().int().min(0).max(MAX_DWELL_STEPS).optional(),
});

/** A list of rules; one alone may come without the list. */
export const alertRulesRequest = z.union([
  z.array(alertRule).min(1).max(MAX_ALERT_RULES),
  alertRule,
]);

const shownRule = alertRule.extend({
  id: z.string(),
  /** Masked: who may read rules need not learn the secret part of a hook. */
  destination: z.string(),
  cooldown_seconds: z.number(),
  dwell_steps: z.number(),
  created_at: z.string(),
  /** Signs a webhook's deliveries (Standard Webhooks); shown once, when the rule is made. */
  secret: z.string().optional(),
});

export const alertRulesAnswer = z.object({
  rules: z.array(shownRule),
  delivery: z.literal("active"),
});

export const alertSecretAnswer = z.object({
  id: z.string(),
  secret: z.string(),
  /** Until then deliveries are signed with the secret before as well. */
  previous_secret_until: z.string(),
});

export const alertTestAnswer = z.object({
  /** The delivery is found under it in the history. */
  alert_id: z.string(),
});

export const ALERT_STATUSES = ["due", "delivered", "dead", "muted"] as const;

export const alertHistoryAnswer = z.object({
  alerts: z.array(
    z.object({
      /** The same in every delivery of it. */
      id: z.string(),
      rule_id: z.string(),
      condition: z.string(),
      action_type: z.enum(ACTION_TYPES),
      destination: z.string(),
      session_id: z.string(),
      agent: z.string(),
      step: z.number(),
      regime: z.string(),
      uds: z.number(),
      tier: z.string(),
      fired_at: z.string(),
      is_test: z.boolean(),
      /** `dead`: given up; it can be replayed. */
      status: z.enum(ALERT_STATUSES),
      attempts: z.number(),
      next_attempt_at: z.string().nullable(),
      settled_at: z.string().nullable(),
      /** Why the last attempt failed. */
      problem: z.string().nullable(),
    }),
  ),
  next_cursor: z.string().nullable(),
  delivery: z.literal("active"),
});
