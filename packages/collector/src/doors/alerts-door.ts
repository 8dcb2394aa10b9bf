/** Alert rules are kept here; firing and delivering them is a part of its own that reads them. */
import { randomBytes } from "node:crypto";
import {
  alertHistoryAnswer,
  alertRulesAnswer,
  alertRulesRequest,
  errorAnswer,
} from "@caum/core/protocol";
import type { FastifyInstance } from "fastify";
import type { z } from "zod";
import type { Services } from "../services.ts";
import type { AlertRule } from "../store/store.ts";
import { ownerOf } from "./caller.ts";
import { DoorError, refusalError } from "./door-error.ts";
import { parse } from "./parse.ts";

const ERRORS = { "4xx": errorAnswer } as const;
const DELIVERY = "not_available";

type Sent = z.output<typeof alertRulesRequest>[number];

export function openAlertsDoor(app: FastifyInstance, services: Services): void {
  const { store, clock } = services;
  app.post(
    "/v1/alerts",
    { schema: { body: alertRulesRequest, response: { 201: alertRulesAnswer, ...ERRORS } } },
    async (request, reply) => {
      const { tenant } = await ownerOf(request, services, "ingest");
      const rules = parse(alertRulesRequest, request.body).map((sent) => ruleOf(sent, clock()));
      for (const rule of rules) {
        const added = await store.administer({ kind: "add_rule", tenant, rule });
        if (added.kind === "refused") throw refusalError(added.code);
      }
      reply.code(201);
      return { rules: rules.map(shown), delivery: DELIVERY };
    },
  );
  app.get(
    "/v1/alerts",
    { schema: { response: { 200: alertRulesAnswer, ...ERRORS } } },
    async (request) => {
      const { tenant } = await ownerOf(request, services, "read");
      return { rules: (await store.reader.alertRules(tenant)).map(shown), delivery: DELIVERY };
    },
  );
  app.get(
    "/v1/alerts/history",
    { schema: { response: { 200: alertHistoryAnswer, ...ERRORS } } },
    async (request) => {
      await ownerOf(request, services, "read");
      return { alerts: [], delivery: DELIVERY };
    },
  );
}

function ruleOf(sent: Sent, createdMs: number): AlertRule {
  const { condition, action_type: actionType, destination } = sent;
  const fits = actionType === "email" ? /^\S+@\S+$/.test(destination) : isHttps(destination);
  if (!fits) {
    const message = "destination must be an https URL, or an address for email";
    throw new DoorError("VALIDATION_ERROR", message, {
      details: [{ path: ["destination"], code: "invalid_format", message }],
    });
  }
  const id = `rule_${randomBytes(8).toString("hex")}`;
  return { id, condition, actionType, destination, createdMs };
}

function isHttps(text: string): boolean {
  return URL.canParse(text) && new URL(text).protocol === "https:";
}

function shown({ id, condition, actionType, destination, createdMs }: AlertRule) {
  return {
    id,
    condition,
    action_type: actionType,
    destination: masked(destination),
    created_at: new Date(createdMs).toISOString(),
  };
}

/** Where it goes, without the part that lets others send there. */
function masked(destination: string): string {
  if (URL.canParse(destination) && !destination.includes("@")) {
    return `${new URL(destination).origin}/...`;
  }
  return `...${destination.slice(destination.lastIndexOf("@"))}`;
}
