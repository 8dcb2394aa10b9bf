/** Live v2: start, event, batch, and reading back. */
import { randomBytes } from "node:crypto";
import { CompactRange } from "@caum/core/collector";
import {
  liveAnswer,
  liveBatchAnswer,
  liveBatchRequest,
  liveEventRequest,
  liveHealthAnswer,
  liveSessionAnswer,
  liveSessionsAnswer,
  liveStartAnswer,
  liveStartRequest,
} from "@caum/core/protocol";
import type { FastifyInstance, FastifyRequest } from "fastify";
import { z } from "zod";
import { admit, browserOf, ownerOf, readerOf, senderOf, tokenHolderOf } from "../../gate/caller.ts";
import { SENDER_ERRORS } from "../../gate/trial.ts";
import { DoorError, refusalError } from "../../http/door-error.ts";
import { ERRORS } from "../../http/door-schema.ts";
import { parse } from "../../http/parse.ts";
import { inTraceOf } from "../../http/trace-header.ts";
import type { EventIntake, EventOutcome } from "../../ingest/intake.ts";
import type { TenantRow } from "../../rows/tenant-rows.ts";
import type { Services } from "../../services.ts";
import type { SessionView } from "../../store/store.ts";
import { keyFactsOf } from "../../tenants/digest-keys.ts";
import { isLocal } from "../../tenants/keyless.ts";
import { formatSecret, hashSecret, SECRET_BYTES } from "../../tenants/secret.ts";
import { newUlid } from "../../tenants/ulid.ts";
import { nextCursor, pageOf, pageQuery } from "../session/page.ts";
import { liveAnswerOf, liveSessionOf } from "./live-answer.ts";
import { liveFacts, liveIntake } from "./live-draft.ts";

const TOKEN_DAYS = 7;
const DAY_MS = 86_400_000;
const BATCH_BYTES = 4 * 1024 * 1024;

export function openLiveDoor(app: FastifyInstance, services: Services): void {
  app.get("/v2/live/health", { schema: { response: { 200: liveHealthAnswer } } }, async () => ({
    status: "ok",
    mode: "zero_semantic",
    decision: "observe_only",
    allowed_to_block: false,
  }));
  app.post(
    "/v2/live/start",
    { schema: { body: liveStartRequest, response: { 200: liveStartAnswer, ...SENDER_ERRORS } } },
    (request) => start(request, services),
  );
  app.post(
    "/v2/live/event",
    { schema: { body: liveEventRequest, response: { 200: liveAnswer, ...SENDER_ERRORS } } },
    async (request) => {
      const body = parse(liveEventRequest, request.body);
      const owner = await tokenHolderOf(request, services, body.session_token, body.session_id);
      admit(owner, services, 1);
      const place = { owner, sessionId: body.session_id };
      const { intake, dropped } = liveIntake(body.event, place, services);
      const keys = services.digestKeys.session(owner.ulid, body.session_id);
      return liveAnswerOf(await store(inTraceOf(request, intake, keys), services), dropped);
    },
  );
  app.post(
    "/v2/live/batch",
    {
      bodyLimit: BATCH_BYTES,
      schema: { body: liveBatchRequest, response: { 200: liveBatchAnswer, ...SENDER_ERRORS } },
    },
    (request) => batch(request, services),
  );
  openReads(app, services);
}

function openReads(app: FastifyInstance, services: Services): void {
  app.get<{ Params: { id: string } }>(
    "/v2/live/session/:id",
    {
      schema: {
        params: z.object({ id: z.string() }),
        response: { 200: liveSessionAnswer, ...ERRORS },
      },
    },
    async (request) => {
      const { id } = request.params;
      const owner = await readerOf(request, services, id);
      return { session: await liveState(owner, id, services) };
    },
  );
  app.get(
    "/v2/live/customer/sessions",
    { schema: { querystring: pageQuery, response: { 200: liveSessionsAnswer, ...ERRORS } } },
    async (request) => {
      const owner = await ownerOf(request, services, "read");
      const page = pageOf(request.query);
      const views = await services.store.replica.sessions(owner.tenant, page);
      return {
        sessions: views.map((view) => liveSessionOf(view, rootOf(view))),
        next_cursor: nextCursor(views, page.limit),
      };
    },
  );
}

