/** The HTTP server: limits, errors, documents and the doors. */
import swagger from "@fastify/swagger";
import Fastify, { type FastifyError, type FastifyInstance, type FastifyReply } from "fastify";
import { jsonSchemaTransform } from "fastify-type-provider-zod";
import { openDashboard } from "./dashboard/dashboard-door.ts";
import { unknownPage } from "./dashboard/unknown-page.ts";
import { openAccountsDoor } from "./doors/accounts-door.ts";
import { openAlertsDoor } from "./doors/alerts-door.ts";
import { openBillingDoor } from "./doors/billing-door.ts";
import { openEffectivenessDoor } from "./doors/effectiveness-door.ts";
import { openEventsDoor } from "./doors/events/events-door.ts";
import { openEvidenceDoor } from "./doors/evidence-door.ts";
import { openEvidencePackDoor } from "./doors/evidence-pack-door.ts";
import { openLiveDoor } from "./doors/live/live-door.ts";
import { openLogDoor } from "./doors/log-door.ts";
import { openMembersDoor } from "./doors/members/members-door.ts";
import { openOperationDoor } from "./doors/operation-door.ts";
import { openOtlpDoor } from "./doors/otlp/otlp-door.ts";
import { openRunsDoor } from "./doors/runs-door.ts";
import { openStepDoor } from "./doors/step/step-door.ts";
import { openBaselineDoor } from "./doors/workflows/baseline-door.ts";
import { openExposureDoor } from "./doors/workflows/exposure-door.ts";
import { openOutcomeDoor } from "./doors/workflows/outcome-door.ts";
import { openProfilesDoor } from "./doors/workflows/profiles-door.ts";
import { openRecurringDoor } from "./doors/workflows/recurring-door.ts";
import { openSimilarDoor } from "./doors/workflows/similar-door.ts";
import { openWorkflowsDoor } from "./doors/workflows/workflows-door.ts";
import { TRIAL_EXPIRED_STATUS, TrialExpiredError } from "./gate/trial.ts";
import { allowOrigins } from "./http/allow-origins.ts";
import { readBodies } from "./http/body.ts";
import { DoorError } from "./http/door-error.ts";
import { belowBasePath, checkBasePath } from "./http/paths/base-path.ts";
import { Routes } from "./http/paths/routes.ts";
import type { Services } from "./services.ts";
import { StoreUnreachable } from "./store/store.ts";

const BODY_BYTES = 256 * 1024;
const KEEP_ALIVE_MS = 65_000;
const REQUEST_MS = 30_000;
/** Session ids are at most 255 characters of 4 bytes, three characters each when encoded. */
const MAX_PARAMETER = 255 * 4 * 3;

export async function buildServer(services: Services): Promise<FastifyInstance> {
  const app = Fastify({
    logger: false,
    bodyLimit: BODY_BYTES,
    keepAliveTimeout: KEEP_ALIVE_MS,
    requestTimeout: REQUEST_MS,
    rewriteUrl: ({ url = "/" }) => belowBasePath(services.policy.basePath, url),
    routerOptions: { maxParamLength: MAX_PARAMETER },
    // A stop must not wait for clients that keep their connections.
    forceCloseConnections: "idle",
    return503OnClosing: true,
    // Addresses that cannot be read come past the hooks and the handlers below.
    frameworkErrors: (failure, _request, reply) => {
      forbidKeeping(reply);
      return answerFailure(failure, reply, services);
    },
  });
  // Doors read bodies by themselves, so that what is dropped can be counted and answers are exact.
  app.setValidatorCompiler(() => (value) => ({ value }));
  app.setSerializerCompiler(() => (value) => JSON.stringify(value));
  app.setErrorHandler((failure: FastifyError | Error, _request, reply) =>
    answerFailure(failure, reply, services),
  );
  const routes = new Routes(app);
  const sendUnknown = unknownPage(services.policy.basePath);
  app.setNotFoundHandler((request, reply) => {
    const allowed = routes.methodsAt(request.url);
    const page = allowed.length > 0 ? undefined : sendUnknown(request, reply);
    if (page !== undefined) return page;
    if (allowed.length > 0) reply.header("allow", allowed.join(", "));
    const failure = allowed.length > 0 ? wrongMethod(allowed) : NO_PATH;
    return reply.code(failure.status).send(failure.body);
  });
  if (services.policy.allowOrigins.length > 0)
    allowOrigins(app, services.policy.allowOrigins, routes);
  await app.register(swagger, {
    openapi: {
      openapi: "3.1.0",
      info: {
        title: "CAUM collector",
        version: "1",
        description: "Structural events in; durable chain and observe-only verdict out.",
      },
      components: { securitySchemes: { key: { type: "http", scheme: "bearer" } } },
      security: [{ key: [] }],
    },
    transform: jsonSchemaTransform,
  });
  readBodies(app);
  measure(app, services);
  openDoors(app, services);
  checkBasePath(services.policy.basePath, routes);
  return app;
}

