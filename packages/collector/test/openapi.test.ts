import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import { type Answer, type Client, startClient } from "./client.ts";

let client: Client;
// The document is read freely here.
// biome-ignore lint/suspicious/noExplicitAny: see above
let document: any;

beforeAll(async () => {
  client = await startClient();
  document = (await client.get("/openapi.json")).body;
});
afterAll(() => client.stop());

/** Holds an answer against the schema that the document gives for it. */
function expectDocumented(method: string, path: string, answer: Answer): void {
  const { responses } = document.paths[path][method];
  const described = responses[answer.status] ?? responses[`${Math.floor(answer.status / 100)}XX`];
  expect(described, `${method} ${path} ${answer.status}`).toBeDefined();
  const schema = described.content["application/json"].schema;
  const root = { ...schema, components: document.components };
  const parsed = z.fromJSONSchema(strict(root)).safeParse(answer.body);
  expect(parsed.error?.issues ?? [], `${method} ${path} ${answer.status}`).toEqual([]);
}

/** Answers hold nothing that is not described. */
// biome-ignore lint/suspicious/noExplicitAny: a JSON schema as it came
function strict(schema: any): any {
  if (Array.isArray(schema)) return schema.map(strict);
  if (typeof schema !== "object" || schema === null) return schema;
  const copy = Object.fromEntries(
    Object.entries(schema).map(([key, value]) => [key, strict(value)]),
  );
  return copy.properties && copy.additionalProperties === undefined
    ? { ...copy, additionalProperties: false }
    : copy;
}

test("the document is OpenAPI 3.1 and names every door", () => {
  expect(document.openapi).toBe("3.1.0");
  for (const path of [
    "/v2/live/start",
    "/v2/live/event",
    "/v2/live/batch",
    "/v2/live/session/{id}",
    "/v2/live/customer/sessions",
    "/v1/register",
    "/v1/step",
    "/v1/sessions",
    "/v1/session/{id}",
    "/v1/session/{id}/end",
    "/v1/events",
    "/v1/events/batch",
    "/v1/runs/{runId}/records",
    "/v1/session/{id}/bundle",
    "/v1/session/{id}/receipt",
    "/v1/session/{id}/proof/{index}",
    "/v1/session/{id}/consistency",
    "/.well-known/caum-verifier-keys",
    "/v1/session/{id}/similar",
    "/v1/recurring",
    "/v1/workflows/{name}/exposure",
    "/v1/workflows/{name}/outcome",
    "/v1/workflows/{name}/baseline",
  ]) {
    expect(Object.keys(document.paths)).toContain(path);
  }
  const event = document.paths["/v1/events"].post.requestBody.content["application/json"].schema;
  expect(event.additionalProperties).toBe(false);
});

test("real answers are what the document says", async () => {
  const started = await client.post("/v2/live/start", { agent_id: "a" }, {});
  expectDocumented("post", "/v2/live/start", started);
  const session = {
    session_id: started.body.session.session_id,
    session_token: started.body.session_token,
  };
  const token = { "x-caum-session-token": session.session_token };
  for (let at = 0; at < 5; at++) {
    const event = { tool: "t", status: "not_found", state_id: "s" };
    expectDocumented(
      "post",
      "/v2/live/event",
      await client.post("/v2/live/event", { ...session, event }, {}),
    );
  }
  const batch = { ...session, events: [{ tool: "a" }, { tool: "b" }] };
  expectDocumented("post", "/v2/live/batch", await client.post("/v2/live/batch", batch, {}));
  const live = `/v2/live/session/${session.session_id}`;
  expectDocumented("get", "/v2/live/session/{id}", await client.get(live, token));
  expectDocumented("get", "/v2/live/health", await client.get("/v2/live/health"));

  for (let step = 1; step <= 5; step++) {
    const body = { session_id: "s", step, tool: "t", state_hash: "12345678" };
    expectDocumented("post", "/v1/step", await client.post("/v1/step", body));
  }
  expectDocumented("post", "/v1/step", await client.post("/v1/step", { step: "one" }));
  expectDocumented("post", "/v1/step", await client.post("/v1/step", {}, {}));
  expectDocumented("get", "/v1/sessions", await client.get("/v1/sessions"));
  expectDocumented("get", "/v1/session/{id}", await client.get("/v1/session/s"));
  expectDocumented(
    "post",
    "/v1/session/{id}/end",
    await client.post("/v1/session/s/end", { resolved: true }),
  );
  expectDocumented(
    "get",
    "/v2/live/customer/sessions",
    await client.get("/v2/live/customer/sessions"),
  );

  const event = {
    eventId: randomUUID(),
    agentId: "a",
    sessionId: "e",
    sourceTimestamp: "2026-01-01T00:00:00+02:00",
    category: "tool_api",
    schemaVersion: "1.0",
    payload: { toolName: "t" },
  };
  expectDocumented("post", "/v1/events", await client.post("/v1/events", event));
  expectDocumented(
    "post",
    "/v1/events",
    await client.post("/v1/events", { ...event, category: "x" }),
  );

  expectDocumented("get", "/v1/session/{id}/receipt", await client.get("/v1/session/s/receipt"));
  expectDocumented(
    "get",
    "/v1/session/{id}/proof/{index}",
    await client.get("/v1/session/s/proof/1"),
  );
  expectDocumented(
    "get",
    "/v1/session/{id}/consistency",
    await client.get("/v1/session/s/consistency?from=2"),
  );
  expectDocumented("get", "/v1/session/{id}/similar", await client.get("/v1/session/s/similar"));
  expectDocumented("get", "/v1/recurring", await client.get("/v1/recurring?min_sessions=1"));
  expectDocumented("get", "/v1/recurring", await client.get("/v1/recurring?since=now"));
  expectDocumented(
    "get",
    "/v1/workflows/{name}/exposure",
    await client.get("/v1/workflows/none/exposure"),
  );
  expectDocumented(
    "post",
    "/v1/workflows/{name}/baseline",
    await client.post("/v1/workflows/none/baseline", { kind: "latest" }),
  );
  const keys = await client.get("/.well-known/caum-verifier-keys", {});
  expectDocumented("get", "/.well-known/caum-verifier-keys", keys);
  expectDocumented(
    "post",
    "/v1/register",
    await client.post("/v1/register", { email: "a@b.c" }, {}),
  );
  expectDocumented("get", "/v1/usage", await client.get("/v1/usage"));
  expectDocumented("get", "/v1/keys", await client.get("/v1/keys", client.admin));
  expectDocumented("post", "/v1/keys", await client.post("/v1/keys", {}, client.admin));
});

