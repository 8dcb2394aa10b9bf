/** Keys of an account: made, listed and revoked. */
import { randomBytes } from "node:crypto";
import { keyAnswer, keyRequest, keysAnswer } from "@caum/core/protocol";
import type { FastifyInstance } from "fastify";
import { z } from "zod";
import { ownerOf } from "../gate/caller.ts";
import { DoorError } from "../http/door-error.ts";
import { DONE, ERRORS } from "../http/door-schema.ts";
import { isoTime } from "../http/iso-time.ts";
import { parse } from "../http/parse.ts";
import type { KeyEntry, KeyMaker } from "../rows/tenant-rows.ts";
import type { Services } from "../services.ts";
import { addKey } from "../tenants/local-account.ts";
import { formatSecret, SECRET_BYTES, visiblePart } from "../tenants/secret.ts";
import type { Signee } from "../tenants/sign-ins.ts";

export function openKeys(app: FastifyInstance, services: Services): void {
  app.get("/v1/keys", { schema: { response: { 200: keysAnswer, ...ERRORS } } }, async (request) => {
    const owner = await ownerOf(request, services, "admin");
    const keys = await services.store.reader.keys(owner.tenant);
    const usedMs = ({ keyId, lastUsedMs }: KeyEntry) => {
      // Written later: this process may know more, or another one.
      const seenMs = services.keyUses.latest({ tenant: owner.tenant, keyId });
      return Math.min(services.clock(), Math.max(seenMs ?? 0, lastUsedMs ?? 0)) || undefined;
    };
    const labels = await makersOf(services, owner.tenant, keys);
    return { keys: keys.map((key) => keyEntryOf({ ...key, lastUsedMs: usedMs(key) }, labels)) };
  });
  app.post(
    "/v1/keys",
    { schema: { body: keyRequest, response: { 201: keyAnswer, ...ERRORS } } },
    async (request, reply) => {
      const owner = await ownerOf(request, services, "admin");
      const sent = parse(keyRequest, request.body);
      const { mode = "live", scopes = ["ingest", "read"], label } = sent;
      const secret = formatSecret(`caum_${mode}_`, randomBytes(SECRET_BYTES));
      const createdMs = services.clock();
      const expiresMs = expiryOf(sent, createdMs);
      const facts = { createdMs, label, expiresMs, maker: makerOf(owner) };
      const keyId = await addKey(services.store, owner.tenant, secret, scopes, facts);
      services.authenticator.forget();
      reply.code(201);
      const entry = { keyId, prefix: visiblePart(secret), scopes, revoked: false };
      const labels = await makersOf(services, owner.tenant);
      return {
        ...keyEntryOf({ ...entry, ...facts, lastUsedMs: undefined }, labels),
        api_key: secret,
      };
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
      services.signIns.forget();
      return { done: true };
    },
  );
}

/** Undefined for browsers that signed in by a key before that was kept. */
function makerOf({ memberId, keyId }: Signee): KeyMaker | undefined {
  if (memberId !== undefined) return { kind: "member", id: memberId };
  return keyId === undefined ? undefined : { kind: "key", id: keyId };
}

type Labels = ReadonlyMap<string, string | undefined>;

/** What those are called today who may have made a key: keys and members, by their ids. */
async function makersOf(
  { store: { reader } }: Services,
  tenant: number,
  known?: readonly KeyEntry[],
): Promise<Labels> {
  const [keys, members] = await Promise.all([
    known ?? reader.keys(tenant),
    reader.members.members(tenant),
  ]);
  const named = [...keys.map(({ keyId: id, label }) => ({ id, label })), ...members];
  return new Map(named.map(({ id, label }) => [id, label]));
}

function keyEntryOf(entry: KeyEntry, labels: Labels) {
  return {
    key_id: entry.keyId,
    label: entry.label ?? null,
    prefix: entry.prefix,
    scopes: entry.scopes,
    created_at: new Date(entry.createdMs).toISOString(),
    expires_at: isoTime(entry.expiresMs),
    last_used_at: isoTime(entry.lastUsedMs),
    revoked: entry.revoked,
    made_by: entry.maker ? madeBy(entry.maker, labels) : null,
  };
}

function madeBy(maker: KeyMaker, labels: Labels) {
  const id = "id" in maker ? maker.id : null;
  return { kind: maker.kind, id, label: labels.get(id ?? "") ?? null };
}

/** @throws {DoorError} 400 when it is over already: such a key would open nothing */
function expiryOf({ expires_at: told }: z.output<typeof keyRequest>, nowMs: number) {
  if (told === undefined || told === null) return undefined;
  const expiresMs = Date.parse(told);
  if (expiresMs > nowMs) return expiresMs;
  throw new DoorError("VALIDATION_ERROR", "expires_at is over already: give a later time");
}
