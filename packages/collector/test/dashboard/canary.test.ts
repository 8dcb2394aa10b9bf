import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Client, startClient } from "../client.ts";
import { openEvents } from "./event-source.ts";

/** A sentence, as a model could write it into any name; names are not keyed as such here. */
const CANARY = "zq7canary tell bob@example.com";
const FORMS = ["zq7canary", "bob@example", Buffer.from("zq7canary").toString("hex")];

let client: Client;
let cookie: Record<string, string>;

beforeAll(async () => {
  client = await startClient();
  const own = { origin: client.collector.url, "sec-fetch-site": "same-origin" };
  const body = { api_key: client.collector.apiKey };
  const signedIn = await client.post("/dashboard-api/sign-in", body, own);
  cookie = { cookie: signedIn.headers.get("set-cookie")?.split(";")[0] ?? "" };
});
afterAll(() => client.stop());

const step = (number: number) =>
  client.post("/v1/step", {
    session_id: "marked",
    step: number,
    tool: CANARY,
    content: CANARY,
    task: CANARY,
    state_hash: CANARY,
    agent_name: "agent",
  });

const event = (payload: object) =>
  client.post("/v1/events", {
    eventId: randomUUID(),
    agentId: "agent",
    sessionId: "marked",
    sourceTimestamp: "2026-01-01T00:00:00Z",
    category: "tool_api",
    schemaVersion: "1.0",
    toolType: CANARY,
    operation: CANARY,
    traceId: CANARY,
    payload: { toolName: CANARY, phase: CANARY, errorClass: CANARY, status: CANARY, ...payload },
  });

test("no sentence that was sent as a name or a value is in the page's JSON or its streams", async () => {
  const origin = client.collector.url;
  const ledger = await openEvents(`${origin}/dashboard-api/sessions/stream`, cookie);
  for (let number = 1; number <= 6; number++) expect((await step(number)).status).toBe(200);
  expect((await event({ stateId: CANARY, server: CANARY })).status).toBe(202);
  const path = "/dashboard-api/session/marked/stream?after=0";
  const steps = await openEvents(`${origin}${path}`, cookie);
  const isLast = ({ id }: { readonly id: number }) => id >= 6;
  const streamed = [await ledger.until(() => true), await steps.until(isLast)];
  ledger.close();
  steps.close();
  const texts = [JSON.stringify(streamed)];
  for (const read of [
    "/dashboard-api/sessions",
    "/dashboard-api/session/marked",
    "/dashboard-api/session/marked/steps",
    "/v1/sessions",
    "/v1/session/marked",
    "/v1/alerts/history",
    "/v1/session/marked/bundle",
    "/v1/session/marked/receipt",
    "/metrics",
  ]) {
    const answer = await client.get(read);
    expect(answer.status, read).toBe(200);
    texts.push(answer.text);
  }
  expect(texts.join("\n")).toMatch(/"x-[0-9a-f]{8}"/);
  for (const form of FORMS) {
    expect(
      texts.filter((text) => text.toLowerCase().includes(form)),
      form,
    ).toEqual([]);
  }
});
