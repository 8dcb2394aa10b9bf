import { afterAll, beforeAll, expect, test } from "vitest";
import { type Client, startClient } from "../client.ts";
import { openEvents } from "./event-source.ts";

let client: Client;
let now = Date.parse("2026-01-01T00:00:00Z");
beforeAll(async () => {
  client = await startClient({ clock: () => now });
});
afterAll(() => client.stop());

/** What a browser sends along from a page of this collector. */
const own = () => ({ origin: client.collector.url, "sec-fetch-site": "same-origin" });

async function signIn(body: unknown = { api_key: client.collector.apiKey }) {
  return client.post("/dashboard-api/sign-in", body, own());
}

async function cookie(): Promise<Record<string, string>> {
  const signedIn = await signIn();
  return { cookie: signedIn.headers.get("set-cookie")?.split(";")[0] ?? "" };
}

const step = (session: string, number: number, more: object = {}) =>
  client.post("/v1/step", { session_id: session, step: number, tool: `tool-${number}`, ...more });

test("every address of the page answers the same document under a strict policy", async () => {
  for (const path of [
    "/",
    "/dashboard/x",
    "/live/sessions/x",
    "/onboarding",
    "/alerts",
    "/settings",
  ]) {
    const { headers, text } = await client.get(path, {});
    const policy = headers.get("content-security-policy") ?? "";
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toContain("unsafe");
    expect(headers.get("x-content-type-options")).toBe("nosniff");
    expect(headers.get("referrer-policy")).toBe("no-referrer");
    expect(headers.get("cache-control")).toBe("no-store");
    expect(text).toContain("<!doctype html>");
  }
  expect((await client.get("/assets/..%2findex.html", {})).status).toBe(404);
});

test("a key signs a browser in by a cookie that no script and no other site can use", async () => {
  const signedIn = await signIn();
  expect(signedIn.status).toBe(200);
  expect(signedIn.body).toMatchObject({ url: client.collector.url, plan: "self_hosted" });
  const set = signedIn.headers.get("set-cookie");
  expect(set).toMatch(/^caum_[0-9a-f]{8}=caum_browser_\S+; Path=\/; HttpOnly; SameSite=Strict/);
  expect(set).not.toContain("Secure");
  const headers = await cookie();
  expect((await client.get("/dashboard-api/me", headers)).status).toBe(200);
  for (const path of ["/v1/sessions", "/v1/usage", "/v1/alerts"]) {
    expect((await client.get(path, headers)).status).toBe(200);
    expect((await client.get(path, {})).status).toBe(401);
  }
});

test("behind https the cookie never travels without, and no other host can plant one", async () => {
  const secured = await startClient({ publicUrl: "https://caum.example" });
  const { collector } = secured;
  const headers = { origin: collector.url, "sec-fetch-site": "same-origin" };
  const answer = await secured.post(
    "/dashboard-api/sign-in",
    { api_key: collector.apiKey },
    headers,
  );
  expect(answer.headers.get("set-cookie")).toMatch(/^__Host-caum_.*; Secure$/);
  await secured.stop();
});

test("a wrong key signs nobody in", async () => {
  for (const api_key of ["", "caum_live_x", client.collector.apiKey.replace(/.$/, "!")]) {
    const refused = await signIn({ api_key });
    expect(refused.status).toBe(401);
    expect(refused.headers.get("set-cookie")).toBeNull();
  }
  expect((await signIn({ other: "field" })).status).toBe(400);
});

test("a link signs one browser in, once, within a minute", async () => {
  const link = async () =>
    new URL(await client.collector.newSignInLink()).hash.slice("#link=".length);
  const first = await link();
  const both = await Promise.all([signIn({ link: first }), signIn({ link: first })]);
  expect(both.map(({ status }) => status).sort()).toEqual([200, 401]);
  const late = await link();
  now += 60_001;
  expect((await signIn({ link: late })).status).toBe(401);
});

test("a cookie ends with signing out, and with its week", async () => {
  const headers = await cookie();
  const out = await client.post("/dashboard-api/sign-out", {}, { ...headers, ...own() });
  expect(out.status).toBe(204);
  expect(out.headers.get("set-cookie")).toContain("Max-Age=0");
  expect((await client.get("/dashboard-api/me", headers)).status).toBe(401);
  const week = await cookie();
  now += 7 * 24 * 3_600_000;
  expect((await client.get("/dashboard-api/me", week)).status).toBe(401);
});

test("a revoked key takes the browsers with it that it signed in", async () => {
  const made = await client.post("/v1/keys", {}, client.admin);
  const { api_key, key_id } = made.body;
  const signedIn = await signIn({ api_key });
  const headers = { cookie: signedIn.headers.get("set-cookie")?.split(";")[0] ?? "" };
  expect((await client.get("/dashboard-api/me", headers)).status).toBe(200);
  await client.request("DELETE", `/v1/keys/${key_id}`, { headers: client.admin });
  expect((await client.get("/dashboard-api/me", headers)).status).toBe(401);
});

