/** Alert rules as they are posted and listed. */
import { z } from "zod";

const CONDITION = new RegExp(
  [
    "tier(?:>=|=)T[1-5]",
    "regime=[A-Z_]{4,20}",
    "uds<(?:0?\\.\\d{1,4}|[01])",
    "class=hard_alert",
    "cost>\\d{1,9}(?:\\.\\d{1,9})?",
    "steps>\\d{1,9}",
    "open_call>\\d{1,9}",
    "tool_definition_changed",
  ]
    .map((form) => `^${form}$`)
    .join("|"),
);

const MAX_RULES = 50;

export const alertRule = z.object({
  condition: z.string().regex(CONDITION, { message: "is no known condition: see /docs" }),
  action_type: z.enum(["webhook", "slack", "email"]),
  destination: z.string().min(3).max(2_048),
});

export const alertRulesRequest = z.array(alertRule).min(1).max(MAX_RULES);

export const alertRulesAnswer = z.object({
  rules: z.array(
    alertRule.extend({
      id: z.string(),
      /** Masked: who may read rules need not learn the secret part of a hook. */
      destination: z.string(),
      created_at: z.string(),
    }),
  ),
  /** Whether fired rules are delivered; a rule that waits says so. */
  delivery: z.enum(["active", "not_available"]),
});

export const alertHistoryAnswer = z.object({
  alerts: z.array(z.record(z.string(), z.unknown())),
  delivery: z.enum(["active", "not_available"]),
});
