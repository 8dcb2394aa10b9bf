/** The page of single events. */
import { randomUUID } from "node:crypto";
import { expect } from "vitest";
import type { Page, Row, Seen } from "./row.ts";

function eventOf(sessionId: string, more: object = {}) {
  return {
    eventId: randomUUID(),
    agentId: "support-bot",
    sessionId,
    sourceTimestamp: "2025-01-15T10:30:00Z",
    category: "tool_api",
    schemaVersion: "1.0",
    payload: {
      toolName: "database_query",
      argumentsHash: "a1b2c3d4",
      responseStatus: 200,
      endpoint: "/api/customers",
    },
    ...more,
  };
}

async function recordOf({ door }: Seen, more: object) {
  const id = door.newId();
  const answer = await door.post("/v1/events", eventOf(id, more));
  expect(answer.status).toBe(202);
  return (await door.get(`/v1/session/${id}`)).body.steps.at(-1).record;
}

const DIGEST = /^[0-9a-f]{32,64}$/;
const KEYED =
  "kept as a digest under your key, so that equal ones are equal and nothing can be read";

/** Optional fields, with what is kept of each. */
const OPTIONAL: readonly (readonly [field: string, sent: string, kept: string | RegExp])[] = [
  ["traceId", "trace-1", DIGEST],
  ["correlationId", "correlation-1", DIGEST],
  ["initiatorId", "initiator-1", DIGEST],
  ["parentEventId", "550e8400-e29b-41d4-a716-446655440001", "550e8400-e29b-41d4-a716-446655440001"],
  [
    "causationEventId",
    "550e8400-e29b-41d4-a716-446655440002",
    "550e8400-e29b-41d4-a716-446655440002",
  ],
  ["agentVersion", "1.2.3", "1.2.3"],
  ["toolType", "database", "database"],
  ["targetSystem", "crm", "crm"],
  ["operation", "read", "read"],
  ["initiatorType", "agent", "agent"],
];

function optionalRow([field, sent, kept]: (typeof OPTIONAL)[number]): Row {
  const isDigest = kept instanceof RegExp;
  return {
    says: `\`${field}\` is taken`,
    ...(isDigest && { differs: KEYED }),
    check: async (seen) => {
      const found = (await recordOf(seen, { [field]: sent }))[field];
      if (isDigest) expect(found).toMatch(kept);
      else expect(found).toBe(kept);
    },
  };
}

/** What each required field refuses, beside being absent. */
const REQUIRED: readonly (readonly [field: string, wrong: unknown, why: string])[] = [
  ["eventId", "42", "a UUID"],
  ["agentId", "", "1 to 255 characters"],
  ["sessionId", "x".repeat(256), "1 to 255 characters"],
  ["sourceTimestamp", "yesterday", "a time of ISO 8601"],
  ["schemaVersion", "2.0", "`1.0`"],
  ["payload", "text", "an object"],
];

function requiredRow([field, wrong, why]: (typeof REQUIRED)[number]): Row {
  return {
    says: `\`${field}\` is required: ${why}`,
    check: async ({ door }) => {
      const event = eventOf(door.newId());
      for (const value of [undefined, wrong]) {
        const answer = await door.post("/v1/events", { ...event, [field]: value });
        expect(answer.status).toBe(400);
        expect(answer.body.error.details[0].path).toEqual([field]);
      }
    },
  };
}