test("another site's page changes nothing with the cookie", async () => {
  const headers = await cookie();
  const attacks = [
    { origin: "https://evil.example", "sec-fetch-site": "cross-site" },
    { origin: "https://evil.example" },
    { origin: "null" },
    { origin: client.collector.url, "sec-fetch-site": "same-site" },
    {},
  ];
  for (const attack of attacks) {
    const posted = await client.post(
      "/v1/step",
      { session_id: "s", step: 1 },
      { ...headers, ...attack },
    );
    expect(posted.status).toBe(403);
    const signedIn = await client.post(
      "/dashboard-api/sign-in",
      { api_key: client.collector.apiKey },
      attack,
    );
    expect(signedIn.status).toBe(403);
  }
  const posted = { session_id: "from-page", step: 1, tool: "t" };
  expect((await client.post("/v1/step", posted, { ...headers, ...own() })).status).toBe(200);
});

test("a cookie cannot do what its key could not", async () => {
  const headers = { ...(await cookie()), ...own() };
  const answer = await client.request("DELETE", "/v1/session/from-page", { headers });
  expect(answer.status).toBe(403);
});

test("the ledger lists, searches and pages, with the last values of UDS", async () => {
  const headers = await cookie();
  for (let index = 0; index < 5; index++) {
    now += 10;
    await step(`ledger-${index}`, 1, { agent_name: index % 2 ? "odd" : "even" });
  }
  const first = await client.get("/dashboard-api/sessions?limit=2&q=ledger-", headers);
  const ids = (body: { sessions: { session_id: string }[] }) =>
    body.sessions.map(({ session_id }) => session_id);
  expect(ids(first.body)).toEqual(["ledger-4", "ledger-3"]);
  expect(first.body.sessions[0].uds_recent).toEqual([first.body.sessions[0].uds]);
  const cursor = first.body.next_cursor;
  const next = await client.get(
    `/dashboard-api/sessions?limit=2&q=ledger-&cursor=${cursor}`,
    headers,
  );
  expect(ids(next.body)).toEqual(["ledger-2", "ledger-1"]);
  const odd = await client.get("/dashboard-api/sessions?agent=odd", headers);
  expect(ids(odd.body)).toEqual(["ledger-3", "ledger-1"]);
  const since = await client.get(`/dashboard-api/sessions?since=${now}`, headers);
  expect(ids(since.body)).toEqual(["ledger-4"]);
  expect((await client.get("/dashboard-api/sessions?limit=1000", headers)).status).toBe(400);
});

test("the ledger is ordered by a figure, and says among how many", async () => {
  const headers = await cookie();
  for (const [agent_id, steps, failures] of [
    ["sorted-a", 2, 0],
    ["sorted-b", 5, 3],
    ["sorted-c", 3, 1],
  ] as const) {
    now += 10;
    const { body } = await client.post("/v2/live/start", { agent_id });
    const events = Array.from({ length: steps }, (_, at) => ({
      event: "tool_call",
      tool: "t",
      status: at < failures ? "error" : "ok",
      input_id: `asked_${at}`,
    }));
    const { session_token } = body;
    const { session_id } = body.session;
    const sent = await client.post("/v2/live/batch", { session_id, session_token, events });
    expect(sent.status, sent.text).toBe(200);
  }
  const listed = async (query: string) => {
    const path = `/dashboard-api/sessions?q=sorted-&${query}`;
    const { body } = await client.get(path, headers);
    return {
      ...body,
      ids: body.sessions.map(({ agent_name }: { agent_name: string }) => agent_name.slice(-1)),
    };
  };
  expect(await listed("sort=steps")).toMatchObject({
    ids: ["b", "c", "a"],
    next_cursor: null,
    sorted: { looked: 3, whole: true, newest_ms: now },
  });
  expect((await listed("sort=steps&order=up")).ids).toEqual(["a", "c", "b"]);
  const failed = await listed("sort=failures");
  expect(failed.ids).toEqual(["b", "c", "a"]);
  expect(failed.sessions[0].failed_calls).toBe(3);
  expect((await listed("sort=last&order=up")).ids).toEqual(["a", "b", "c"]);
  expect((await listed("limit=1")).sorted).toBeUndefined();
  for (const query of ["sort=moon", "sort=steps&order=sideways"]) {
    expect((await client.get(`/dashboard-api/sessions?${query}`, headers)).status).toBe(400);
  }
});