async function start(request: FastifyRequest, services: Services) {
  const body = parse(liveStartRequest, request.body);
  const owner = await starterOf(request, services);
  const sessionId = `caum-live-${randomBytes(12).toString("hex")}`;
  const token = formatSecret("caum_session_", randomBytes(SECRET_BYTES));
  const receivedMs = services.clock();
  const expiresMs = receivedMs + TOKEN_DAYS * DAY_MS;
  const outcome = await services.store.submit({
    kind: "start",
    tenant: owner.tenant,
    receivedMs,
    sessionId,
    facts: liveFacts(body, owner, services),
    keys: keyFactsOf(services.digestKeys.session(owner.ulid, sessionId)),
    token: { hash: hashSecret(token), expiresMs },
  });
  if (outcome.kind === "refused") throw refusalError(outcome.code);
  return {
    session: await liveState(owner, sessionId, services),
    session_token: token,
    expires_at: new Date(expiresMs).toISOString(),
    coordination: { decision: "observe_only", allowed_to_block: false },
  };
}

/** With a key its tenant; without one a throw-away tenant for this session alone. */
async function starterOf(request: FastifyRequest, services: Services): Promise<TenantRow> {
  const { authorization } = request.headers;
  const hasOwner = authorization !== undefined || (await browserOf(request, services));
  if (hasOwner) return senderOf(request, services);
  const { remoteAddress } = request.socket;
  const isAllowed =
    services.policy.keyless === "anywhere" || isLocal({ remoteAddress, headers: request.headers });
  if (!isAllowed) {
    throw new DoorError(
      "AUTHENTICATION_FAILED",
      "send the header Authorization: Bearer KEY, or start the collector with --demo",
    );
  }
  const waitSeconds = services.limits.register.take(`start ${remoteAddress}`, 1);
  if (waitSeconds !== undefined) {
    throw new DoorError("RATE_LIMITED", "too many sessions without a key: wait, then try again", {
      retryAfterSeconds: waitSeconds,
    });
  }
  return demoTenant(services);
}

async function demoTenant({ store, clock }: Services): Promise<TenantRow> {
  const createdMs = clock();
  const ulid = newUlid(createdMs, randomBytes(10));
  const created = await store.administer({
    kind: "create_tenant",
    ulid,
    tenantKind: "demo",
    plan: "demo",
    createdMs,
  });
  if (created.kind === "refused") throw refusalError(created.code);
  return { tenant: created.value, ulid, kind: "demo", plan: "demo", trialEndsMs: undefined };
}

async function batch(request: FastifyRequest, services: Services) {
  const body = parse(liveBatchRequest, request.body);
  const sessionId = body.session_id;
  const owner = await tokenHolderOf(request, services, body.session_token, sessionId);
  admit(owner, services, body.events.length);
  // All are read before any is stored: a bad event refuses the batch as a whole.
  const drafts = body.events.map((event) => liveIntake(event, { owner, sessionId }, services));
  const keys = services.digestKeys.session(owner.ulid, sessionId);
  const answers = drafts.map(async ({ intake, dropped }) =>
    liveAnswerOf(await store(inTraceOf(request, intake, keys), services), dropped),
  );
  const results = await Promise.all(answers);
  return { results, state: await liveState(owner, sessionId, services) };
}

async function store(intake: EventIntake, services: Services): Promise<EventOutcome> {
  const outcome = await services.store.submit(intake);
  if (outcome.kind === "event") return outcome;
  throw refusalError(outcome.kind === "refused" ? outcome.code : "INTERNAL_ERROR");
}

async function liveState(owner: TenantRow, sessionId: string, { store }: Services) {
  const view = await store.reader.session(owner.tenant, sessionId);
  if (view === undefined) throw refusalError("NOT_FOUND");
  if ("gone" in view) throw refusalError("GONE");
  return liveSessionOf(view, rootOf(view));
}

function rootOf(view: SessionView): string {
  return CompactRange.restore(view.tree).root;
}
