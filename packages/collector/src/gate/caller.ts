/** Who asks, and whether they may: the same questions at every door. */
import type { Scope } from "@caum/core/protocol";
import type { FastifyRequest } from "fastify";
import { DoorError } from "../http/door-error.ts";
import type { TenantRow } from "../rows/tenant-rows.ts";
import type { Services } from "../services.ts";
import { cookieName, cookieValue, isFromOwnPage } from "../tenants/browser-cookie.ts";
import type { Signee } from "../tenants/sign-ins.ts";
import { checkTrial } from "./trial.ts";

const TOKEN_HEADER = "x-caum-session-token";

/**
 * The owner of the request's key, or of the browser that is signed in, who may do this.
 *
 * @param anyOf of which one scope is enough
 */
export async function ownerOf(
  request: FastifyRequest,
  services: Services,
  ...anyOf: readonly Scope[]
): Promise<Signee> {
  const { authorization } = request.headers;
  const browser = authorization === undefined ? await browserOf(request, services) : undefined;
  if (browser === undefined) return services.authenticator.withScope(authorization, ...anyOf);
  if (anyOf.some((scope) => browser.scopes.includes(scope))) return browser;
  const lacks = `lacks the scope ${anyOf.join(" or ")}`;
  const message =
    browser.memberId === undefined
      ? `the key that you signed in with ${lacks}`
      : `your role ${lacks}: ${anyOf.includes("admin") ? "ask an admin, or " : ""}use a key that has it`;
  throw new DoorError("FORBIDDEN", message);
}

/**
 * Whoever may change what people set of an account, such as its rules: whoever may record, and admins,
 * who are people and record nothing.
 */
export function keeperOf(request: FastifyRequest, services: Services): Promise<Signee> {
  return ownerOf(request, services, "ingest", "admin");
}

/**
 * Who signed in, as the request's cookie says; undefined when nobody did.
 *
 * @throws {DoorError} 403 when another site's page wants to change something
 */
export async function browserOf(
  { method, headers }: FastifyRequest,
  { signIns, members, signer, policy }: Services,
): Promise<Signee | undefined> {
  const secret = cookieValue(headers, cookieName(signer.vkey, policy.publicUrl()));
  const browser = secret === undefined ? undefined : await signIns.browser(secret);
  if (browser === undefined) return undefined;
  members.see(browser);
  if (method === "GET" || isFromOwnPage(headers)) return browser;
  throw new DoorError("FORBIDDEN", "only the collector's own page may do this with a cookie");
}

/** The same for posting events: within the trial and the rate limit. */
export async function senderOf(
  request: FastifyRequest,
  services: Services,
  events = 1,
): Promise<TenantRow> {
  const owner = await ownerOf(request, services, "ingest");
  admit(owner, services, events);
  return owner;
}

/** @throws {DoorError} when the trial is over or the sender is too fast */
export function admit(owner: TenantRow, services: Services, events: number): void {
  checkTrial(owner, services);
  const waitSeconds = services.limits.events.take(owner.ulid, events);
  if (waitSeconds === undefined) return;
  throw new DoorError("RATE_LIMITED", "too many events: wait, then send them again", {
    retryAfterSeconds: waitSeconds,
  });
}

/**
 * Who may read a session: the owner of a key with the scope, or whoever has the session's token.
 *
 * @throws {DoorError} 401 with neither, 404 with the token of another session
 */
export async function readerOf(
  request: FastifyRequest,
  services: Services,
  sessionId: string,
): Promise<TenantRow> {
  const token = request.headers[TOKEN_HEADER];
  if (typeof token !== "string") return ownerOf(request, services, "read");
  return tokenHolderOf(request, services, token, sessionId);
}

/**
 * The tenant of a session token. A session that was started with a key takes that tenant's key as
 * well; one that was started without needs the token alone.
 */
export async function tokenHolderOf(
  request: FastifyRequest,
  services: Services,
  token: string,
  sessionId: string,
): Promise<TenantRow> {
  const holder = await services.authenticator.tokenOwner(token);
  if (holder === undefined || holder.sessionId !== sessionId) {
    throw new DoorError("AUTHENTICATION_FAILED", "the session token is not valid: start a session");
  }
  if (holder.kind === "demo") return holder;
  const owner =
    (await services.authenticator.keyOwner(request.headers.authorization)) ??
    (await browserOf(request, services));
  if (owner?.tenant === holder.tenant) return holder;
  throw new DoorError(
    "AUTHENTICATION_FAILED",
    "this session was started with a key: send Authorization: Bearer KEY as well",
  );
}
