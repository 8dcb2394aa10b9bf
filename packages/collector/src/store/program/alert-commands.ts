/** Changes of rules and deliveries. */
import type { AlertCommand, AlertRule } from "../../rows/alert-rows.ts";
import { alertOf } from "../columns/alert-columns.ts";
import { integer, type Row } from "../columns/columns.ts";
import type { CommandAnswer } from "../command.ts";
import { CONFLICT, type CommandOf, done, NOT_FOUND } from "../command-answers.ts";
import { change, one, type Program } from "./program.ts";

/** Of one step, so that nobody waits long. */
const EXPIRED_AT_ONCE = 500;

export function obeyAlertCommand(command: AlertCommand): Program<CommandAnswer> {
  switch (command.kind) {
    case "add_rules":
      return addRules(command);
    case "delete_rule":
      return deleteRule(command);
    case "seal_rule":
      return sealRule(command);
    case "rotate_rule_secret":
      return rotateSecret(command);
    case "add_alert":
      return addAlert(command);
    case "settle_delivery":
      return settle(command);
    case "replay_alert":
      return replay(command);
    case "expire_alerts":
      return expireAlerts(command);
  }
}

function* addRules({ tenant, rules, max }: CommandOf<"add_rules">): Program<CommandAnswer> {
  // Rules of one tenant are added one after the other, or two nodes would both find room for the last.
  const lock = "select 1 from tenants where key = $1";
  yield* one("lock_tenant", ({ forUpdate }) => lock + forUpdate, [tenant]);
  const count = "select count(*) as rules from alert_rules where tenant = $1";
  const known = yield* one("count_rules", count, [tenant]);
  if (integer(known ?? {}, "rules") + rules.length > max) return CONFLICT;
  for (const rule of rules) yield* addRule(tenant, rule);
  return done(rules.length);
}

function* addRule(tenant: number, rule: AlertRule): Program<number> {
  const sql = `insert into alert_rules (tenant, id, condition, action_type, destination,
    cooldown_ms, dwell_steps, secret_version, secret_rotated_ms, created_ms)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`;
  return yield* change("add_rule", sql, [
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

function* deleteRule({ tenant, id, nowMs }: CommandOf<"delete_rule">): Program<CommandAnswer> {
  const sql = "delete from alert_rules where tenant = $1 and id = $2";
  if ((yield* change("delete_rule", sql, [tenant, id])) === 0) return NOT_FOUND;
  const disarm = "delete from alerts where tenant = $1 and rule = $2 and status = 'armed'";
  yield* change("disarm_rule", disarm, [tenant, id]);
  const giveUp = `update alerts set status = 'dead', problem = 'rule_deleted', settled_ms = $3
    where tenant = $1 and rule = $2 and status = 'due'`;
  yield* change("give_up_rule", giveUp, [tenant, id, nowMs]);
  return done(1);
}

function* sealRule({ tenant, id, from, to }: CommandOf<"seal_rule">): Program<CommandAnswer> {
  const sql = `update alert_rules set destination = $4
    where tenant = $1 and id = $2 and destination = $3`;
  return done(yield* change("seal_rule", sql, [tenant, id, from, to]));
}

function* rotateSecret(command: CommandOf<"rotate_rule_secret">): Program<CommandAnswer> {
  const { tenant, id, nowMs } = command;
  const sql = `update alert_rules
    set secret_version = secret_version + 1, secret_rotated_ms = $3
    where tenant = $1 and id = $2 returning secret_version`;
  const row = yield* one("rotate_secret", sql, [tenant, id, nowMs]);
  return row ? done(integer(row, "secret_version")) : NOT_FOUND;
}

export function* addAlert({
  alert,
}: Pick<CommandOf<"add_alert">, "alert">): Program<CommandAnswer> {
  const { tenant, id, rule, session = null, status, firedMs, facts } = alert;
  if ((yield* ruleRow(tenant, rule)) === undefined) return NOT_FOUND;
  const sql = `insert into alerts (tenant, id, rule, session, status, fired_ms, due_ms, facts)
    values ($1, $2, $3, $4, $5, $6, $6, $7) on conflict do nothing`;
  const values = [tenant, id, rule, session, status, firedMs, JSON.stringify(facts)];
  yield* change("add_alert", sql, values);
  return done(1);
}

function* settle(command: CommandOf<"settle_delivery">): Program<CommandAnswer> {
  const { tenant, id, attempt, nowMs, outcome } = command;
  const of = "where tenant = $1 and id = $2 and status = 'due'";
  if (outcome.kind === "delivered") {
    // Whoever brought it out, it is out.
    const sql = `update alerts set status = 'delivered', settled_ms = $3, problem = null ${of}`;
    return done(yield* change("settle_delivered", sql, [tenant, id, nowMs]));
  }
  const { problem } = outcome;
  if (outcome.kind === "retry") {
    const sql = `update alerts set due_ms = $3, problem = $4 ${of} and attempts = $5`;
    return done(yield* change("settle_retry", sql, [tenant, id, outcome.dueMs, problem, attempt]));
  }
  const sql = `update alerts set status = 'dead', settled_ms = $3, problem = $4
    ${of} and attempts = $5`;
  return done(yield* change("settle_dead", sql, [tenant, id, nowMs, problem, attempt]));
}

function* replay({ tenant, id, nowMs }: CommandOf<"replay_alert">): Program<CommandAnswer> {
  const sql = "select * from alerts where tenant = $1 and id = $2 and status <> 'armed'";
  const row = yield* one("lock_alert", ({ forUpdate }) => sql + forUpdate, [tenant, id]);
  if (row === undefined) return NOT_FOUND;
  const { status, rule } = alertOf(row);
  if (status !== "dead" || (yield* ruleRow(tenant, rule)) === undefined) return CONFLICT;
  const update = `update alerts set status = 'due', due_ms = $3, attempts = 0, settled_ms = null
    where tenant = $1 and id = $2`;
  return done(yield* change("replay_alert", update, [tenant, id, nowMs]));
}

function* expireAlerts(command: CommandOf<"expire_alerts">): Program<CommandAnswer> {
  const sql = `delete from alerts where (tenant, id) in
    (select tenant, id from alerts where settled_ms < $1 limit ${EXPIRED_AT_ONCE})`;
  return done(yield* change("expire_alerts", sql, [command.settledBeforeMs]));
}

/** A rule of a tenant, when there is one with this id. */
export function* ruleRow(tenant: number, rule: string): Program<Row | undefined> {
  const sql = "select * from alert_rules where tenant = $1 and id = $2";
  return yield* one("read_rule", sql, [tenant, rule]);
}
