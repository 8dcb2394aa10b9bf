import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
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

test("a key has a label, and says when it was used last", async () => {
  const label = "build server <b>\u{1F3D7}</b>";
  const made = await client.post("/v1/keys", { label }, client.admin);
  expect(made.body).toMatchObject({ label, expires_at: null, last_used_at: null });
  const rowOf = async () => {
    const { body } = await client.get("/v1/keys", client.admin);
    return body.keys.find(({ key_id }: { key_id: string }) => key_id === made.body.key_id);
  };
  expect(await rowOf()).toMatchObject({ label, last_used_at: null });
  const before = Date.now();
  await client.get("/v1/sessions", { authorization: `Bearer ${made.body.api_key}` });
  const { last_used_at: usedAt } = await rowOf();
  expect(Date.parse(usedAt)).toBeGreaterThanOrEqual(before);
  for (const bad of ["", "a\nb", "x".repeat(256), 7]) {
    expect((await client.post("/v1/keys", { label: bad }, client.admin)).status).toBe(400);
  }
});

test("a key says who made it, also to whoever signed in by one", async () => {
  const makerOf = async (id: string) => {
    const { body } = await client.get("/v1/keys", client.admin);
    return body.keys.find(({ key_id }: { key_id: string }) => key_id === id)?.made_by;
  };
  const { keys } = (await client.get("/v1/keys", client.admin)).body;
  const admin = keys.find(({ label }: { label: string }) => label === "first admin key");
  expect(admin.made_by).toEqual({ kind: "first_start", id: null, label: null });
  const byAdmin = { kind: "key", id: admin.key_id, label: "first admin key" };
  const made = await client.post("/v1/keys", {}, client.admin);
  expect(made.body.made_by).toEqual(byAdmin);
  const own = { origin: client.collector.url, "sec-fetch-site": "same-origin" };
  const signIn = { api_key: client.collector.adminKey };
  const signedIn = await client.post("/dashboard-api/sign-in", signIn, own);
  const cookie = signedIn.headers.get("set-cookie")?.split(";")[0] ?? "";
  const inBrowser = await client.post("/v1/keys", {}, { ...own, cookie });
  expect(await makerOf(inBrowser.body.key_id)).toEqual(byAdmin);
  const { body: account } = await client.post("/v1/register", { email: "maker@example.com" });
  const theirs = { authorization: `Bearer ${account.api_key}` };
  await client.post("/v1/register", { email: "maker@example.com" }, theirs);
  const registered = (await client.get("/v1/keys", theirs)).body.keys;
  expect(registered.map(({ made_by: { kind } }: { made_by: { kind: string } }) => kind)).toEqual([
    "registration",
    "key",
  ]);
});

test("an expired key is refused in words of its own, and signs no browser in", async () => {
  let nowMs = Date.parse("2026-01-01T00:00:00Z");
  const later = await startClient({ clock: () => nowMs });
  const expiresAt = new Date(nowMs + 60_000).toISOString();
  const made = await later.post("/v1/keys", { expires_at: expiresAt }, later.admin);
  expect(made.body).toMatchObject({ expires_at: expiresAt });
  const headers = { authorization: `Bearer ${made.body.api_key}` };
  expect((await later.get("/v1/sessions", headers)).status).toBe(200);
  nowMs += 60_000;
  const refused = await later.get("/v1/sessions", headers);
  expect(refused.status).toBe(401);
  expect(refused.body.error.message).toBe("this key has expired: use another one");
  const origin = { origin: later.collector.url, "sec-fetch-site": "same-origin" };
  const signIn = { api_key: made.body.api_key };
  expect((await later.post("/dashboard-api/sign-in", signIn, origin)).status).toBe(401);
  for (const bad of [new Date(nowMs).toISOString(), "tomorrow", 7]) {
    expect((await later.post("/v1/keys", { expires_at: bad }, later.admin)).status).toBe(400);
  }
  await later.stop();
});

test("a use outlives the collector that noted it", async () => {
  const folder = mkdtempSync(join(tmpdir(), "caum-key-uses-"));
  const first = await startClient({ data: folder });
  await first.get("/v1/sessions");
  await first.stop();
  const second = await startClient({ data: folder });
  const { keys } = (await second.get("/v1/keys", second.admin)).body;
  const used = keys.find(({ label }: { label: string }) => label === "first API key");
  expect(used.last_used_at).toMatch(/^20/);
  await second.stop();
  rmSync(folder, { recursive: true, force: true });
});
