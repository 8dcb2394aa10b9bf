/** Accounts: registering, retention and deletion. */
import { randomBytes } from "node:crypto";
import {
  registerAnswer,
  registerRequest,
  retentionAnswer,
  retentionRequest,
} from "@caum/core/protocol";
import type { FastifyInstance, FastifyRequest } from "fastify";
import { z } from "zod";
import { ownerOf } from "../gate/caller.ts";
import { DoorError, refusalError } from "../http/door-error.ts";
import { DONE, ERRORS } from "../http/door-schema.ts";
import { parse } from "../http/parse.ts";
import { SELF_HOSTED, TRIAL } from "../rows/plan.ts";
import type { KeyMaker, KeyRow, TenantRow } from "../rows/tenant-rows.ts";
import type { Services } from "../services.ts";
import { isLocal } from "../tenants/keyless.ts";
import { addKey } from "../tenants/local-account.ts";
import { formatSecret, SECRET_BYTES } from "../tenants/secret.ts";
import { newUlid } from "../tenants/ulid.ts";
import { openKeys } from "./keys-door.ts";

const DAY_MS = 86_400_000;

export function openAccountsDoor(app: FastifyInstance, services: Services): void {
  app.post(
    "/v1/register",
    { schema: { body: registerRequest, response: { 201: registerAnswer, ...ERRORS } } },
    async (request, reply) => {
      reply.code(201);
      return register(request, services);
    },
  );
  openKeys(app, services);
  openRetention(app, services);
}

function openRetention(app: FastifyInstance, services: Services): void {
  app.get(
    "/v1/retention",
    { schema: { response: { 200: retentionAnswer, ...ERRORS } } },
    async (request) => {
      const { tenant } = await ownerOf(request, services, "admin");
      const all = await services.store.reader.retentions();
      return { days: all.find((kept) => kept.tenant === tenant)?.days ?? null };
    },
  );
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
  const proof = known && (await prove(request, known, services));
  const owner = known ?? (await newAccount(digest, services));
  const secret = formatSecret("caum_live_", randomBytes(SECRET_BYTES));
  const scopes = ["ingest", "read", "admin"];
  const maker: KeyMaker =
    proof === undefined ? { kind: "registration" } : { kind: "key", id: proof.keyId };
  await addKey(services.store, owner.tenant, secret, scopes, {
    createdMs: services.clock(),
    maker,
  });
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
): Promise<KeyRow> {
  const owner = await authenticator.keyOwner(request.headers.authorization);
  if (owner?.tenant === known.tenant && owner.scopes.includes("admin")) return owner;
  const message = "this address has an account: send one of its keys to get another";
  throw new DoorError("CONFLICT", message);
}

async function newAccount(email: string, services: Services): Promise<TenantRow> {
  const createdMs = services.clock();
  const trialEndsMs = await newTrial(services);
  const plan = trialEndsMs === undefined ? SELF_HOSTED : TRIAL;
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

/** When a trial that begins now is over, by the service clock. */
async function newTrial({ policy, billing }: Services): Promise<number | undefined> {
  const { trialDays } = policy;
  const { serviceClock } = billing;
  if (trialDays === undefined) return undefined;
  const saved = await serviceClock.save();
  if (saved.kind === "refused") throw refusalError(saved.code);
  return serviceClock.now() + trialDays * DAY_MS;
}
