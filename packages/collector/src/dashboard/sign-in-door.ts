/** Signing a browser in and out. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { z } from "zod";
import { browserOf, ownerOf } from "../gate/caller.ts";
import { DoorError } from "../http/door-error.ts";
import { HIDDEN } from "../http/door-schema.ts";
import { parse } from "../http/parse.ts";
import type { Services } from "../services.ts";
import { cookieName, cookieValue, isFromOwnPage, setCookie } from "../tenants/browser-cookie.ts";
import type { Signee } from "../tenants/sign-ins.ts";

const SECRET = z.string().max(200);
const SIGN_IN = z.union([z.strictObject({ api_key: SECRET }), z.strictObject({ link: SECRET })]);

export function openSignInDoor(app: FastifyInstance, services: Services): void {
  app.post("/dashboard-api/sign-in", HIDDEN, async (request, reply) => {
    checkOwnPage(request);
    const signee = await signeeOf(parse(SIGN_IN, request.body), services);
    giveCookie(reply, await services.signIns.newBrowser(signee), services);
    return meOf(signee, services);
  });
  app.post("/dashboard-api/sign-out", HIDDEN, async (request, reply) => {
    // Without a cookie too: the answer takes it back.
    checkOwnPage(request);
    const browser = await browserOf(request, services);
    const secret = cookieValue(request.headers, nameOf(services));
    if (browser !== undefined && secret !== undefined) await services.signIns.signOut(secret);
    giveCookie(reply, "", services);
    return reply.code(204).send();
  });
  app.get("/dashboard-api/me", HIDDEN, async (request: FastifyRequest) =>
    meOf(await ownerOf(request, services, "read"), services),
  );
}

/** @throws {DoorError} 403 for another site's page */
function checkOwnPage({ headers }: FastifyRequest): void {
  if (isFromOwnPage(headers)) return;
  throw new DoorError("FORBIDDEN", "sign in and out on the collector's own page");
}

async function signeeOf(sent: z.output<typeof SIGN_IN>, services: Services): Promise<Signee> {
  if ("api_key" in sent) {
    return services.authenticator.withScope(`Bearer ${sent.api_key}`, "read");
  }
  const signee = await services.signIns.useLink(sent.link);
  if (signee !== undefined) return signee;
  const message = "this link was used or is more than a minute old: sign in with an API key";
  throw new DoorError("AUTHENTICATION_FAILED", message);
}

function giveCookie(reply: FastifyReply, secret: string, services: Services): void {
  reply.header("set-cookie", setCookie(nameOf(services), secret, services.policy.publicUrl()));
}

function meOf({ ulid, plan, scopes }: Signee, { policy, signer }: Services) {
  return { url: policy.publicUrl(), plan, scopes, account_id: ulid, verifier_key: signer.vkey };
}

function nameOf({ signer, policy }: Services): string {
  return cookieName(signer.vkey, policy.publicUrl());
}
