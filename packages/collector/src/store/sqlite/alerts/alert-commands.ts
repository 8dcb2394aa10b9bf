/** Changes of rules and deliveries, inside the transaction of their group. */
import type { DatabaseSync } from "node:sqlite";
import type { AlertCommand, AlertRule } from "../../../rows/alert-rows.ts";
import { alertOf } from "../../alert-columns.ts";
import { integer } from "../../columns.ts";
import type { CommandAnswer } from "../../command.ts";
import { CONFLICT, type CommandOf, done, NOT_FOUND } from "../../command-answers.ts";
import type { AlertBook } from "./alert-book.ts";
import { ruleRow } from "./claim-deliveries.ts";

/** Of one step, so that no group waits long. */
const EXPIRED_AT_ONCE = 500;

export function obeyAlertCommand(
  command: AlertCommand,
  database: DatabaseSync,
  book: AlertBook,
): CommandAnswer {
  switch (command.kind) {
    case "add_rules":
      return addRules(command, database, book);
    case "delete_rule":
      return deleteRule(command, database, book);
    case "seal_rule": {
      const { tenant, id, from, to } = command;
      const sql =
        "update alert_rules set destination = ? where tenant = ? and id = ? and destination = ?";
      book.forgetRules();
      return done(database.prepare(sql).run(to, tenant, id, from).changes);
    }
    case "rotate_rule_secret":
      return rotateSecret(command, database, book);
    case "add_alert":
      return addAlert(command, database, book);
    case "settle_delivery":
      return settle(command, database);
    case "replay_alert":
      return replay(command, database);
    case "expire_alerts": {
      const sql = `delete from alerts where (tenant, id) in
        (select tenant, id from alerts where settled_ms < ? limit ?)`;
      return done(database.prepare(sql).run(command.settledBeforeMs, EXPIRED_AT_ONCE).changes);
    }
  }
}

function addRules(
  { tenant, rules, max }: CommandOf<"add_rules">,
  database: DatabaseSync,
  book: AlertBook,
): CommandAnswer {
  const sql = "select count(*) as rules from alert_rules where tenant = ?";
  const present = integer(database.prepare(sql).get(tenant) ?? {}, "rules");
  if (present + rules.length > max) return CONFLICT;
  for (const rule of rules) addRule(tenant, rule, database);
  book.forgetRules();
  return done(rules.length);
}

function addRule(tenant: number, rule: AlertRule, database: DatabaseSync): void {
  const sql = `insert into alert_rules (tenant, id, condition, action_type, destination,
    cooldown_ms, dwell_steps, secret_version, secret_rotated_ms, created_ms)
    values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`;
  database
    .prepare(sql)
    .run(
      tenant,
      rule.id,
      rule.condition,
      rule.actionType,
      rule.destination,
      rule.cooldownMs,
      rule.dwellSteps,
      rule.secretVersion,
      rule.secretRotatedMs ?? null,
      rule.createdMs,
    );
}

function deleteRule(
  { tenant, id, nowMs }: CommandOf<"delete_rule">,
  database: DatabaseSync,
  book: AlertBook,
): CommandAnswer {
  const sql = "delete from alert_rules where tenant = ? and id = ?";
  if (database.prepare(sql).run(tenant, id).changes === 0) return NOT_FOUND;
  database
    .prepare("delete from alerts where tenant = ? and rule = ? and status = 'armed'")
    .run(tenant, id);
  const giveUp = `update alerts set status = 'dead', problem = 'rule_deleted', settled_ms = ?
    where tenant = ? and rule = ? and status = 'due'`;
  database.prepare(giveUp).run(nowMs, tenant, id);
  book.forgetRules();
  return done(1);
}

function rotateSecret(
  { tenant, id, nowMs }: CommandOf<"rotate_rule_secret">,
  database: DatabaseSync,
  book: AlertBook,
): CommandAnswer {
  const sql = `update alert_rules set secret_version = secret_version + 1, secret_rotated_ms = ?
    where tenant = ? and id = ? returning secret_version`;
  const row = database.prepare(sql).get(nowMs, tenant, id);
  if (row === undefined) return NOT_FOUND;
  book.forgetRules();
  return done(integer(row, "secret_version"));
}

function addAlert(
  { alert }: CommandOf<"add_alert">,
  database: DatabaseSync,
  book: AlertBook,
): CommandAnswer {
  if (ruleRow(alert.tenant, alert.rule, database) === undefined) return NOT_FOUND;
  book.add(alert);
  return done(1);
}

function settle(
  { tenant, id, attempt, nowMs, outcome }: CommandOf<"settle_delivery">,
  database: DatabaseSync,
): CommandAnswer {
  const of = "where tenant = ? and id = ? and status = 'due'";
  if (outcome.kind === "delivered") {
    // Whoever brought it out, it is out.
    const sql = `update alerts set status = 'delivered', settled_ms = ?, problem = null ${of}`;
    return done(database.prepare(sql).run(nowMs, tenant, id).changes);
  }
  if (outcome.kind === "retry") {
    const sql = `update alerts set due_ms = ?, problem = ? ${of} and attempts = ?`;
    const { dueMs, problem } = outcome;
    return done(database.prepare(sql).run(dueMs, problem, tenant, id, attempt).changes);
  }
  const sql = `update alerts set status = 'dead', settled_ms = ?, problem = ? ${of} and attempts = ?`;
  return done(database.prepare(sql).run(nowMs, outcome.problem, tenant, id, attempt).changes);
}

function replay(
  { tenant, id, nowMs }: CommandOf<"replay_alert">,
  database: DatabaseSync,
): CommandAnswer {
  const sql = "select * from alerts where tenant = ? and id = ? and status <> 'armed'";
  const row = database.prepare(sql).get(tenant, id);
  if (row === undefined) return NOT_FOUND;
  const { status, rule } = alertOf(row);
  if (status !== "dead" || ruleRow(tenant, rule, database) === undefined) return CONFLICT;
  database
    .prepare(
      `update alerts set status = 'due', due_ms = ?, attempts = 0, settled_ms = null
        where tenant = ? and id = ?`,
    )
    .run(nowMs, tenant, id);
  return done(1);
}
