/** Step v1: one call per tool use, sessions, and the report at the end. */
import { CompactRange } from "@caum/core/collector";
import {
  acknowledgeAnswer,
  acknowledgeRequest,
  endAnswer,
  endRequest,
  sessionAnswer,
  sessionsAnswer,
  stepAnswer,
  stepRequest,
} from "@caum/core/protocol";
import type { FastifyInstance, FastifyRequest } from "fastify";
import { z } from "zod";
import { ownerOf, readerOf, senderOf } from "../../gate/caller.ts";
import { SENDER_ERRORS } from "../../gate/trial.ts";
import { rawBodyOf } from "../../http/body.ts";
import { identifierOf, present } from "../../http/capture.ts";
import { refusalError } from "../../http/door-error.ts";
import { ERRORS } from "../../http/door-schema.ts";
import { parse } from "../../http/parse.ts";
import { inTraceOf } from "../../http/trace-header.ts";
import type { Services } from "../../services.ts";
import { keyFactsOf } from "../../tenants/digest-keys.ts";
import { traceDigests } from "../events/trace-digests.ts";
import { acknowledge } from "../session/acknowledge.ts";
import { endReport } from "../session/end-report.ts";
import { filterOf, nextCursor, sessionsQuery } from "../session/page.ts";
import { sessionDetail, stepsQuery } from "../session/session-detail.ts";
import { sessionSummaryOf } from "../session/session-summary.ts";
import { explainStep, stepAnswerOf } from "./step-answer.ts";
import { droppedFields, stepIntake } from "./step-draft.ts";

const PARAMS = z.object({ id: z.string() });

export function openStepDoor(app: FastifyInstance, services: Services): void {
  app.post(
    "/v1/step",
    {
      schema: {
        body: stepRequest,
        querystring: z.object({ explain: z.string().optional() }),
        response: { 200: stepAnswer, ...SENDER_ERRORS },
      },
    },
    (request) => step(request, services),
  );
  app.post<{ Params: { id: string } }>(
    "/v1/session/:id/end",
    {
      schema: {
        params: PARAMS,
        body: endRequest,
        response: { 200: endAnswer, ...SENDER_ERRORS },
      },
    },
    (request) => end(request, request.params.id, services),
  );
  openReads(app, services);
}

function openReads(app: FastifyInstance, services: Services): void {
  app.get(
    "/v1/sessions",
    { schema: { querystring: sessionsQuery, response: { 200: sessionsAnswer, ...ERRORS } } },
    async (request) => {
      const owner = await ownerOf(request, services, "read");
      const { traceId, runId, correlationId, ...query } = parse(sessionsQuery, request.query);
      const tenantKeys = services.digestKeys.tenant(owner.ulid);
      const traces = traceDigests({ traceId, runId, correlationId }, tenantKeys);
      const page = { ...filterOf(query), traces };
      const views = await services.store.replica.sessions(owner.tenant, page);
      return {
        sessions: views.map((view) => sessionSummaryOf(view, services.clock())),
        next_cursor: nextCursor(views, page.limit),
      };
    },
  );
  app.post<{ Params: { id: string } }>(
    "/v1/session/:id/acknowledge",
    {
      schema: {
        params: PARAMS,
        body: acknowledgeRequest,
        response: { 200: acknowledgeAnswer, ...ERRORS },
      },
    },
    (request) => acknowledge(request, request.params.id, services),
  );
  app.get<{ Params: { id: string } }>(
    "/v1/session/:id",
    {
      schema: {
        params: PARAMS,
        querystring: stepsQuery,
        response: { 200: sessionAnswer, ...ERRORS },
      },
    },
    async (request) => {
      const { id } = request.params;
      const owner = await readerOf(request, services, id);
      return sessionDetail(owner, id, request.query, services);
    },
  );
}

async function step(request: FastifyRequest, services: Services) {
  const owner = await senderOf(request, services);
  const body = parse(stepRequest, request.body);
  const intake = stepIntake(body, rawBodyOf(request), owner, services);
  const keys = services.digestKeys.session(owner.ulid, body.session_id);
  const outcome = await services.store.submit(inTraceOf(request, intake, keys));
  if (outcome.kind !== "event") {
    throw refusalError(outcome.kind === "refused" ? outcome.code : "INTERNAL_ERROR");
  }
  const answer = stepAnswerOf(outcome, body);
  const { explain } = request.query as { explain?: string }; // The query is a flat object of texts.
  if (explain !== "1") return answer;
  const dropped = droppedFields(request.body);
  return { ...answer, explanation: explainStep(body, outcome, dropped) };
}

async function end(request: FastifyRequest, sessionId: string, services: Services) {
  const owner = await senderOf(request, services);
  const { resolved, workflow, cohort } = parse(endRequest, request.body);
  const keys = services.digestKeys.tenant(owner.ulid);
  const outcome = await services.store.submit({
    kind: "end",
    tenant: owner.tenant,
    receivedMs: services.clock(),
    sessionId,
    keys: keyFactsOf(services.digestKeys.session(owner.ulid, sessionId)),
    ...(resolved !== null && resolved !== undefined && { resolved }),
    labels: present({
      workflow: workflow ? identifierOf(workflow, keys) : undefined,
      cohort: cohort ? identifierOf(cohort, keys) : undefined,
    }),
  });
  if (outcome.kind === "refused") throw refusalError(outcome.code);
  const view = await services.store.reader.session(owner.tenant, sessionId);
  if (view === undefined || "gone" in view) throw refusalError("NOT_FOUND");
  if (outcome.kind !== "head") throw refusalError("INTERNAL_ERROR");
  return endReport(owner, view, CompactRange.restore(view.tree).root, outcome, services);
}
