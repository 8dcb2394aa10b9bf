import { afterAll, beforeAll, expect, test } from "vitest";
import { type Client, startClient } from "../client.ts";

const PAGE = "https://app.example";

let client: Client;
beforeAll(async () => {
  client = await startClient({ allowOrigins: [PAGE] });
});
afterAll(() => client.stop());

test("a path that takes other methods says which", async () => {
  const answer = await client.request("PUT", "/v1/session/s/end");
  expect(answer.status).toBe(405);
  expect(answer.headers.get("allow")).toBe("POST");
  expect(answer.body.error.code).toBe("METHOD_NOT_ALLOWED");
  expect((await client.request("GET", "/v1/step?explain=1")).status).toBe(405);
  expect((await client.request("GET", "/v1/nothing")).status).toBe(404);
});

test("pages of a named origin may call, and those of others may not", async () => {
  const asks = (origin: string) =>
    client.request("OPTIONS", "/v1/step", {
      headers: { origin, "access-control-request-method": "POST" },
    });
  const allowed = await asks(PAGE);
  expect(allowed.status).toBe(204);
  expect(allowed.headers.get("access-control-allow-origin")).toBe(PAGE);
  expect(allowed.headers.get("access-control-allow-methods")).toBe("POST");
  expect(allowed.headers.get("access-control-allow-headers")).toContain("authorization");
  const step = { session_id: "s", step: 1, tool: "bash" };
  const posted = await client.post("/v1/step", step, { ...client.key, origin: PAGE });
  expect(posted.headers.get("access-control-allow-origin")).toBe(PAGE);
  const refused = await asks("https://other.example");
  expect(refused.status).toBe(405);
  expect(refused.headers.get("access-control-allow-origin")).toBeNull();
});

test("no origin may call where none is named, and what is no origin is refused", async () => {
  const closed = await startClient();
  const answer = await closed.get("/v1/usage", { ...closed.key, origin: PAGE });
  expect(answer.headers.get("access-control-allow-origin")).toBeNull();
  await closed.stop();
  for (const origin of ["*", "app.example", "https://app.example/path", "file:///x"]) {
    await expect(startClient({ allowOrigins: [origin] })).rejects.toThrow("is no origin");
  }
});

test("messages tell a wrong value from a missing one, in words of JSON", async () => {
  const step = { session_id: "s", step: 1, tool: "bash" };
  const messageOf = async (body: object) =>
    (await client.post("/v1/step", body)).body.error.details[0].message;
  expect(await messageOf({ ...step, team: 5 })).toBe("must be string");
  expect(await messageOf({ ...step, tokens_used: "many" })).toBe("must be number");
  expect(await messageOf({ ...step, tokens_used: 1.5 })).toBe("must be a whole number");
  expect(await messageOf({ ...step, state_hash: 5 })).toBe("must be string");
  expect(await messageOf({ ...step, state_hash: "abc" })).toBe("must be at least 8 characters");
  expect(await messageOf({ ...step, cost_usd: -1 })).toBe("must be at least 0");
  expect(await messageOf({ session_id: "s", step: 1 })).toBe("is required and must be string");
});
