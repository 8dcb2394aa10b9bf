/** Alert rules, what they fired, and what became of each delivery. */
import { randomBytes } from "node:crypto";
import {
  ALERT_STATUSES,
  alertHistoryAnswer,
  alertRulesAnswer,
  alertRulesRequest,
  alertSecretAnswer,
  alertTestAnswer,
  MAX_ALERT_RULES,
} from "@caum/core/protocol";
import type { FastifyInstance, FastifyRequest } from "fastify";
import { z } from "zod";
import { RuleError, readRule, type SentRule } from "../alerts/sent-rule.ts";
import { trialAlert } from "../alerts/trial-alert.ts";
import { ROTATION_MS } from "../alerts/webhook-secret.ts";
import { keeperOf, ownerOf } from "../gate/caller.ts";
import { DoorError, refusalError } from "../http/door-error.ts";
import { DONE, ERRORS } from "../http/door-schema.ts";
import { parse } from "../http/parse.ts";
import type { AlertRule } from "../rows/alert-rows.ts";
import type { TenantRow } from "../rows/tenant-rows.ts";
import type { Services } from "../services.ts";
import { decodeAlertCursor, nextAlertCursor, shownAlert, shownRule } from "./alert-answer.ts";

const PARAMS = z.object({ id: z.string() });
const DEFAULT_LIMIT = 20;

const historyQuery = z.object({
  limit: z.coerce.number().int().min(1).max(100).default(DEFAULT_LIMIT),
  cursor: z.string().max(200).optional(),
  status: z.enum(ALERT_STATUSES).optional(),
});

type OfRule = { Params: { id: string } };

export function openAlertsDoor(app: FastifyInstance, services: Services): void {
  openRules(app, services);
  openHistory(app, services);
  app.post<OfRule>(
    "/v1/alerts/:id/test",
    { schema: { params: PARAMS, response: { 202: alertTestAnswer, ...ERRORS } } },
    async (request, reply) => {
      const owner = await keeperOf(request, services);
      const alertId = await fireTest(owner, request.params.id, services);
      reply.code(202);
      return { alert_id: alertId };
    },
  );
  app.post<OfRule>(
    "/v1/alerts/:id/secret",
    { schema: { params: PARAMS, response: { 200: alertSecretAnswer, ...ERRORS } } },
    async (request) => {
      const owner = await keeperOf(request, services);
      return rotateSecret(owner, request.params.id, services);
    },
  );
}

function openRules(app: FastifyInstance, services: Services): void {
  const { store } = services;
  app.post(
    "/v1/alerts",
    { schema: { body: alertRulesRequest, response: { 201: alertRulesAnswer, ...ERRORS } } },
    async (request, reply) => {
      const owner = await keeperOf(request, services);
      const rules = await addRules(owner, sentRules(request), services);
      reply.code(201);
      return { rules, delivery: "active" };
    },
  );
  app.get(
    "/v1/alerts",
    { schema: { response: { 200: alertRulesAnswer, ...ERRORS } } },
    async (request) => {
      const { tenant } = await ownerOf(request, services, "read");
      return { rules: (await store.reader.alertRules(tenant)).map(shownRule), delivery: "active" };
    },
  );
  app.delete<OfRule>(
    "/v1/alerts/:id",
    { schema: { params: PARAMS, response: { 200: DONE, ...ERRORS } } },
    async (request) => {
      const { tenant } = await keeperOf(request, services);
      const { id } = request.params;
      const nowMs = services.clock();
      const deleted = await store.administer({ kind: "delete_rule", tenant, id, nowMs });
      if (deleted.kind === "refused") throw refusalOf(deleted.code, "there is no such rule");
      return { done: true };
    },
  );
}

function openHistory(app: FastifyInstance, services: Services): void {
  const { store } = services;
  app.get(
    "/v1/alerts/history",
    { schema: { querystring: historyQuery, response: { 200: alertHistoryAnswer, ...ERRORS } } },
    async (request) => {
      const { tenant } = await ownerOf(request, services, "read");
      const { limit, cursor, status } = parse(historyQuery, request.query);
      const after = cursor === undefined ? undefined : decodeAlertCursor(cursor);
      const alerts = await store.reader.alerts(tenant, { limit, after, status });
      return {
        alerts: alerts.map(shownAlert),
        next_cursor: nextAlertCursor(alerts, limit),
        delivery: "active",
      };
    },
  );
  app.post<OfRule>(
    "/v1/alerts/history/:id/replay",
    { schema: { params: PARAMS, response: { 202: DONE, ...ERRORS } } },
    async (request, reply) => {
      const { tenant } = await keeperOf(request, services);
      const { id } = request.params;
      const nowMs = services.clock();
      const replayed = await store.administer({ kind: "replay_alert", tenant, id, nowMs });
      if (replayed.kind === "refused") throw replayRefusal(replayed.code);
      services.alerts.wake();
      reply.code(202);
      return { done: true };
    },
  );
}

