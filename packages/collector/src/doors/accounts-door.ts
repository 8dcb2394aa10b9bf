/** Accounts: registering, keys, usage, retention and deletion. */
import { randomBytes } from "node:crypto";
import {
  errorAnswer,
  keyAnswer,
  keyRequest,
  keysAnswer,
  registerAnswer,
  registerRequest,
  retentionRequest,
  usageAnswer,
} from "@caum/core/protocol";
import type { FastifyInstance, FastifyRequest } from "fastify";
import { z } from "zod";
import type { Services } from "../services.ts";
import type { KeyEntry, TenantRow } from "../store/store.ts";
import { isExpired } from "../tenants/authenticate.ts";
import { isLocal } from "../tenants/keyless.ts";
import { addKey, SELF_HOSTED } from "../tenants/local-account.ts";
import { formatSecret, SECRET_BYTES, visiblePart } from "../tenants/secret.ts";
import { newUlid } from "../tenants/ulid.ts";
import { ownerOf } from "./caller.ts";
import { DoorError, refusalError } from "./door-error.ts";
import { parse } from "./parse.ts";

const ERRORS = { "4xx": errorAnswer } as const;
const DAY_MS = 86_400_000;
const NANO_USD_PER_USD = 1e9;
const DONE = z.object({ done: z.literal(true) });

export function openAccountsDoor(app: FastifyInstance, services: Services): void {
  app.post(
    "/v1/register",
    { schema: { body: registerRequest, response: { 201: registerAnswer, ...ERRORS } } },
    async (request, reply) => {
      reply.code(201);
      return register(request, services);
    },
  );
  app.get("/v1/usage", { schema: { response: { 200: usageAnswer, ...ERRORS } } }, (request) =>
    usage(request, services),
  );
  app.post("/v1/checkout", { schema: { response: ERRORS } }, async (request) => {
    await ownerOf(request, services, "read");
    throw new DoorError("NOT_IMPLEMENTED", "billing is not configured on this collector");
  });
  openKeys(app, services);
  openRetention(app, services);
}

function openKeys(app: FastifyInstance, services: Services): void {
  app.get("/v1/keys", { schema: { response: { 200: keysAnswer, ...ERRORS } } }, async (request) => {
    const owner = await ownerOf(request, services, "admin");
    const keys = await services.store.reader.keys(owner.tenant);
    return { keys: keys.map(keyEntryOf) };
  });
  app.post(
    "/v1/keys",
    { schema: { body: keyRequest, response: { 201: keyAnswer, ...ERRORS } } },
    async (request, reply) => {
      const owner = await ownerOf(request, services, "admin");
      const { mode = "live", scopes = ["ingest", "read"] } = parse(keyRequest, request.body);
      const secret = formatSecret(`caum_${mode}_`, randomBytes(SECRET_BYTES));
      const createdMs = services.clock();
      const keyId = await addKey(services.store, owner.tenant, secret, scopes, createdMs);
      services.authenticator.forget();
      reply.code(201);
      const entry = { keyId, prefix: visiblePart(secret), scopes, createdMs, revoked: false };
      return { ...keyEntryOf(entry), api_key: secret };
    },
  );
  app.delete<{ Params: { keyId: string } }>(
    "/v1/keys/:keyId",
    { schema: { params: z.object({ keyId: z.string() }), response: { 200: DONE, ...ERRORS } } },
    async (request) => {
      const owner = await ownerOf(request, services, "admin");
      const { keyId } = request.params;
      const revoked = await services.store.administer({
        kind: "revoke_key",
        tenant: owner.tenant,
        keyId,
      });
      if (revoked.kind === "refused") throw new DoorError("NOT_FOUND", "there is no such key");
      services.authenticator.forget();
      return { done: true };
    },
  );
}

