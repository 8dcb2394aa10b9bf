/** Signing a browser in and out. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { z } from "zod";
import { ownerOf } from "../gate/caller.ts";
import { DoorError } from "../http/door-error.ts";
import { HIDDEN } from "../http/door-schema.ts";
import { parse } from "../http/parse.ts";
import type { Services } from "../services.ts";
import { cookieName, cookieValue, isFromOwnPage, setCookie } from "../tenants/browser-cookie.ts";
import { BROWSER_MS, MEMBER_BROWSER_MS, type Signee } from "../tenants/sign-ins.ts";

const SECRET = z.string().max(200);
const SIGN_IN = z.union([
  z.strictObject({ api_key: SECRET }),
  z.strictObject({ link: SECRET }),
  z.strictObject({ invitation: SECRET }),
]);
const TAKEN_BACK = { secret: "", validMs: 0 } as const;

/** What a browser keeps from now on. */
interface NewCookie {
  readonly secret: string;
  readonly validMs: number;
}

export function openSignInDoor(app: FastifyInstance, services: Services): void {
  app.post("/dashboard-api/sign-in", HIDDEN, async (request, reply) => {
    checkOwnPage(request);
    const cookie = await cookieFor(parse(SIGN_IN, request.body), services);
    // What cannot be ended now ends with its time: who has just been signed in stays so.
    await leave(request, services).catch(() => {});
    giveCookie(reply, cookie, services);
    return meOf(await signedIn(cookie.secret, services), services);
  });
  app.post("/dashboard-api/sign-out", HIDDEN, async (request, reply) => {
    // Without a cookie too: the answer takes it back.
    checkOwnPage(request);
    await leave(request, services);
    giveCookie(reply, TAKEN_BACK, services);
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

/** Ends what the browser had before: its secret is of no more use to anybody. */
async function leave(request: FastifyRequest, services: Services): Promise<void> {
  const secret = cookieValue(request.headers, nameOf(services));
  const browser = secret === undefined ? undefined : await services.signIns.browser(secret);
  if (browser !== undefined && secret !== undefined) await services.signIns.signOut(secret);
}

async function cookieFor(
  sent: z.output<typeof SIGN_IN>,
  { authenticator, members, signIns }: Services,
): Promise<NewCookie> {
  if ("invitation" in sent) {
    const secret = await members.open(sent.invitation);
    if (secret !== undefined) return { secret, validMs: MEMBER_BROWSER_MS };
    const message = "this invitation was used, taken back or is too old: ask for another link";
    throw new DoorError("AUTHENTICATION_FAILED", message);
  }
  const signee =
    "link" in sent
      ? await signIns.useLink(sent.link)
      : await authenticator.withScope(`Bearer ${sent.api_key}`, "read");
  if (signee !== undefined) {
    return { secret: await signIns.newBrowser(signee), validMs: BROWSER_MS };
  }
  const message = "this link was used or is more than a minute old: sign in with an API key";
  throw new DoorError("AUTHENTICATION_FAILED", message);
}

/** @throws {DoorError} 401 when it was signed out meanwhile */
async function signedIn(secret: string, { signIns }: Services): Promise<Signee> {
  const signee = await signIns.browser(secret);
  if (signee !== undefined) return signee;
  throw new DoorError("AUTHENTICATION_FAILED", "you were signed out: sign in again");
}

export function giveCookie(reply: FastifyReply, cookie: NewCookie, services: Services): void {
  reply.header("set-cookie", setCookie(nameOf(services), cookie, services.policy.publicUrl()));
}

async function meOf(
  { tenant, ulid, plan, scopes, memberId }: Signee,
  { policy, signer, store }: Services,
) {
  const member =
    memberId === undefined ? undefined : await store.reader.members.member(tenant, memberId);
  return {
    url: policy.publicUrl(),
    plan,
    account_id: ulid,
    verifier_key: signer.vkey,
    scopes,
    /** Null for whoever signed in with a key. */
    member: member === undefined ? null : { label: member.label, role: member.role },
  };
}

function nameOf({ signer, policy }: Services): string {
  return cookieName(signer.vkey, policy.publicUrl());
}