/** A body of one rule is a list of one, so that messages name its fields. */
function sentRules(request: FastifyRequest): readonly SentRule[] {
  const [list] = alertRulesRequest.options;
  const { body } = request;
  return parse(list, Array.isArray(body) || body === undefined ? body : [body]);
}

/** Rules that are there already are answered as they are, without their secret. */
async function addRules(
  { tenant }: TenantRow,
  sent: readonly SentRule[],
  services: Services,
): Promise<readonly ReturnType<typeof shownRule>[]> {
  const { store, alerts } = services;
  const present = await store.reader.alertRules(tenant);
  const known = [...present];
  const asked = (await readRules(sent, tenant, services)).map((rule) => {
    const same = known.find((other) => isSame(other, rule, alerts.seal));
    if (same === undefined) known.push(rule);
    return same ?? rule;
  });
  const rules = known.slice(present.length);
  const added = await store.administer({ kind: "add_rules", tenant, rules, max: MAX_ALERT_RULES });
  if (added.kind === "refused") {
    throw refusalOf(added.code, `a tenant has at most ${MAX_ALERT_RULES} rules: delete some first`);
  }
  return asked.map((rule) => {
    const isSigned = rule.actionType === "webhook" && rules.includes(rule);
    return { ...shownRule(rule), ...(isSigned && { secret: alerts.secrets.secretOf(rule) }) };
  });
}

/** All at once, because each may ask a name server; the first that is refused is told. */
async function readRules(
  sent: readonly SentRule[],
  tenant: number,
  { alerts, clock }: Services,
): Promise<readonly AlertRule[]> {
  const at = { tenant, createdMs: clock() };
  const reading = sent.map((rule) => readRule(rule, alerts, at));
  return (await Promise.allSettled(reading)).map((read, at) => {
    if (read.status === "fulfilled") return read.value;
    throw read.reason instanceof RuleError ? ruleRefusal(read.reason, at) : read.reason;
  });
}

function isSame(known: AlertRule, rule: AlertRule, seal: Services["alerts"]["seal"]): boolean {
  return (
    known.condition === rule.condition &&
    known.actionType === rule.actionType &&
    seal.open(known) === seal.open(rule) &&
    known.dwellSteps === rule.dwellSteps
  );
}

async function fireTest(owner: TenantRow, id: string, services: Services): Promise<string> {
  const { store, clock, limits, alerts } = services;
  const { tenant } = owner;
  const rule = (await store.reader.alertRules(tenant)).find((known) => known.id === id);
  if (rule === undefined) throw new DoorError("NOT_FOUND", "there is no such rule");
  const waitSeconds = limits.register.take(`alert test ${owner.ulid}`, 1);
  if (waitSeconds !== undefined) {
    const message = "too many tests: wait, then try again";
    throw new DoorError("RATE_LIMITED", message, { retryAfterSeconds: waitSeconds });
  }
  const alert = trialAlert(tenant, rule, randomBytes(16), clock());
  const added = await store.administer({ kind: "add_alert", alert });
  if (added.kind === "refused") throw refusalOf(added.code, "there is no such rule");
  alerts.wake();
  return alert.id;
}

async function rotateSecret({ tenant }: TenantRow, id: string, services: Services) {
  const { store, clock, alerts } = services;
  const rule = (await store.reader.alertRules(tenant)).find((known) => known.id === id);
  if (rule === undefined) throw new DoorError("NOT_FOUND", "there is no such rule");
  if (rule.actionType !== "webhook") {
    throw new DoorError("CONFLICT", "only webhooks are signed: this rule has no secret");
  }
  const nowMs = clock();
  const rotated = await store.administer({ kind: "rotate_rule_secret", tenant, id, nowMs });
  if (rotated.kind === "refused") throw refusalOf(rotated.code, "there is no such rule");
  return {
    id,
    secret: alerts.secrets.secretOf({ id, secretVersion: rotated.value }),
    previous_secret_until: new Date(nowMs + ROTATION_MS).toISOString(),
  };
}

function ruleRefusal({ field, message }: RuleError, at: number): DoorError {
  const details = [{ path: [at, field], code: "invalid_value", message }];
  return new DoorError("VALIDATION_ERROR", `rule ${at + 1}: ${field}: ${message}`, { details });
}

type RefusedCode = Parameters<typeof refusalError>[0];

/** Refusals of the store that mean something else here than for a session. */
function refusalOf(code: RefusedCode, message: string): DoorError {
  const isOurs = code === "NOT_FOUND" || code === "CONFLICT";
  return isOurs ? new DoorError(code, message) : refusalError(code);
}

function replayRefusal(code: RefusedCode): DoorError {
  const message =
    code === "NOT_FOUND"
      ? "there is no such alert"
      : "only an alert that was given up can be replayed, and only while its rule is there";
  return refusalOf(code, message);
}
