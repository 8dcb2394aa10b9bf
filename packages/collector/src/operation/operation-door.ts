/** Operation: is it up, is it ready, how is it doing, what can it do. */
import type { FastifyInstance } from "fastify";
import { DoorError } from "../doors/door-error.ts";
import { ownerOf } from "../doors/caller.ts";
import type { Services } from "../services.ts";
import { isLocal } from "../tenants/keyless.ts";
import { docsPage } from "./docs-page.ts";

/** More jobs than this wait only when the disk does not take them. */
const OVERLOADED = 50_000;

const HIDDEN = { schema: { hide: true } } as const;

export function openOperationDoor(app: FastifyInstance, services: Services): void {
  app.get("/healthz", HIDDEN, async () => ({ status: "ok" }));
  app.get("/readyz", HIDDEN, async () => {
    if (services.store.status().waiting > OVERLOADED) {
      throw new DoorError("UNAVAILABLE", "too much waits for the disk");
    }
    return { status: "ready" };
  });
  app.get("/metrics", HIDDEN, async (request, reply) => {
    const { remoteAddress } = request.socket;
    if (!isLocal({ remoteAddress, headers: request.headers })) {
      await ownerOf(request, services, "admin");
    }
    reply.type("text/plain; version=0.0.4; charset=utf-8");
    return services.metrics.format(services.store, services.clock());
  });
  app.get("/openapi.json", HIDDEN, async () => app.swagger());
  app.get("/docs", HIDDEN, async (_request, reply) => {
    reply.type("text/html; charset=utf-8");
    reply.header("content-security-policy", "default-src 'none'; style-src 'unsafe-inline'");
    return docsPage(app.swagger());
  });
  // The alert rules are the issue after this one; their paths answer clearly until then.
  for (const url of ["/v1/alerts", "/v1/alerts/history"]) {
    app.route({
      method: url === "/v1/alerts" ? ["GET", "POST"] : "GET",
      url,
      schema: { hide: true },
      handler: async (request) => {
        await ownerOf(request, services, "read");
        throw new DoorError("NOT_IMPLEMENTED", "alert rules are not part of this version");
      },
    });
  }
}