export const eventsPage: Page = {
  title: "Events",
  rows: [
    {
      says: "`POST /v1/events` takes the example of the page and answers 202",
      check: async ({ door }) => {
        const more = { toolType: "database", targetSystem: "crm", operation: "read" };
        const answer = await door.post("/v1/events", eventOf(door.newId(), more));
        expect(answer.status).toBe(202);
        expect(answer.body.receivedAt).toEqual(expect.any(String));
        expect(answer.body.droppedFields).toBe(0);
      },
    },
    {
      says: "the event is stored under the tenant of the key alone",
      check: async ({ door }) => {
        const id = door.newId();
        await door.post("/v1/events", eventOf(id));
        const email = `${id}@example.com`;
        const { api_key: other } = (await door.post("/v1/register", { email }, {})).body;
        const headers = { authorization: `Bearer ${other}` };
        expect((await door.get(`/v1/session/${id}`, headers)).status).toBe(404);
      },
    },
    {
      says: "without a key: 401",
      check: async ({ door }) => {
        const answer = await door.post("/v1/events", eventOf(door.newId()), {});
        expect(answer.status).toBe(401);
      },
    },
    ...REQUIRED.map(requiredRow),
    {
      says: "255 characters are characters, whatever bytes they take",
      check: async ({ door }) => {
        for (const id of ["é".repeat(255), "鉴".repeat(255)]) {
          const answer = await door.post("/v1/events", eventOf(id, { agentId: id }));
          expect(answer.status).toBe(202);
          const read = await door.get(`/v1/session/${encodeURIComponent(id)}`);
          expect(read.body.session).toMatchObject({ session_id: id, agent_name: id });
        }
      },
    },
    {
      says: "`category` is required; one that nobody knows is refused",
      check: async ({ door }) => {
        const event = eventOf(door.newId());
        const { category: _, ...without } = event;
        expect((await door.post("/v1/events", without)).status).toBe(400);
        const unknown = await door.post("/v1/events", { ...event, category: "weather" });
        expect(unknown.status).toBe(422);
      },
    },
    ...OPTIONAL.map(optionalRow),
    {
      says: "`runId` is taken",
      differs: KEYED,
      check: async (seen) => {
        const { payload } = await recordOf(seen, { runId: "run-1" });
        expect(payload.sourceRunId).toMatch(DIGEST);
      },
    },
    {
      says: "`traceId`, `runId` and `correlationId` belong to more than one session: they are asked for",
      check: async ({ door }) => {
        for (const name of ["traceId", "runId", "correlationId"]) {
          const value = `${name} ${door.newId()}`;
          const ids = [door.newId(), door.newId()];
          for (const id of ids) await door.post("/v1/events", eventOf(id, { [name]: value }));
          const query = `${name}=${encodeURIComponent(value)}`;
          const { sessions } = (await door.get(`/v1/sessions?${query}`)).body;
          const found = sessions.map(({ session_id }: { session_id: string }) => session_id);
          expect(found.toSorted()).toEqual(ids);
        }
      },
    },
    {
      says: "`previousHash` is the hash of the previous event: a chain that holds, and one that does not",
      check: async ({ door }) => {
        const id = door.newId();
        const first = (await door.post("/v1/events", eventOf(id))).body;
        const links: string[] = [];
        for (const previousHash of [first.eventHash, first.eventHash, "a1b2c3d4..."]) {
          const answer = await door.post("/v1/events", eventOf(id, { previousHash }));
          expect(answer.status).toBe(202);
          links.push(answer.body.link);
        }
        expect(links).toEqual(["linked", "unequal", "malformed"]);
        const { session } = (await door.get(`/v1/session/${id}`)).body;
        expect(session.sender_links).toEqual({ linked: 1, unequal: 1, malformed: 1 });
      },
    },
    {
      says: "payload: `toolName` and `responseStatus` are kept",
      check: async (seen) => {
        const { payload } = await recordOf(seen, {});
        expect(payload).toMatchObject({
          toolName: "database_query",
          responseStatus: 200,
          status: "ok",
        });
      },
    },
    {
      says: "payload: `argumentsHash` and `endpoint` are taken",
      differs: KEYED,
      check: async (seen) => {
        const { payload } = await recordOf(seen, {});
        expect(payload.argumentsHash).toMatch(DIGEST);
        expect(payload.endpointHash).toMatch(DIGEST);
      },
    },
    {
      says: "category `reasoning`: `summary`, `confidence` and `alternatives` are one step",
      differs: KEYED,
      check: async (seen) => {
        const id = seen.door.newId();
        for (const summary of ["first zq7canary", "second", "third", "fourth"]) {
          const payload = { summary, confidence: 0.4, alternatives: ["wait", "ask"] };
          const event = eventOf(id, { category: "reasoning", payload });
          const answer = await seen.door.post("/v1/events", event);
          expect(answer.body.droppedFields).toBe(0);
        }
        const { session, steps } = (await seen.door.get(`/v1/session/${id}`)).body;
        expect(session).toMatchObject({ steps: 4, regime: "REASONING_LOOP" });
        expect(JSON.stringify(steps)).not.toContain("zq7canary");
      },
    },
    {
      says: "the same `eventId` again: 202 with the first `receivedAt`, and no second event",
      check: async ({ door }) => {
        const id = door.newId();
        const event = eventOf(id);
        const first = await door.post("/v1/events", event);
        const again = await door.post("/v1/events", event);
        expect(again.status).toBe(202);
        expect(again.body.receivedAt).toBe(first.body.receivedAt);
        expect((await door.get(`/v1/session/${id}`)).body.session.steps).toBe(1);
      },
    },
    {
      says: "a top-level field that nobody knows is refused",
      check: async ({ door }) => {
        const answer = await door.post("/v1/events", eventOf(door.newId(), { prompt: "x" }));
        expect(answer.status).toBe(400);
        expect(answer.body.error.details[0].path).toEqual(["prompt"]);
      },
    },
  ],
};
