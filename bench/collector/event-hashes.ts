/**
 * What the hashes of senders' own chains cost the events door, beside the rest of what it does with an
 * event before it is stored; `node --conditions=@caum/source bench/collector/event-hashes.ts`.
 */
import { randomUUID } from "node:crypto";
import type { eventRequest } from "@caum/core/protocol";
import type { z } from "zod";
import { EventHashes } from "../../packages/collector/src/doors/events/event-hashes.ts";
import { foreignIntake } from "../../packages/collector/src/doors/events/foreign-intake.ts";
import { DigestKeys } from "../../packages/collector/src/tenants/digest-keys.ts";

const EVENTS = 20_000;
const SESSIONS = 200;
const ROUNDS = 9;

const OWNER = { tenant: 1, ulid: "u", kind: "account", plan: "p", trialEndsMs: undefined } as const;

function eventOf(at: number, previousHash?: string): z.output<typeof eventRequest> {
  return {
    eventId: randomUUID(),
    agentId: "support-bot",
    sessionId: `session-${at % SESSIONS}`,
    sourceTimestamp: "2025-01-15T10:30:00Z",
    category: "tool_api",
    schemaVersion: "1.0",
    payload: {
      toolName: "database_query",
      argumentsHash: "a1b2c3d4",
      responseStatus: 200,
      endpoint: "/api/customers",
    },
    toolType: "database",
    targetSystem: "crm",
    operation: "read",
    ...(previousHash !== undefined && { previousHash }),
  };
}

function posted(previousHash?: string) {
  return Array.from({ length: EVENTS }, (_, at) => {
    const event = eventOf(at, previousHash);
    return { event, value: event, body: JSON.stringify(event) };
  });
}

const plain = posted();
const linked = posted("a".repeat(64));

/** Microseconds an event. */
function measure(set: ReturnType<typeof posted>, isNoted: boolean): number {
  const hashes = new EventHashes();
  const digestKeys = new DigestKeys({
    id: "bench",
    origin: "ephemeral",
    sessionKey: () => new Uint8Array(32),
  });
  const parts = { hashes, digestKeys, policy: { hashNames: false }, clock: () => 1 };
  const startMs = performance.now();
  for (const each of set) {
    const { place, hashed } = foreignIntake(each, OWNER, parts);
    // What is not noted is hashed again with every event.
    if (isNoted) hashes.noteStored(place, hashed.chain.previous !== undefined);
  }
  return ((performance.now() - startMs) / EVENTS) * 1_000;
}

const WAYS = {
  "no event is linked": () => measure(plain, true),
  "no event is linked, and all are hashed": () => measure(plain, false),
  "all are linked": () => measure(linked, true),
};

const found = Object.values(WAYS).map((): number[] => []);
for (let round = 0; round < ROUNDS; round++) {
  for (const [at, way] of Object.values(WAYS).entries()) found[at]?.push(way());
}
for (const [at, name] of Object.keys(WAYS).entries()) {
  const middle = found[at]?.toSorted((a, b) => a - b)[Math.floor(ROUNDS / 2)] ?? Number.NaN;
  console.log(`${name}: ${middle.toFixed(1)} µs an event`);
}
