/** Plans: what was used, where to subscribe, and what the payment provider says. */
import {
  checkoutAnswer,
  errorAnswer,
  paymentMessageAnswer,
  usageAnswer,
} from "@caum/core/protocol";
import type { FastifyInstance, FastifyRequest } from "fastify";
import { checkout, paymentsOf } from "../billing/checkout.ts";
import { type PaymentMessage, SignatureError } from "../billing/payments.ts";
import { upgradePage } from "../billing/upgrade-page.ts";
import { usageOf } from "../billing/usage.ts";
import { ownerOf } from "../gate/caller.ts";
import { DoorError, refusalError } from "../http/door-error.ts";
import { ERRORS } from "../http/door-schema.ts";
import type { Services } from "../services.ts";

const SIGNATURE = "stripe-signature";

export function openBillingDoor(app: FastifyInstance, services: Services): void {
  app.get("/v1/usage", { schema: { response: { 200: usageAnswer, ...ERRORS } } }, async (request) =>
    usageOf(await ownerOf(request, services, "read"), services),
  );
  app.post(
    "/v1/checkout",
    { schema: { response: { 200: checkoutAnswer, ...ERRORS, 501: errorAnswer } } },
    async (request) => {
      const reader = await ownerOf(request, services, "read");
      paymentsOf(services);
      const owner = await ownerOf(request, services, "admin");
      // The plan may be a few seconds older in what is remembered of the key.
      const account = (await services.store.reader.tenantByUlid(reader.ulid)) ?? owner;
      const page = await checkout(account, services);
      return {
        checkout_url: page.url,
        checkout_id: page.session,
        expires_at: new Date(page.expiresMs).toISOString(),
      };
    },
  );
  app.get("/upgrade", { schema: { hide: true } }, async (request, reply) => {
    reply.type("text/html; charset=utf-8");
    reply.header("content-security-policy", "default-src 'none'; style-src 'unsafe-inline'");
    const { paid } = request.query as { paid?: string }; // The query is a flat object of texts.
    const state = paid === undefined ? "open" : "paid";
    const { billing, policy } = services;
    return upgradePage(
      policy.publicUrl(),
      billing.payments === undefined ? "not_configured" : state,
    );
  });
  openWebhook(app, services);
}

/** A scope of its own, whose bodies stay the bytes that were signed. */
function openWebhook(app: FastifyInstance, services: Services): void {
  app.register(async (scope) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser("*", { parseAs: "buffer" }, (_request, body, done) =>
      done(null, body),
    );
    scope.post(
      "/v1/stripe/webhook",
      { schema: { response: { 200: paymentMessageAnswer, ...ERRORS, 501: errorAnswer } } },
      async (request) => {
        const message = await messageIn(request, services);
        const applied = message !== undefined && (await apply(message, services));
        return { received: true, applied };
      },
    );
  });
}

async function messageIn(
  request: FastifyRequest,
  services: Services,
): Promise<PaymentMessage | undefined> {
  const payments = paymentsOf(services);
  const signature = request.headers[SIGNATURE];
  const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
  try {
    return await payments.readMessage(body, String(signature ?? ""), services.clock());
  } catch (failure) {
    if (!(failure instanceof SignatureError)) throw failure;
    throw new DoorError("VALIDATION_ERROR", failure.message);
  }
}

/** Any answer but 2xx makes the provider say it again, so that nothing it says is lost. */
async function apply(
  { id: eventId, account, change, closesCheckout }: PaymentMessage,
  { store, authenticator, clock }: Services,
): Promise<boolean> {
  const owner = await store.reader.tenantByUlid(account);
  if (owner === undefined) return false;
  const applied = await store.administer({
    kind: "apply_billing",
    tenant: owner.tenant,
    eventId,
    receivedMs: clock(),
    ...(change && { change }),
    ...(closesCheckout !== undefined && { closesCheckout }),
  });
  if (applied.kind === "refused") throw refusalError(applied.code);
  if (applied.value > 0) authenticator.forget();
  return applied.value > 0;
}
