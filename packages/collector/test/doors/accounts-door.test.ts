import { afterAll, beforeAll, expect, test } from "vitest";
import { type Client, startClient } from "../client.ts";

let client: Client;

beforeAll(async () => {
  client = await startClient();
});
afterAll(() => client.stop());

test("registering gives a key that works; the same address again must prove itself", async () => {
  const body = { email: "you@company.com", company: "Your Company" };
  const first = await client.post("/v1/register", body, {});
  expect(first.body.api_key).toMatch(/^caum_live_/);
  expect((await client.post("/v1/register", body, {})).status).toBe(409);
  const proved = { authorization: `Bearer ${first.body.api_key}` };
  const second = await client.post("/v1/register", { ...body, email: "YOU@company.com" }, proved);
  expect(second.body.account_id).toBe(first.body.account_id);
  expect((await client.get("/v1/sessions", proved)).body.sessions).toEqual([]);
});

test("keys have scopes, are shown once, and stop working when revoked", async () => {
  const made = await client.post("/v1/keys", { scopes: ["read"] }, client.admin);
  const readOnly = { authorization: `Bearer ${made.body.api_key}` };
  expect((await client.get("/v1/sessions", readOnly)).status).toBe(200);
  expect(
    (await client.post("/v1/step", { session_id: "s", step: 1, tool: "t" }, readOnly)).status,
  ).toBe(403);
  expect((await client.post("/v1/keys", {}, readOnly)).status).toBe(403);
  const listed = await client.get("/v1/keys", client.admin);
  expect(listed.text).not.toContain(made.body.api_key);
  const path = `/v1/keys/${made.body.key_id}`;
  expect((await client.request("DELETE", path, { headers: client.admin })).status).toBe(200);
  expect((await client.get("/v1/sessions", readOnly)).status).toBe(401);
});