function openRetention(app: FastifyInstance, services: Services): void {
  app.put(
    "/v1/retention",
    { schema: { body: retentionRequest, response: { 200: DONE, ...ERRORS } } },
    async (request) => {
      const owner = await ownerOf(request, services, "admin");
      const { days } = parse(retentionRequest, request.body);
      const { tenant } = owner;
      const set = await services.store.administer({ kind: "set_retention", tenant, days });
      if (set.kind === "refused") throw refusalError(set.code);
      return { done: true };
    },
  );
  app.delete<{ Params: { id: string } }>(
    "/v1/session/:id",
    { schema: { params: z.object({ id: z.string() }), response: { 200: DONE, ...ERRORS } } },
    async (request) => {
      const owner = await ownerOf(request, services, "admin");
      const { tenant } = owner;
      const sessionId = request.params.id;
      const gone = await services.store.administer({ kind: "delete_session", tenant, sessionId });
      if (gone.kind === "refused") throw refusalError(gone.code);
      services.authenticator.forget();
      return { done: true };
    },
  );
}

async function register(request: FastifyRequest, services: Services) {
  const { remoteAddress } = request.socket;
  const isAllowed =
    services.policy.register === "anywhere" || isLocal({ remoteAddress, headers: request.headers });
  if (!isAllowed) {
    const message = "registering is closed here: ask the operator for a key, or for --register";
    throw new DoorError("AUTHENTICATION_FAILED", message);
  }
  const { email } = parse(registerRequest, request.body);
  const waitSeconds = services.limits.register.take(`register ${remoteAddress}`, 1);
  if (waitSeconds !== undefined) {
    throw new DoorError("RATE_LIMITED", "too many accounts: wait, then try again", {
      retryAfterSeconds: waitSeconds,
    });
  }
  const digest = services.digestKeys.collector().digest("name", email.trim().toLowerCase());
  const known = await services.store.reader.tenantByEmail(digest);
  if (known) await prove(request, known, services);
  const owner = known ?? (await newAccount(digest, services));
  const secret = formatSecret("caum_live_", randomBytes(SECRET_BYTES));
  const scopes = ["ingest", "read", "admin"];
  await addKey(services.store, owner.tenant, secret, scopes, services.clock());
  return {
    api_key: secret,
    account_id: owner.ulid,
    plan: owner.plan,
    dashboard_url: `${services.policy.publicUrl()}/`,
  };
}

/** Whoever registers an address again shows a key of that account. */
async function prove(
  request: FastifyRequest,
  known: TenantRow,
  { authenticator }: Services,
): Promise<void> {
  const owner = await authenticator.keyOwner(request.headers.authorization);
  if (owner?.tenant === known.tenant && owner.scopes.includes("admin")) return;
  const message = "this address has an account: send one of its keys to get another";
  throw new DoorError("CONFLICT", message);
}

async function newAccount(email: string, services: Services): Promise<TenantRow> {
  const { trialDays } = services.policy;
  const createdMs = services.clock();
  const trialEndsMs = trialDays === undefined ? undefined : createdMs + trialDays * DAY_MS;
  const plan = trialDays === undefined ? SELF_HOSTED : "trial";
  const ulid = newUlid(createdMs, randomBytes(10));
  const created = await services.store.administer({
    kind: "create_tenant",
    ulid,
    tenantKind: "account",
    plan,
    createdMs,
    email,
    ...(trialEndsMs !== undefined && { trialEndsMs }),
  });
  if (created.kind === "refused") throw refusalError(created.code);
  return { tenant: created.value, ulid, kind: "account", plan, trialEndsMs };
}

async function usage(request: FastifyRequest, services: Services) {
  const owner = await ownerOf(request, services, "read");
  const used = await services.store.reader.usage(owner.tenant);
  const { trialEndsMs } = owner;
  return {
    plan: owner.plan,
    trial: {
      active: trialEndsMs !== undefined && !isExpired(owner, services.clock()),
      expires_at: trialEndsMs === undefined ? null : new Date(trialEndsMs).toISOString(),
    },
    sessions: used.sessions,
    events: used.events,
    steps: used.steps,
    total_tokens: used.totalTokens,
    total_cost_usd: used.costNanoUsd / NANO_USD_PER_USD,
    limits: { events_per_second: services.policy.eventsPerSecond },
  };
}

function keyEntryOf(entry: KeyEntry) {
  return {
    key_id: entry.keyId,
    prefix: entry.prefix,
    scopes: entry.scopes,
    created_at: new Date(entry.createdMs).toISOString(),
    revoked: entry.revoked,
  };
}