test("there is a page for people, and metrics for Prometheus", async () => {
  const page = await client.get("/docs", {});
  expect(page.text).toContain("/v1/step");
  expect(page.text).not.toContain("<script");
  const metrics = await client.get("/metrics", {});
  expect(metrics.text).toMatch(
    /^caum_requests_total\{method="POST",route="\/v1\/step",status="200"\} \d+$/m,
  );
  const forwarded = { "x-forwarded-for": "10.0.0.1" };
  expect((await client.get("/metrics", forwarded)).status).toBe(401);
  expect((await client.get("/readyz", {})).body).toEqual({ status: "ready" });
});

test("alerts answer what is documented", async () => {
  const rule = {
    condition: "steps>0",
    action_type: "webhook",
    destination: "https://your-server.com/caum-alert",
  };
  const made = await client.post("/v1/alerts", [rule]);
  expectDocumented("post", "/v1/alerts", made);
  const { id } = made.body.rules[0];
  expectDocumented("get", "/v1/alerts", await client.get("/v1/alerts"));
  expectDocumented(
    "post",
    "/v1/alerts/{id}/secret",
    await client.post(`/v1/alerts/${id}/secret`, {}),
  );
  expectDocumented("post", "/v1/alerts/{id}/test", await client.post(`/v1/alerts/${id}/test`, {}));
  await client.post("/v1/step", { session_id: "documented-alert", step: 1, tool: "bash" });
  const history = await client.get("/v1/alerts/history");
  expectDocumented("get", "/v1/alerts/history", history);
  expect(history.body.alerts.length).toBeGreaterThan(0);
  const none = await client.post(`/v1/alerts/history/alert_${"0".repeat(32)}/replay`, {});
  expect(none.status).toBe(404);
  const gone = await client.request("DELETE", `/v1/alerts/${id}`, { headers: client.key });
  expectDocumented("delete", "/v1/alerts/{id}", gone);
});

test("members answer what is documented", async () => {
  const person = { label: "Ada", role: "viewer" };
  const invited = await client.post("/v1/invitations", person, client.admin);
  expectDocumented("post", "/v1/invitations", invited);
  const again = await client.post("/v1/invitations", person, client.admin);
  expect(again.status).toBe(409);
  expectDocumented("post", "/v1/invitations", again);
  const place = `/v1/members/${invited.body.member_id}`;
  const described = "/v1/members/{memberId}";
  const link = await client.post(`${place}/link`, {}, client.admin);
  expectDocumented("post", `${described}/link`, link);
  expectDocumented("get", "/v1/members", await client.get("/v1/members", client.admin));
  const put = { headers: { ...client.admin, "content-type": "application/json" } };
  const body = JSON.stringify({ role: "admin" });
  expectDocumented("put", described, await client.request("PUT", place, { ...put, body }));
  const gone = () => client.request("DELETE", place, { headers: client.admin });
  expectDocumented("delete", described, await gone());
  expectDocumented("delete", described, await gone());
});

test("what is not built yet says so", async () => {
  const answer = await client.post("/v1/checkout", {});
  expect(answer.status).toBe(501);
  expect(answer.body.error.code).toBe("billing_not_configured");
  expect((await client.get("/v1/alerts/history", {})).status).toBe(401);
});
