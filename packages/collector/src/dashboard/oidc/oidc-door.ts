/** Signing in by way of an OpenID Connect provider. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { refusalError } from "../../http/door-error.ts";
import { HIDDEN } from "../../http/door-schema.ts";
import { FLOW_MS } from "../../oidc/flow.ts";
import { type Identity, SignInRefused } from "../../oidc/identity.ts";
import { memberFor } from "../../oidc/member-for.ts";
import type { OidcParts } from "../../oidc/open-oidc.ts";
import type { Services } from "../../services.ts";
import { cookieName, cookieValue, setCookie } from "../../tenants/browser-cookie.ts";
import { MEMBER_BROWSER_MS } from "../../tenants/sign-ins.ts";
import { giveCookie } from "../sign-in-door.ts";
import { refusedPage } from "./refused-page.ts";

/** Where the page finds out that it is signed in; no address is taken from a request. */
const ARRIVED = "/#signed-in";

export function openOidcDoor(app: FastifyInstance, services: Services): void {
  const { oidc } = services;
  app.get("/dashboard-api/providers", HIDDEN, async () => ({
    providers: oidc === undefined ? [] : [{ name: oidc.provider.host }],
  }));
  if (oidc === undefined) return;
  app.get("/sign-in/oidc", HIDDEN, (_, reply) =>
    orPage(reply, services, async () => {
      const flow = oidc.flows.begin();
      const url = await oidc.provider.signInUrl(flow);
      keepFlow(reply, { secret: flow.kept, validMs: FLOW_MS }, services);
      return reply.redirect(url.href, 303);
    }),
  );
  app.get("/sign-in/oidc/callback", HIDDEN, (request, reply) =>
    orPage(reply, services, async () => {
      // Once, whatever comes of it.
      keepFlow(reply, { secret: "", validMs: 0 }, services);
      const secret = await signIn(await identityOf(request, oidc, services), oidc, services);
      giveCookie(reply, { secret, validMs: MEMBER_BROWSER_MS }, services);
      return reply.redirect(`${services.policy.basePath}${ARRIVED}`, 303);
    }),
  );
}

async function identityOf(
  request: FastifyRequest,
  { provider, flows }: OidcParts,
  services: Services,
): Promise<Identity> {
  const kept = cookieValue(request.headers, flowName(services));
  const flow = kept === undefined ? undefined : flows.resume(kept);
  if (flow === undefined) throw new SignInRefused("not_begun");
  // Only now, because everybody may come from one address: that of a proxy before us.
  const from = `sign-in ${request.socket.remoteAddress}`;
  if (services.limits.register.take(from, 1) !== undefined) throw new SignInRefused("too_many");
  const [, search = ""] = request.url.split(/(?=\?)/, 2);
  return provider.identityIn(search, flow);
}

async function signIn(
  identity: Identity,
  { provider, tenant }: OidcParts,
  { store, members, clock }: Services,
): Promise<string> {
  const place = { store, tenant, domains: provider.domains, nowMs: clock() };
  const memberId = await memberFor(identity, place);
  const { secret, ...browser } = members.newBrowser();
  const { subject } = identity;
  const command = { kind: "sign_in_member", tenant, memberId, subject, ...browser } as const;
  const done = await store.administer(command);
  if (done.kind === "done") return secret;
  if (done.code === "CONFLICT") throw new SignInRefused("other_person");
  // Removed since it was looked up.
  if (done.code === "NOT_FOUND") throw new SignInRefused("not_invited");
  throw refusalError(done.code);
}

/** A person stands before it: what is refused is said on a page. */
async function orPage(
  reply: FastifyReply,
  services: Services,
  work: () => Promise<FastifyReply>,
): Promise<FastifyReply> {
  try {
    return await work();
  } catch (failure) {
    if (!(failure instanceof SignInRefused)) throw failure;
    // Whoever runs the collector has to look at it.
    if (failure.problem === "unreachable") services.onFailure(failure);
    return refusedPage(reply, failure.problem, services.policy.basePath);
  }
}

function flowName({ signer, policy }: Services): string {
  return `${cookieName(signer.vkey, policy.publicUrl())}_flow`;
}

/** The provider's page leads back here, and a stricter cookie would not come along. */
function keepFlow(
  reply: FastifyReply,
  cookie: { readonly secret: string; readonly validMs: number },
  services: Services,
): void {
  const publicUrl = services.policy.publicUrl();
  reply.header("set-cookie", setCookie(flowName(services), cookie, publicUrl, "Lax"));
}
