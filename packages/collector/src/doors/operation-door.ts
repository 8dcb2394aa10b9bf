/** Operation: is it up, is it ready, how is it doing, what can it do. */
import type { FastifyInstance } from "fastify";
import { ownerOf } from "../gate/caller.ts";
import { DoorError } from "../http/door-error.ts";
import { HIDDEN } from "../http/door-schema.ts";
import type { Services } from "../services.ts";
import { isLocal } from "../tenants/keyless.ts";
import { apiDocument } from "./api/api-document.ts";
import { docsPage } from "./api/docs-page.ts";

/** More jobs than this wait only when the disk does not take them. */
const OVERLOADED = 50_000;

export function openOperationDoor(app: FastifyInstance, services: Services): void {
  app.get("/healthz", HIDDEN, async () => ({ status: "ok" }));
  app.get("/readyz", HIDDEN, async () => {
    const { isWritable, waiting } = services.store.status();
    if (!isWritable || waiting > OVERLOADED) {
      throw new DoorError("UNAVAILABLE", "the store does not take events at the moment");
    }
    return { status: "ready" };
  });
  app.get("/metrics", HIDDEN, async (request, reply) => {
    const { remoteAddress } = request.socket;
    if (!isLocal({ remoteAddress, headers: request.headers })) {
      await ownerOf(request, services, "admin");
    }
    reply.type("text/plain; version=0.0.4; charset=utf-8");
    const { alerts, store } = services;
    const { attempts, begun: alertsBegun } = alerts;
    return services.metrics.format({ store, attempts, alertsBegun, nowMs: services.clock() });
  });
  const document = () => apiDocument(app.swagger(), services.policy.publicUrl());
  app.get("/openapi.json", HIDDEN, async () => document());
  app.get("/docs", HIDDEN, async (_request, reply) => {
    reply.type("text/html; charset=utf-8");
    reply.header("content-security-policy", "default-src 'none'; style-src 'unsafe-inline'");
    return docsPage(document());
  });
}
