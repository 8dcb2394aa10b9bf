/** Events v1: foreign senders, checked strictly; the collector writes the record. */
import { eventAnswer, eventBatchAnswer, eventRequest } from "@caum/core/protocol";
import type { FastifyInstance, FastifyRequest } from "fastify";
import type { z } from "zod";
import type { EventIntake, EventOutcome } from "../../ingest/intake.ts";
import type { Services } from "../../services.ts";
import type { TenantRow } from "../../store/store.ts";
import { keyFactsOf } from "../../tenants/digest-keys.ts";
import { rawBodyOf } from "../body.ts";
import { admit, ownerOf, senderOf } from "../caller.ts";
import { bodyDigest, optionalLabel, optionalOwnLabel, present, timestampOf } from "../capture.ts";
import { DoorError, refusalError } from "../door-error.ts";
import { parse } from "../parse.ts";
import { linesOf } from "../runs-door.ts";
import { SENDER_ERRORS } from "../trial.ts";
import { foreignPayload } from "./foreign-payload.ts";

const BATCH_BYTES = 4 * 1024 * 1024;

type ForeignEvent = z.output<typeof eventRequest>;

export function openEventsDoor(app: FastifyInstance, services: Services): void {
  app.post(
    "/v1/events",
    { schema: { body: eventRequest, response: { 202: eventAnswer, ...SENDER_ERRORS } } },
    async (request, reply) => {
      const owner = await senderOf(request, services);
      const event = parse(eventRequest, request.body);
      reply.code(202);
      return ingest(event, rawBodyOf(request), owner, services);
    },
  );
  app.post(
    "/v1/events/batch",
    {
      bodyLimit: BATCH_BYTES,
      schema: {
        consumes: ["application/x-ndjson"],
        response: { 202: eventBatchAnswer, ...SENDER_ERRORS },
      },
    },
    async (request, reply) => {
      reply.code(202);
      return ingestLines(request, services);
    },
  );
}

async function ingestLines(request: FastifyRequest, services: Services) {
  const owner = await ownerOf(request, services, "ingest");
  const lines = linesOf(request.body);
  admit(owner, services, lines.length);
  const results = await Promise.all(
    lines.map((text, at) => ingestLine(text, at + 1, owner, services)),
  );
  const count = (status: string) => results.filter((result) => result.status === status).length;
  return {
    accepted: count("accepted"),
    duplicates: count("duplicate"),
    rejected: count("invalid"),
    results,
  };
}

/** One bad line harms no other; a disk that does not take any is an error of the request. */
async function ingestLine(text: string, line: number, owner: TenantRow, services: Services) {
  try {
    const event = parse(eventRequest, jsonOf(text));
    const { eventId, receivedAt, duplicate, conflict } = await ingest(event, text, owner, services);
    const status = duplicate ? ("duplicate" as const) : ("accepted" as const);
    return { line, status, eventId, receivedAt, conflict };
  } catch (failure) {
    if (!(failure instanceof DoorError) || failure.status >= 500) throw failure;
    const { code, message } = failure;
    return { line, status: "invalid" as const, error: { code, message } };
  }
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new DoorError("VALIDATION_ERROR", "the line is no JSON");
  }
}

async function ingest(
  event: ForeignEvent,
  body: string,
  owner: TenantRow,
  services: Services,
): Promise<z.input<typeof eventAnswer>> {
  const { intake, dropped } = foreignIntake(event, body, owner, services);
  const outcome = await services.store.submit(intake);
  if (outcome.kind !== "event") {
    throw refusalError(outcome.kind === "refused" ? outcome.code : "INTERNAL_ERROR");
  }
  return answerOf(event, outcome, dropped);
}

function answerOf(event: ForeignEvent, outcome: EventOutcome, dropped: number) {
  return {
    eventId: event.eventId.toLowerCase(),
    receivedAt: new Date(outcome.receivedMs).toISOString(),
    duplicate: outcome.how === "repeated",
    conflict: outcome.conflict,
    droppedFields: dropped,
  };
}

function foreignIntake(
  event: ForeignEvent,
  body: string,
  owner: TenantRow,
  services: Services,
): { readonly intake: EventIntake; readonly dropped: number } {
  const keys = services.digestKeys.session(owner.ulid, event.sessionId);
  const capture = { keys, hashNames: services.policy.hashNames };
  // The agent may stand beside the payload or in it; the payload's own word is the nearer one.
  const fields = { ...(event.agent && { agent: event.agent }), ...event.payload };
  const { draft, dropped } = foreignPayload(event.category, fields, capture);
  const sourceTimestamp = timestampOf(event.sourceTimestamp);
  if (sourceTimestamp === undefined) {
    throw new DoorError("VALIDATION_ERROR", "sourceTimestamp is of no year that can be kept", {
      details: [{ path: ["sourceTimestamp"], code: "too_big", message: "is out of range" }],
    });
  }
  const digest = (text: string | undefined) =>
    text === undefined ? undefined : keys.digest("name", text).slice(0, 32);
  const claims = present({
    sourcePreviousHash: digest(event.previousHash),
    sourceRunId: digest(event.runId),
  });
  return {
    dropped,
    intake: {
      kind: "event",
      tenant: owner.tenant,
      receivedMs: services.clock(),
      sessionId: event.sessionId,
      facts: { agentId: event.agentId },
      keys: keyFactsOf(keys),
      draft: {
        ...draft,
        // Claims fit every payload; the spread loses which category this one is of.
        payload: { ...draft.payload, ...claims } as never,
        agentId: event.agentId,
        sourceTimestamp,
        ...present({
          traceId: digest(event.traceId),
          correlationId: digest(event.correlationId),
          parentEventId: event.parentEventId?.toLowerCase() ?? digest(event.parent),
          causationEventId: event.causationEventId?.toLowerCase(),
          agentVersion: optionalOwnLabel(event.agentVersion, capture),
          toolType: optionalLabel(event.toolType, capture),
          targetSystem: optionalLabel(event.targetSystem, capture),
          operation: optionalLabel(event.operation, capture),
          initiatorType: event.initiatorType,
          initiatorId: digest(event.initiatorId),
          sourceFramework: optionalOwnLabel(event.sourceFramework, capture),
          actorType: optionalLabel(event.actorType, capture),
          actorId: digest(event.actorId),
        }),
      },
      asksRoot: false,
      claim: {
        eventId: event.eventId.toLowerCase(),
        body: bodyDigest(body, services.digestKeys.tenant(owner.ulid)),
      },
    },
  };
}