function openDoors(app: FastifyInstance, services: Services): void {
  openLiveDoor(app, services);
  openStepDoor(app, services);
  openEventsDoor(app, services);
  openRunsDoor(app, services);
  openOtlpDoor(app, services);
  openEvidenceDoor(app, services);
  openLogDoor(app, services);
  openAccountsDoor(app, services);
  openMembersDoor(app, services);
  openBillingDoor(app, services);
  openEffectivenessDoor(app, services);
  openProfilesDoor(app, services);
  openWorkflowsDoor(app, services);
  openBaselineDoor(app, services);
  openEvidencePackDoor(app, services);
  openSimilarDoor(app, services);
  openRecurringDoor(app, services);
  openExposureDoor(app, services);
  openOutcomeDoor(app, services);
  openAlertsDoor(app, services);
  openOperationDoor(app, services);
  openDashboard(app, services);
}

const NO_PATH = new DoorError("NOT_FOUND", "there is no such path: see /docs");

function wrongMethod(allowed: readonly string[]): DoorError {
  return new DoorError("METHOD_NOT_ALLOWED", `this path takes ${allowed.join(", ")}: see /docs`);
}

function measure(app: FastifyInstance, { metrics }: Services): void {
  app.addHook("onRequest", (_request, reply, done) => {
    forbidKeeping(reply);
    done();
  });
  app.addHook("onResponse", (request, reply, done) => {
    const route = request.routeOptions.url ?? "none";
    metrics.answered(request.method, route, reply.statusCode, reply.elapsedTime / 1_000);
    done();
  });
}

function forbidKeeping(reply: FastifyReply): void {
  reply.header("cache-control", "no-store");
  reply.header("x-content-type-options", "nosniff");
}

function answerFailure(failure: FastifyError | Error, reply: FastifyReply, services: Services) {
  if (failure instanceof TrialExpiredError) {
    return reply.code(TRIAL_EXPIRED_STATUS).send(failure.body);
  }
  const error = failure instanceof DoorError ? failure : doorErrorOf(failure);
  if (error.code === "INTERNAL_ERROR") services.onFailure(failure);
  if (error.retryAfterSeconds !== undefined) reply.header("retry-after", error.retryAfterSeconds);
  return reply.code(error.status).send(error.body);
}

/** What Fastify itself refuses; its messages may repeat what was sent. */
function doorErrorOf(failure: FastifyError | Error): DoorError {
  if (failure instanceof StoreUnreachable) {
    return new DoorError("UNAVAILABLE", "the store cannot be read at the moment: try again");
  }
  const status = "statusCode" in failure ? failure.statusCode : undefined;
  if (status === 413) return new DoorError("PAYLOAD_TOO_LARGE", "the body is too large: send less");
  if (status === 415) {
    const message = "send application/json, or application/x-ndjson where lines are taken";
    return new DoorError("UNSUPPORTED_MEDIA_TYPE", message);
  }
  if (status === 503) return new DoorError("UNAVAILABLE", "the collector is stopping: try again");
  if (status !== undefined && status < 500) {
    return new DoorError("VALIDATION_ERROR", "the request cannot be read");
  }
  return new DoorError("INTERNAL_ERROR", "the request could not be answered");
}
