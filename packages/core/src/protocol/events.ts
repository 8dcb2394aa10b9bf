/** Events v1: single records of foreign senders, checked strictly; the collector writes the record. */
import { z } from "zod";
import { hashSchema, identifierSchema, senderLink } from "./fields.ts";

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

const uuid = z.string().regex(UUID, { message: "must be a UUID" });
/** A foreign hash or id: kept as a keyed digest. */
const foreignText = z.string().min(1).max(128);
const label = z.string().min(1).max(255);

export const eventRequest = z
  .strictObject({
    eventId: uuid,
    agentId: identifierSchema,
    sessionId: identifierSchema,
    sourceTimestamp: z.iso.datetime({ offset: true, message: "must be ISO 8601 with a time zone" }),
    /** Which categories there are is a question of meaning: an unknown one is answered with 422. */
    category: z.string().min(1).max(64),
    schemaVersion: z.literal("1.0"),
    payload: z.record(z.string(), z.unknown()),
    /** `eventHash` of the sender's event before; what is no such hash is reported, never refused. */
    previousHash: z.string().optional(),
    traceId: foreignText.optional(),
    runId: foreignText.optional(),
    correlationId: foreignText.optional(),
    parentEventId: uuid.optional(),
    /** Id of the model turn, where it is no event of its own: any text, in place of `parentEventId`. */
    parent: foreignText.optional(),
    /** Which agent of a team: a keyed tag of it is kept with tool calls and reasoning. */
    agent: foreignText.optional(),
    causationEventId: uuid.optional(),
    agentVersion: label.optional(),
    toolType: label.optional(),
    targetSystem: label.optional(),
    operation: label.optional(),
    initiatorType: z.enum(["human", "agent", "system"]).optional(),
    initiatorId: foreignText.optional(),
    sourceFramework: label.optional(),
    actorType: label.optional(),
    actorId: foreignText.optional(),
  })
  .refine(({ parent, parentEventId }) => parent === undefined || parentEventId === undefined, {
    path: ["parent"],
    message: "and parentEventId are one field of the record: send one of them",
  });

export const eventAnswer = z.object({
  eventId: z.string(),
  receivedAt: z.string(),
  duplicate: z.boolean(),
  /** The same id came before with another body; the first one stands. */
  conflict: z.boolean(),
  droppedFields: z.number().int().nonnegative(),
  /** What the next event names as its `previousHash`; absent where nothing links to it. */
  eventHash: hashSchema.optional(),
  /** What `previousHash` came to; absent where none was sent, and none is missing. */
  link: senderLink.optional(),
});

export const eventBatchAnswer = z.object({
  accepted: z.number().int().nonnegative(),
  duplicates: z.number().int().nonnegative(),
  rejected: z.number().int().nonnegative(),
  results: z.array(
    z.object({
      line: z.number().int().positive(),
      status: z.enum(["accepted", "duplicate", "invalid"]),
      eventId: z.string().optional(),
      receivedAt: z.string().optional(),
      conflict: z.boolean().optional(),
      eventHash: hashSchema.optional(),
      link: senderLink.optional(),
      error: z.object({ code: z.string(), message: z.string() }).optional(),
    }),
  ),
});
