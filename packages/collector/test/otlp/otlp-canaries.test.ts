/** A word in every place of every body, but for the few that say what a span is: none is kept. */
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Client, startClient } from "../client.ts";
import { BODIES } from "./bodies.ts";

let client: Client;
beforeAll(async () => {
  client = await startClient();
});
afterAll(() => client.stop());

/** What says which kind of span it is; the readers look for these words. */
const KINDS = new Set([
  "gen_ai.operation.name",
  "ai.operationId",
  "openinference.span.kind",
  "langfuse.observation.type",
  "langfuse.observation.level",
  "langsmith.span.kind",
  "traceloop.span.kind",
  "genkit:metadata:subtype",
  "genkit:state",
  "event.name",
  "decision",
  "success",
]);
const ROLE = /\.role$/;
/** Fields of the protocol itself, and names of spans that are kinds of a program's own. */
const FIELDS = new Set([
  "traceId",
  "spanId",
  "parentSpanId",
  "startTimeUnixNano",
  "endTimeUnixNano",
]);
const TIMES = new Set(["timeUnixNano", "observedTimeUnixNano", "key", "intValue", "version"]);
const KIND_NAME = /^(?:claude_code\.|call_llm$|exception$|gen_ai\.)/;

let planted = 0;
const canary = () => {
  planted += 1;
  return `canary-${planted} of somebody@example.com`;
};

/** The same body, with a canary wherever somebody's words can stand. */
function withCanaries(value: unknown, key = ""): unknown {
  if (Array.isArray(value)) return value.map((one) => withCanaries(one, key));
  if (typeof value === "string") return keeps(key, value) ? value : canary();
  if (typeof value !== "object" || value === null) return value;
  const named = value as Record<string, unknown>;
  const isKind = typeof named.key === "string" && (KINDS.has(named.key) || ROLE.test(named.key));
  if (isKind) return value;
  return Object.fromEntries(
    Object.entries(named).map(([name, inner]) => [
      name,
      name === "scope" ? inner : withCanaries(inner, name),
    ]),
  );
}

function keeps(key: string, value: string): boolean {
  return FIELDS.has(key) || TIMES.has(key) || (key === "name" && KIND_NAME.test(value));
}

test("no canary is in the folder of the collector, or in what it answers", async () => {
  let told = 0;
  for (const { name, signal, type, bytes } of BODIES) {
    if (type !== "application/json") continue;
    const body = JSON.stringify(withCanaries(JSON.parse(bytes.toString("utf8"))));
    const answer = await client.post(`/v1/${signal}`, body);
    expect(answer.status, name).toBe(200);
    expect(answer.text, name).not.toContain("canary");
  }
  expect(planted).toBeGreaterThan(1_000);
  const listed = await client.get("/v1/sessions?limit=100");
  for (const { session_id: id, events } of listed.body.sessions) {
    told += events;
    const session = await client.get(`/v1/session/${id}`);
    const bundle = await client.get(`/v1/session/${id}/bundle`);
    for (const { text } of [session, bundle]) expect(text).not.toContain("canary");
  }
  expect(listed.text).not.toContain("canary");
  expect(told).toBeGreaterThan(40);
  const metrics = await client.get("/metrics");
  expect(metrics.text).not.toContain("canary");
  for (const file of readdirSync(client.folder, { recursive: true, encoding: "utf8" })) {
    const path = join(client.folder, file);
    if (statSync(path).isFile()) expect(readFileSync(path).includes("canary"), file).toBe(false);
  }
});
