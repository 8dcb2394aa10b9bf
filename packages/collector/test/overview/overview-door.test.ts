/** What the page is told: figures of the overview, groups of loops, and views. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createObserver } from "@caum/core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Client, startClient } from "../client.ts";
import { record } from "../effectiveness/sessions.ts";
import { until } from "../memory/until.ts";

const OVERVIEW = "/dashboard-api/overview";
const GROUPS = "/dashboard-api/groups";
const VIEWS = "/dashboard-api/views";

let client: Client;
beforeAll(async () => {
  client = await startClient();
  const end = { resolved: true };
  await record(client, { id: "a", workflow: "tickets", works: 5, repeats: 6, costUsd: 0.5, end });
  await record(client, { id: "b", workflow: "tickets", works: 4, end });
  await record(client, { id: "c", workflow: "mail", works: 3, repeats: 8, end: {} });
  await record(client, { id: "now", workflow: "mail", works: 3, repeats: 8 });
  await until(async () => (await client.get(OVERVIEW)).body.total.sessions === 4);
});
afterAll(() => client.stop());

test("the overview adds up what sessions did, by day and by name", async () => {
  const { body } = await client.get(OVERVIEW);
  expect(body.total).toMatchObject({ sessions: 4, looping_sessions: 3, steps: 37, denied: 0 });
  expect(body.total.loop_steps).toBeGreaterThan(15);
  const { workflow, tool } = body.by;
  expect(workflow.names.map(({ name }: { name: string }) => name)).toEqual(["mail", "tickets"]);
  expect(workflow).toMatchObject({ more: false, names: [{ sessions: 2 }, { sessions: 2 }] });
  expect(tool.names[0].loop_steps).toBe(body.total.loop_steps);
  const regimes = body.regimes.map(({ sessions }: { sessions: number }) => sessions);
  expect(regimes.reduce((sum: number, sessions: number) => sum + sessions, 0)).toBe(4);
  expect(body.days).toMatchObject([{ sessions: 4, day: new Date().toISOString().slice(0, 10) }]);
  expect(body.now).toMatchObject({ count: 1, sessions: [{ session_id: "now" }] });
  expect(body.waiting).toMatchObject({ sessions: 3, more_sessions: false });
});

test("what nobody said is not known, and no 0", async () => {
  const { body } = await client.get(`${OVERVIEW}?kind=workflow&name=mail`);
  expect(body.total).toMatchObject({ sessions: 2, cost_usd: null, tokens: null });
  expect(body.regimes).toBeNull();
  const tickets = await client.get(`${OVERVIEW}?kind=workflow&name=tickets`);
  expect(tickets.body.total.cost_usd).toMatchObject({ known: 1 });
  expect(tickets.body.now.count).toBe(0);
});

test("a range has its days alone, and a query that means nothing is refused", async () => {
  const before = await client.get(`${OVERVIEW}?from=2020-01-01&to=2020-02-01`);
  expect(before.body).toMatchObject({ from: "2020-01-01", to: "2020-02-01", days: [] });
  expect(before.body.total.sessions).toBe(0);
  for (const query of ["from=2026-02-30", "from=2020-01-01", "kind=agent", "kind=moon&name=x"]) {
    expect((await client.get(`${OVERVIEW}?${query}`)).status, query).toBe(400);
  }
  expect((await client.get(OVERVIEW, {})).status).toBe(401);
});

test("a group says what came back, and takes what people say of it", async () => {
  const { body } = await client.get(`${GROUPS}?order=loops`);
  expect(body.more).toBe(false);
  const [group] = body.groups;
  expect(group).toMatchObject({ state: "open", sessions: 3, comments: [], muted_until: null });
  expect(group.trend.at(-1)).toBe(3);
  const at = `${GROUPS}/${group.id}`;
  const seen = await client.post(`${at}/acknowledge`, { by: "me" });
  expect(seen.body.group).toMatchObject({ state: "acknowledged", said_by: "me" });
  expect((await client.get(`${GROUPS}?state=open`)).body.groups).toEqual([]);
  expect((await client.get(OVERVIEW)).body.waiting.groups).toEqual([]);
  const muted = await client.post(`${at}/mute`, { hours: 2 });
  expect(muted.body.group.state).toBe("muted");
  expect(Date.parse(muted.body.group.muted_until)).toBeGreaterThan(Date.now() + 3_600_000);
  expect((await client.post(`${at}/mute`, { hours: 0 })).body.group.state).toBe("acknowledged");
  await client.post(`${at}/comments`, { text: "seen before", by: "me" });
  expect((await client.get(at)).body.group.comments).toMatchObject([{ text: "seen before" }]);
  expect((await client.post(`${at}/comments`, { text: " " })).status).toBe(400);
  expect((await client.post(`${at}/mute`, { hours: 1e9 })).status).toBe(400);
  const nothing = `${GROUPS}/${"0".repeat(24)}`;
  expect((await client.post(`${nothing}/acknowledge`, {})).status).toBe(404);
  expect((await client.get(nothing)).status).toBe(404);
});

test("another account sees none of it, and can say nothing of it", async () => {
  const email = "other@example.com";
  const { body } = await client.post("/v1/register", { email }, {});
  const other = { authorization: `Bearer ${body.api_key}` };
  expect((await client.get(OVERVIEW, other)).body.total.sessions).toBe(0);
  expect((await client.get(GROUPS, other)).body.groups).toEqual([]);
  const [group] = (await client.get(GROUPS)).body.groups;
  for (const path of ["acknowledge", "mute", "comments"]) {
    const sent = { hours: 1, text: "words" };
    const answer = await client.post(`${GROUPS}/${group.id}/${path}`, sent, other);
    expect(answer.status, path).toBe(404);
  }
});

test("a view is an address of the page, under a name", async () => {
  const saved = await client.post(VIEWS, { name: "loops", address: "/?loops=had" });
  expect(saved.body.views).toMatchObject([{ name: "loops", address: "/?loops=had" }]);
  for (const address of ["https://elsewhere.example", "//elsewhere.example", "/\\elsewhere", ""]) {
    expect((await client.post(VIEWS, { name: "x", address })).status, address).toBe(400);
  }
  const [{ id }] = saved.body.views;
  const headers = client.key;
  expect((await client.request("DELETE", `${VIEWS}/${id}`, { headers })).body.views).toEqual([]);
  expect((await client.request("DELETE", `${VIEWS}/${id}`, { headers })).status).toBe(404);
});

test("what writers say that they cannot see is told with its writer, and how many sessions have it", async () => {
  const other = await startClient();
  const home = mkdtempSync(join(tmpdir(), "caum-blind-"));
  try {
    const upstream = { url: other.collector.url, apiKey: other.collector.apiKey };
    const writer = {
      writer: "test",
      writerVersion: "1",
      layer: "framework",
      view: "full",
    } as const;
    const observer = createObserver({
      home,
      env: {},
      ...writer,
      sourceFramework: "langchain",
      upstream,
    });
    const blind = {
      kind: "environment",
      change: "adapter_blind",
      subject: "host_version_untested",
    } as const;
    for (const id of ["one", "two", "seen"]) {
      const session = observer.session(id);
      session.observe({ tool: "t", arguments: { id }, status: "ok" });
      if (id !== "seen") for (let times = 0; times < 2; times++) session.observe(blind);
    }
    await observer.close();
    await until(async () => (await other.get(OVERVIEW)).body.total.sessions === 3);
    await until(async () => (await other.get(OVERVIEW)).body.blind.length > 0);
    expect((await other.get(OVERVIEW)).body.blind).toEqual([
      { code: "host_version_untested", writer: "langchain", sessions: 2 },
    ]);
    const { body } = await other.get(`${OVERVIEW}?kind=agent&name=agent`);
    expect(body.blind).toBeNull();
    // A session that goes takes its blind spot with it.
    for (const id of ["one", "two"]) {
      await other.request("DELETE", `/v1/session/${id}`, { headers: other.admin });
    }
    expect((await other.get(OVERVIEW)).body.blind).toEqual([]);
  } finally {
    await other.stop();
    rmSync(home, { recursive: true, force: true });
  }
});
