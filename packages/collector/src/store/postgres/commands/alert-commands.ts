/** Changes of rules and deliveries. */
import type { AlertCommand, AlertRule } from "../../../rows/alert-rows.ts";
import { alertOf } from "../../alert-columns.ts";
import { integer, type Row } from "../../columns.ts";
import type { CommandAnswer } from "../../command.ts";
import type { Transaction } from "../database.ts";
import { addAlerts } from "../ingest/write-rest.ts";
import { CONFLICT, type CommandOf, done, NOT_FOUND } from "./answers.ts";

/** Of one step, so that no transaction is long. */
const EXPIRED_AT_ONCE = 500;

export function obeyAlertCommand(
  transaction: Transaction,
  command: AlertCommand,
): Promise<CommandAnswer> {
  switch (command.kind) {
    case "add_rules":
      return addRules(transaction, command);
    case "delete_rule":
      return deleteRule(transaction, command);
    case "seal_rule":
      return sealRule(transaction, command);
    case "rotate_rule_secret":
      return rotateSecret(transaction, command);
    case "add_alert":
      return addAlert(transaction, command);
    case "settle_delivery":
      return settle(transaction, command);
    case "replay_alert":
      return replay(transaction, command);
    case "expire_alerts":
      return expireAlerts(transaction, command);
  }
}

async function addRules(
  transaction: Transaction,
  { tenant, rules, max }: CommandOf<"add_rules">,
): Promise<CommandAnswer> {
  // Rules of one tenant are added one after the other, or two nodes would both find room for the last.
  const lock = "select 1 from tenants where key = $1 for update";
  await transaction.rows("lock_tenant", lock, [tenant]);
  const sql = "select count(*) as rules from alert_rules where tenant = $1";
  const [row] = await transaction.rows("count_rules", sql, [tenant]);
  if (integer(row ?? {}, "rules") + rules.length > max) return CONFLICT;
  for (const rule of rules) await addRule(transaction, tenant, rule);
  return done(rules.length);
}

async function addRule(transaction: Transaction, tenant: number, rule: AlertRule): Promise<void> {
  const sql = `insert into alert_rules (tenant, id, condition, action_type, destination,
    cooldown_ms, dwell_steps, secret_version, secret_rotated_ms, created_ms)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`;
  await transaction.change("add_rule", sql, [
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
  ]);
}

async function deleteRule(
  transaction: Transaction,
  { tenant, id, nowMs }: CommandOf<"delete_rule">,
): Promise<CommandAnswer> {
  const sql = "delete from alert_rules where tenant = $1 and id = $2";
  if ((await transaction.change("delete_rule", sql, [tenant, id])) === 0) return NOT_FOUND;
  const disarm = "delete from alerts where tenant = $1 and rule = $2 and status = 'armed'";
  await transaction.change("disarm_rule", disarm, [tenant, id]);
  const giveUp = `update alerts set status = 'dead', problem = 'rule_deleted', settled_ms = $3
    where tenant = $1 and rule = $2 and status = 'due'`;
  await transaction.change("give_up_rule", giveUp, [tenant, id, nowMs]);
  return done(1);
}

async function sealRule(
  transaction: Transaction,
  { tenant, id, from, to }: CommandOf<"seal_rule">,
): Promise<CommandAnswer> {
  const sql = `update alert_rules set destination = $4
    where tenant = $1 and id = $2 and destination = $3`;
  return done(await transaction.change("seal_rule", sql, [tenant, id, from, to]));
}

async function rotateSecret(
  transaction: Transaction,
  { tenant, id, nowMs }: CommandOf<"rotate_rule_secret">,
): Promise<CommandAnswer> {
  const sql = `update alert_rules
    set secret_version = secret_version + 1, secret_rotated_ms = $3
    where tenant = $1 and id = $2 returning secret_version`;
  const [row] = await transaction.rows("rotate_secret", sql, [tenant, id, nowMs]);
  return row ? done(integer(row, "secret_version")) : NOT_FOUND;
}

async function addAlert(
  transaction: Transaction,
  { alert }: CommandOf<"add_alert">,
): Promise<CommandAnswer> {
  if ((await ruleRow(transaction, alert.tenant, alert.rule)) === undefined) return NOT_FOUND;
  await addAlerts(transaction, alert.tenant, [alert]);
  return done(1);
}

async function settle(
  transaction: Transaction,
  { tenant, id, attempt, nowMs, outcome }: CommandOf<"settle_delivery">,
): Promise<CommandAnswer> {
  const of = "where tenant = $1 and id = $2 and status = 'due'";
  if (outcome.kind === "delivered") {
    // Whoever brought it out, it is out.
    const sql = `update alerts set status = 'delivered', settled_ms = $3, problem = null ${of}`;
    return done(await transaction.change("settle_delivered", sql, [tenant, id, nowMs]));
  }
  const { problem } = outcome;
  if (outcome.kind === "retry") {
    const sql = `update alerts set due_ms = $3, problem = $4 ${of} and attempts = $5`;
    const values = [tenant, id, outcome.dueMs, problem, attempt];
    return done(await transaction.change("settle_retry", sql, values));
  }
  const sql = `update alerts set status = 'dead', settled_ms = $3, problem = $4
    ${of} and attempts = $5`;
  return done(await transaction.change("settle_dead", sql, [tenant, id, nowMs, problem, attempt]));
}

async function replay(
  transaction: Transaction,
  { tenant, id, nowMs }: CommandOf<"replay_alert">,
): Promise<CommandAnswer> {
  const sql = `select * from alerts where tenant = $1 and id = $2 and status <> 'armed' for update`;
  const [row] = await transaction.rows("lock_alert", sql, [tenant, id]);
  if (row === undefined) return NOT_FOUND;
  const { status, rule } = alertOf(row);
  if (status !== "dead" || (await ruleRow(transaction, tenant, rule)) === undefined)
    return CONFLICT;
  const update = `update alerts set status = 'due', due_ms = $3, attempts = 0, settled_ms = null
    where tenant = $1 and id = $2`;
  return done(await transaction.change("replay_alert", update, [tenant, id, nowMs]));
}

async function expireAlerts(
  transaction: Transaction,
  { settledBeforeMs }: CommandOf<"expire_alerts">,
): Promise<CommandAnswer> {
  const sql = `delete from alerts where (tenant, id) in
    (select tenant, id from alerts where settled_ms < $1 limit ${EXPIRED_AT_ONCE})`;
  return done(await transaction.change("expire_alerts", sql, [settledBeforeMs]));
}

/** A rule of a tenant, when there is one with this id. */
export async function ruleRow(
  transaction: Transaction,
  tenant: number,
  rule: string,
): Promise<Row | undefined> {
  const sql = "select * from alert_rules where tenant = $1 and id = $2";
  const [row] = await transaction.rows("read_rule", sql, [tenant, rule]);
  return row;
}
