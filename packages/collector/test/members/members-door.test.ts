/** Invitations and members over HTTP, and what attackers try with them. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Client, startClient } from "../client.ts";
import { openEvents } from "../dashboard/event-source.ts";

const DAY_MS = 86_400_000;

let client: Client;
let now = Date.parse("2026-01-01T00:00:00Z");
beforeAll(async () => {
  client = await startClient({ clock: () => now });
});
afterAll(() => client.stop());

const own = () => ({ origin: client.collector.url, "sec-fetch-site": "same-origin" });
const secretOf = (link: string) => new URL(link).hash.slice("#invitation=".length);
const cookieOf = (headers: Headers) => headers.get("set-cookie")?.split(";")[0] ?? "";

let labels = 0;
async function invite(role = "viewer", more: object = {}, headers = client.admin) {
  labels += 1;
  return client.post("/v1/invitations", { role, label: `member ${labels}`, ...more }, headers);
}

async function open(link: string, headers: Record<string, string> = {}) {
  const body = { invitation: secretOf(link) };
  return client.post("/dashboard-api/sign-in", body, { ...own(), ...headers });
}

async function member(role = "viewer") {
  const { body } = await invite(role);
  const opened = await open(body.link);
  return { id: body.member_id as string, cookie: { ...own(), cookie: cookieOf(opened.headers) } };
}

const put = (path: string, body: object, headers: Record<string, string>) =>
  client.request("PUT", path, {
    headers: { ...headers, "content-type": "application/json" },
    body: JSON.stringify(body),
  });
const remove = (id: string, headers = client.admin) =>
  client.request("DELETE", `/v1/members/${id}`, { headers });
const me = (headers: Record<string, string>) => client.get("/dashboard-api/me", headers);

test("an invitation makes a member, who is signed in and in the list", async () => {
  const invited = await invite("viewer", { label: "Ada <ada@example.com>" });
  expect(invited.status).toBe(201);
  expect(invited.body.expires_at).toBe(new Date(now + 7 * DAY_MS).toISOString());
  const { hash, pathname, search } = new URL(invited.body.link);
  expect({ hash, pathname, search }).toMatchObject({ pathname: "/", search: "" });
  expect(hash).toMatch(/^#invitation=caum_invitation_\S+$/);
  const opened = await open(invited.body.link);
  expect(opened.status).toBe(200);
  expect(opened.headers.get("set-cookie")).toMatch(/HttpOnly; SameSite=Strict; Max-Age=2592000/);
  const cookie = { cookie: cookieOf(opened.headers) };
  expect((await me(cookie)).body).toMatchObject({
    scopes: ["read"],
    member: { role: "viewer", label: "Ada <ada@example.com>" },
  });
  expect((await me(client.key)).body).toMatchObject({ scopes: ["ingest", "read"], member: null });
  const { body } = await client.get("/v1/members", client.admin);
  const { member_id: id } = invited.body;
  expect(body.members.find(({ member_id }: { member_id: string }) => member_id === id)).toEqual({
    member_id: id,
    role: "viewer",
    label: "Ada <ada@example.com>",
    created_at: new Date(now).toISOString(),
    joined_at: new Date(now).toISOString(),
    last_seen_at: new Date(now).toISOString(),
    link_expires_at: null,
    has_provider: false,
  });
});

test("a key that a member made says who, as long as they are one", async () => {
  const { body } = await invite("admin", { label: "Grace" });
  const opened = await open(body.link);
  const cookie = { ...own(), cookie: cookieOf(opened.headers) };
  const made = await client.post("/v1/keys", {}, cookie);
  const maker = { kind: "member", id: body.member_id };
  expect(made.body.made_by).toEqual({ ...maker, label: "Grace" });
  await remove(body.member_id);
  const { keys } = (await client.get("/v1/keys", client.admin)).body;
  const kept = keys.find(({ key_id: id }: { key_id: string }) => id === made.body.key_id);
  expect(kept.made_by).toEqual({ ...maker, label: null });
});

test("an invitation is used once, whoever is faster", async () => {
  const { link } = (await invite()).body;
  const both = await Promise.all([open(link), open(link), open(link)]);
  expect(both.map(({ status }) => status).sort()).toEqual([200, 401, 401]);
  expect((await open(link)).status).toBe(401);
  expect(both.find(({ status }) => status === 401)?.headers.get("set-cookie")).toBeNull();
});

test("a link is none of the other kinds of secret, and they are none of it", async () => {
  const { link } = (await invite()).body;
  const secret = secretOf(link);
  const send = (body: object) => client.post("/dashboard-api/sign-in", body, own());
  for (const body of [{ link: secret }, { api_key: secret }]) {
    expect((await send(body)).status).toBe(401);
  }
  const [name] = cookieOf((await send({ api_key: client.collector.apiKey })).headers).split("=");
  expect((await me({ cookie: `${name}=${secret}` })).status).toBe(401);
  expect((await me({ authorization: `Bearer ${secret}` })).status).toBe(401);
  const oneTime = new URL(await client.collector.newSignInLink()).hash.slice("#link=".length);
  for (const invitation of [oneTime, client.collector.apiKey, "", `${secret}x`]) {
    expect((await send({ invitation })).status).toBe(401);
  }
  expect((await send({ invitation: secret, link: secret })).status).toBe(400);
  expect((await open(link)).status).toBe(200);
});

test("the store holds no secret of a link", async () => {
  const { link } = (await invite()).body;
  const { body } = await client.get("/v1/members", client.admin);
  expect(JSON.stringify(body)).not.toContain("caum_invitation_");
  expect(JSON.stringify(body)).not.toContain(secretOf(link).slice(-36));
});

test("signing in gives a new secret, and ends what the browser had before", async () => {
  const first = await member();
  const planted = { cookie: first.cookie.cookie };
  const { link } = (await invite("admin")).body;
  const opened = await open(link, planted);
  expect(cookieOf(opened.headers)).not.toBe(planted.cookie);
  expect((await me(planted)).status).toBe(401);
  expect((await me({ cookie: cookieOf(opened.headers) })).body.member.role).toBe("admin");
});

test("another site's page opens no invitation", async () => {
  const { link } = (await invite()).body;
  for (const attack of [
    { origin: "https://evil.example", "sec-fetch-site": "cross-site" },
    { origin: "null", "sec-fetch-site": "none" },
  ]) {
    expect((await open(link, attack)).status).toBe(403);
  }
  expect((await open(link)).status).toBe(200);
});

test("an admin invites, changes roles and removes; browsers and streams end with it", async () => {
  const admin = await member("admin");
  const viewer = await member("viewer");
  const other = await member("viewer");
  const stream = await openEvents(
    `${client.collector.url}/dashboard-api/sessions/stream`,
    viewer.cookie,
  );
  expect((await invite("viewer", {}, admin.cookie)).status).toBe(201);
  const changed = await put(`/v1/members/${viewer.id}`, { role: "admin" }, admin.cookie);
  expect(changed.body).toEqual({ done: true });
  expect((await me(viewer.cookie)).status).toBe(401);
  await client.post("/v1/step", { session_id: "watched", step: 1, tool: "t" });
  await stream.ended;
  expect((await me(other.cookie)).status).toBe(200);
  expect((await remove(other.id, admin.cookie)).status).toBe(200);
  expect((await me(other.cookie)).status).toBe(401);
  expect((await remove(other.id)).status).toBe(404);
  const renewed = await client.post(`/v1/members/${viewer.id}/link`, {}, admin.cookie);
  const again = await open(renewed.body.link);
  expect((await me({ cookie: cookieOf(again.headers) })).body.member.role).toBe("admin");
  // Also of themselves.
  expect((await put(`/v1/members/${admin.id}`, { role: "viewer" }, admin.cookie)).status).toBe(200);
  expect((await me(admin.cookie)).status).toBe(401);
});

test("a browser of a member ends with its month, and with signing out", async () => {
  const { cookie } = await member();
  const left = await member();
  expect((await client.post("/dashboard-api/sign-out", {}, left.cookie)).status).toBe(204);
  expect((await me(left.cookie)).status).toBe(401);
  now += 30 * DAY_MS - 1;
  expect((await me(cookie)).status).toBe(200);
  now += 1;
  expect((await me(cookie)).status).toBe(401);
});

test("labels that hide what they say, unknown roles and foreign ids are refused", async () => {
  for (const label of ["", "  ", "a\nb", "a\u202eb", "a\u200bb", "a\0b", "x".repeat(101)]) {
    expect((await invite("viewer", { label })).status, JSON.stringify(label)).toBe(400);
  }
  expect((await invite("owner")).status).toBe(400);
  const { id } = await member();
  expect((await put(`/v1/members/${id}`, { role: "owner" }, client.admin)).status).toBe(400);
  for (const path of ["member_x", `member_${"0".repeat(17)}`, "%00"]) {
    expect((await remove(path)).status).toBe(400);
  }
  expect((await client.get("/v1/members", client.key)).status).toBe(403);
  expect((await client.get("/v1/members", {})).status).toBe(401);
  const twice = { label: "The same" };
  expect((await invite("viewer", twice)).status).toBe(201);
  expect((await invite("viewer", twice)).status).toBe(409);
});
