/** Events v1: foreign senders, checked strictly; the collector writes the record. */
import { eventAnswer, eventBatchAnswer, eventRequest } from "@caum/core/protocol";
import type { FastifyInstance, FastifyRequest } from "fastify";
import type { z } from "zod";
import { admit, ownerOf, senderOf } from "../../gate/caller.ts";
import { SENDER_ERRORS } from "../../gate/trial.ts";
import { rawBodyOf } from "../../http/body.ts";
import { present } from "../../http/capture.ts";
import { DoorError, refusalError } from "../../http/door-error.ts";
import { parse } from "../../http/parse.ts";
import type { EventOutcome } from "../../ingest/intake.ts";
import type { TenantRow } from "../../rows/tenant-rows.ts";
import type { Services } from "../../services.ts";
import { linesOf } from "../runs-door.ts";
import { EventHashes, eventHashOf, type HashedEvent } from "./event-hashes.ts";
import { foreignIntake, type PostedEvent } from "./foreign-intake.ts";

const BATCH_BYTES = 4 * 1024 * 1024;

interface DoorParts extends Services {
  readonly hashes: EventHashes;
}

export function openEventsDoor(app: FastifyInstance, services: Services): void {
  const parts: DoorParts = { ...services, hashes: new EventHashes() };
  app.post(
    "/v1/events",
    { schema: { body: eventRequest, response: { 202: eventAnswer, ...SENDER_ERRORS } } },
    async (request, reply) => {
      const owner = await senderOf(request, services);
      const { body: value } = request;
      const event = parse(eventRequest, value);
      reply.code(202);
      return ingest({ event, value, body: rawBodyOf(request) }, owner, parts);
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
      return ingestLines(request, parts);
    },
  );
}

async function ingestLines(request: FastifyRequest, parts: DoorParts) {
  const owner = await ownerOf(request, parts, "ingest");
  const lines = linesOf(request.body);
  admit(owner, parts, lines.length);
  const results = await Promise.all(
    lines.map((text, at) => ingestLine(text, at + 1, owner, parts)),
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
async function ingestLine(text: string, line: number, owner: TenantRow, parts: DoorParts) {
  try {
    const value = jsonOf(text);
    const event = parse(eventRequest, value);
    const answer = await ingest({ event, value, body: text }, owner, parts);
    const { duplicate, droppedFields: _, ...rest } = answer;
    const status = duplicate ? ("duplicate" as const) : ("accepted" as const);
    return { line, status, ...rest };
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
  posted: PostedEvent,
  owner: TenantRow,
  parts: DoorParts,
): Promise<z.input<typeof eventAnswer>> {
  const { intake, dropped, hashed, place } = foreignIntake(posted, owner, parts);
  const outcome = await parts.store.submit(intake);
  if (outcome.kind !== "event") {
    throw refusalError(outcome.kind === "refused" ? outcome.code : "INTERNAL_ERROR");
  }
  const { link } = outcome.standing;
  if (outcome.how !== "repeated") {
    parts.hashes.noteStored(place, hashed.chain.previous !== undefined);
    if (link !== undefined) parts.metrics.linked(link);
  }
  return {
    eventId: posted.event.eventId.toLowerCase(),
    receivedAt: new Date(outcome.receivedMs).toISOString(),
    duplicate: outcome.how === "repeated",
    conflict: outcome.conflict,
    droppedFields: dropped,
    ...present({ eventHash: hashTold(posted, outcome, hashed), link }),
  };
}

/** The hash of the event that is stored under this id. */
function hashTold(
  { value }: PostedEvent,
  { how, conflict }: EventOutcome,
  { eventHash }: HashedEvent,
): string | undefined {
  if (conflict) return undefined;
  return eventHash ?? (how === "repeated" ? eventHashOf(value) : undefined);
}