test("steps come in pages as flat rows with what was found at each", async () => {
  const headers = await cookie();
  for (let index = 1; index <= 12; index++) {
    await step("looping", index, { tool: "bash", state_hash: "same-state-hash" });
  }
  const session = await client.get("/dashboard-api/session/looping", headers);
  expect(session.body).toMatchObject({
    session_id: "looping",
    tree_size: 13,
    regime: "LOOP",
    pattern: { period: 1 },
    advice: "break_loop",
  });
  const page = await client.get("/dashboard-api/session/looping/steps?from=1&limit=10", headers);
  expect(page.body.steps).toHaveLength(10);
  expect(page.body.next).toBe(11);
  expect(page.body.steps[0]).toMatchObject({
    index: 1,
    step: 1,
    name: "bash",
    category: "tool_api",
  });
  const open = await client.get("/dashboard-api/session/looping/steps?limit=1", headers);
  expect(open.body.steps[0]).toMatchObject({ kind: "open", run: { layer: "door", view: "full" } });
  const last = await client.get("/dashboard-api/session/looping/steps?from=11&limit=10", headers);
  expect(last.body.steps.at(-1)).toMatchObject({ event_type: "structural_loop_continues" });
  expect(last.body.steps.at(-1).leaf).toBe(session.body.chain_head);
  expect(last.body.next).toBeNull();
});

test("another tenant's session is not there", async () => {
  const other = await client.post("/v1/register", { email: "other@example.com" }, {});
  const signedIn = await signIn({ api_key: other.body.api_key });
  const headers = { cookie: signedIn.headers.get("set-cookie")?.split(";")[0] ?? "" };
  for (const path of ["", "/steps", "/stream"]) {
    expect((await client.get(`/dashboard-api/session/looping${path}`, headers)).status).toBe(404);
  }
  expect((await client.get("/dashboard-api/sessions", headers)).body.sessions).toEqual([]);
});

test("hostile names come as data", async () => {
  const headers = await cookie();
  const tool = `<img src=x onerror="alert(1)">`;
  await step("hostile", 1, { tool });
  const answer = await client.get("/dashboard-api/session/hostile/steps", headers);
  expect(answer.headers.get("content-type")).toContain("application/json");
  // A name that is no plain label is kept as a tag of it.
  expect(answer.body.steps.at(-1).name).toMatch(/^x-[0-9a-f]{8}$/);
});

test("the ledger's stream tells of new and changed sessions, and goes on where a page left off", async () => {
  const headers = await cookie();
  const stream = `${client.collector.url}/dashboard-api/sessions/stream`;
  const events = await openEvents(stream, headers);
  expect(events.headers.get("content-type")).toContain("text/event-stream");
  now += 10;
  await step("live-1", 1);
  const [row] = await events.until(({ data }) => data.session_id === "live-1");
  expect(row).toMatchObject({ type: "session", data: { steps: 1 } });
  events.close();
  now += 10;
  await step("live-2", 1);
  const again = await openEvents(stream, { ...headers, "last-event-id": String(row?.id) });
  const missed = await again.until(({ data }) => data.session_id === "live-2");
  expect(missed.length).toBeGreaterThan(0);
  again.close();
});

test("a session's stream gives each step once, in order, also across a break", async () => {
  const headers = await cookie();
  await step("followed", 1);
  const stream = `${client.collector.url}/dashboard-api/session/followed/stream`;
  const events = await openEvents(`${stream}?after=1`, headers);
  await step("followed", 2);
  await step("followed", 3);
  const seen = await events.until(({ id, type }) => type === "step" && id === 3);
  const steps = (of: typeof seen) => of.filter(({ type }) => type === "step").map(({ id }) => id);
  expect(steps(seen)).toEqual([2, 3]);
  await events.until(({ type, data }) => type === "session" && data.tree_size === 4);
  events.close();
  await step("followed", 4);
  const again = await openEvents(`${stream}?after=1`, { ...headers, "last-event-id": "3" });
  expect(steps(await again.until(({ id, type }) => type === "step" && id === 4))).toEqual([4]);
  again.close();
});

test("streams do not hold up a collector that stops", async () => {
  const short = await startClient();
  const events = await openEvents(
    `${short.collector.url}/dashboard-api/sessions/stream`,
    short.key,
  );
  const startedAt = performance.now();
  await short.stop();
  await events.ended;
  expect(performance.now() - startedAt).toBeLessThan(5_000);
});

test("the smoke test and the validation agents run as whoever signed in", async () => {
  const headers = { ...(await cookie()), ...own() };
  const smoke = await client.post("/dashboard-api/smoke-test", {}, headers);
  expect(smoke.body).toMatchObject({ passed: true });
  expect(smoke.body.steps.at(-1)).toMatchObject({ live_alert: true, regime: "LOOP" });
  const session = await client.get(`/dashboard-api/session/${smoke.body.session_id}`, headers);
  expect(session.status).toBe(200);
  const { body } = await client.get("/dashboard-api/validation", headers);
  expect(body.agents).toHaveLength(5);
  for (const { name } of body.agents) {
    const result = await client.post(`/dashboard-api/validation/${name}`, {}, headers);
    expect(result.body.checks.filter(({ holds }: { holds: boolean }) => !holds)).toEqual([]);
    expect(result.body).toMatchObject({ name, passed: true });
  }
  expect((await client.post("/dashboard-api/validation/none", {}, headers)).status).toBe(404);
});
