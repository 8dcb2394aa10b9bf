/** Rules and alerts as rows, and back. */
import type {
  ActionType,
  AlertFacts,
  AlertRow,
  AlertRule,
  OpenRule,
} from "../../rows/alert-rows.ts";
import { integer, optional, type Row, text } from "./columns.ts";

export function ruleOf(row: Row): AlertRule {
  return {
    id: text(row, "id"),
    condition: text(row, "condition"),
    // The door stores no other word.
    actionType: text(row, "action_type") as ActionType,
    destination: text(row, "destination"),
    cooldownMs: integer(row, "cooldown_ms"),
    dwellSteps: integer(row, "dwell_steps"),
    secretVersion: integer(row, "secret_version"),
    secretRotatedMs: optional(row, "secret_rotated_ms", integer),
    createdMs: integer(row, "created_ms"),
  };
}

export const OPEN_RULES = `select tenant, id, destination from alert_rules
  where action_type <> 'desktop' and destination not like 'sealed:%'`;

export function openRuleOf(row: Row): OpenRule {
  return {
    tenant: integer(row, "tenant"),
    id: text(row, "id"),
    destination: text(row, "destination"),
  };
}

export function alertOf(row: Row): AlertRow {
  return {
    tenant: integer(row, "tenant"),
    id: text(row, "id"),
    rule: text(row, "rule"),
    session: optional(row, "session", integer),
    // Only these modules write the column.
    status: text(row, "status") as AlertRow["status"],
    firedMs: integer(row, "fired_ms"),
    facts: JSON.parse(text(row, "facts")) as AlertFacts,
    attempts: integer(row, "attempts"),
    dueMs: integer(row, "due_ms"),
    settledMs: optional(row, "settled_ms", integer),
    problem: optional(row, "problem", text),
  };
}
