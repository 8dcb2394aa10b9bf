import { randomUUID } from "node:crypto";
import * as fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Client, startClient } from "./client.ts";

let client: Client;

beforeAll(async () => {
  client = await startClient();
});
afterAll(() => client.stop());

interface Tenant {
  readonly name: string;
  readonly key: Record<string, string>;
}

async function newTenant(name: string): Promise<Tenant> {
  const email = `${name}-${randomUUID()}@example.com`;
  const { body } = await client.post("/v1/register", { email }, {});
  return { name, key: { authorization: `Bearer ${body.api_key}` } };
}

const READS = [
  "/v1/session/ID",
  "/v1/session/ID/bundle",
  "/v1/session/ID/receipt",
  "/v1/session/ID/proof/0",
  "/v1/session/ID/consistency?from=1",
  "/v2/live/session/ID",
  "/v1/session/ID/similar",
  "/dashboard-api/compare?a=ID&b.since=1d",
] as const;
const LISTS = [
  "/v1/sessions?limit=100",
  "/v1/sessions?limit=100&traceId=shared",
  "/v1/sessions?runId=shared&correlationId=shared",
  "/v2/live/customer/sessions?limit=100",
  "/v1/profiles?limit=500",
  "/v1/recurring?min_sessions=1",
  "/v1/workflows/shared/exposure",
  "/v1/workflows/shared/outcome",
  "/v1/workflows?kind=agent",
  "/dashboard-api/overview",
  "/dashboard-api/overview?kind=workflow&name=shared",
  "/dashboard-api/groups",
  "/dashboard-api/views",
  "/v1/members",
  "/v1/keys",
  "/v1/alerts",
  "/v1/alerts/history",
  "/v1/usage",
  "/v1/retention",
  "/dashboard-api/me",
  "/dashboard-api/compare?a.workflow=shared&b.since=1d",
] as const;

/** Ids that both tenants use. */
const SHARED = { traceId: "shared", runId: "shared", correlationId: "shared" };

test("on a random walk over all doors no tenant ever sees an id of the other", async () => {
  const step = fc.record({
    actor: fc.integer({ min: 0, max: 1 }),
    door: fc.constantFrom(
      ...["step", "event", "end", "delete", "list", "read", "view"],
      ...["invite", "role", "link", "remove"],
      ...["key", "revoke", "rule", "test", "unrule"],
    ),
    session: fc.integer({ min: 0, max: 3 }),
    path: fc.nat({ max: READS.length - 1 }),
    foreign: fc.boolean(),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 10, maxLength: 25 }), async (steps) => {
      const tenants = [await newTenant("first"), await newTenant("second")] as const;
      const members: [string[], string[]] = [[], []];
      const keys: [string[], string[]] = [[], []];
      const rules: [string[], string[]] = [[], []];
      const idOf = (owner: number, at: number) => `${tenants[owner]?.name}-session-${at}`;
      let number = 0;
      for (const { actor, door, session, path, foreign } of steps) {
        const tenant = tenants[actor];
        if (!tenant) continue;
        const own = idOf(actor, session);
        const other = idOf(1 - actor, session);
        const target = foreign ? other : own;
        const { key } = tenant;
        let text = "";
        if (door === "step") {
          const body = { session_id: own, step: ++number, tool: "t", workflow: "shared" };
          text = (await client.post("/v1/step", body, key)).text;
        } else if (door === "event") {
          const body = {
            eventId: randomUUID(),
            agentId: tenant.name,
            sessionId: own,
            sourceTimestamp: "2026-01-01T00:00:00Z",
            category: "identity",
            schemaVersion: "1.0",
            payload: {},
            ...(number++ % 2 === 0 && SHARED),
          };
          text = (await client.post("/v1/events", body, key)).text;
        } else if (door === "view") {
          const view = { name: `${tenant.name}-session-view`, address: `/dashboard/${own}` };
          text = (await client.post("/dashboard-api/views", view, key)).text;
        } else if (door === "invite") {
          const invitation = { label: `${tenant.name}-session-${++number}`, role: "viewer" };
          const invited = await client.post("/v1/invitations", invitation, key);
          members[actor === 0 ? 0 : 1].push(invited.body.member_id);
          text = invited.text;
        } else if (door === "key") {
          const label = `${tenant.name}-session-${++number}`;
          const made = await client.post("/v1/keys", { label, scopes: ["read"] }, key);
          expect(made.status, made.text).toBe(201);
          keys[actor === 0 ? 0 : 1].push(made.body.key_id);
          text = made.text;
        } else if (door === "rule") {
          const condition = `class=hard_alert and agent=${tenant.name}-session`;
          const rule = { condition, action_type: "webhook", destination: "https://example.com/" };
          const made = await client.post("/v1/alerts", rule, key);
          expect(made.status, made.text).toBe(201);
          rules[actor === 0 ? 0 : 1].push(made.body.alert_id);
          text = made.text;
        } else if (isChange(door)) {
          const owner = foreign ? 1 - actor : actor;
          const ids = { members, keys, rules }[CHANGED[door]];
          const id = ids[owner === 0 ? 0 : 1][session];
          // Nothing is to leave this machine.
          if (id === undefined || (door === "test" && !foreign)) continue;
          const answer = await change(door, id, key);
          if (foreign) expect(answer.status).toBe(404);
          text = answer.text;
        } else if (door === "list") {
          for (const list of LISTS) text += (await client.get(list, key)).text;
        } else {
          const request =
            door === "end"
              ? client.post(`/v1/session/${target}/end`, {}, key)
              : door === "delete"
                ? client.request("DELETE", `/v1/session/${target}`, { headers: key })
                : client.get((READS[path] ?? "").replace("ID", target), key);
          const answer = await request;
          if (foreign) expect(answer.status).toBe(404);
          text = answer.text;
        }
        expect(text).not.toContain(`${tenants[1 - actor]?.name}-session`);
      }
    }),
    { numRuns: 30, seed: 7 },
  );
});

/** Doors that change what has an id, and of what kind that is. */
const CHANGED = {
  role: "members",
  link: "members",
  remove: "members",
  revoke: "keys",
  test: "rules",
  unrule: "rules",
} as const;
type Change = keyof typeof CHANGED;

function isChange(door: string): door is Change {
  return Object.hasOwn(CHANGED, door);
}

function change(door: Change, id: string, key: Tenant["key"]) {
  switch (door) {
    case "link":
      return client.post(`/v1/members/${id}/link`, {}, key);
    case "remove":
      return client.request("DELETE", `/v1/members/${id}`, { headers: key });
    case "revoke":
      return client.request("DELETE", `/v1/keys/${id}`, { headers: key });
    case "test":
      return client.post(`/v1/alerts/${id}/test`, {}, key);
    case "unrule":
      return client.request("DELETE", `/v1/alerts/${id}`, { headers: key });
    case "role": {
      const headers = { ...key, "content-type": "application/json" };
      const body = JSON.stringify({ role: "admin" });
      return client.request("PUT", `/v1/members/${id}`, { headers, body });
    }
  }
}

test("the same session id in two tenants is two sessions", async () => {
  const [first, second] = [await newTenant("a"), await newTenant("b")];
  await client.post("/v1/step", { session_id: "same", step: 1, tool: "x" }, first.key);
  await client.post("/v1/step", { session_id: "same", step: 2, tool: "y" }, first.key);
  await client.post("/v1/step", { session_id: "same", step: 1, tool: "z" }, second.key);
  const sizes = [];
  for (const { key } of [first, second]) {
    sizes.push((await client.get("/v1/session/same", key)).body.tree_size);
  }
  expect(sizes).toEqual([3, 2]);
});

test("equal content has different digests in two tenants and in two sessions", async () => {
  const tenants = [await newTenant("a"), await newTenant("b")];
  const digests = new Set<string>();
  for (const { key } of tenants) {
    for (const session_id of ["one", "two"]) {
      await client.post("/v1/step", { session_id, step: 1, tool: "t", content: "the same" }, key);
      const detail = await client.get(`/v1/session/${session_id}`, key);
      digests.add(detail.body.steps[1].record.payload.resultHash);
    }
  }
  expect(digests.size).toBe(4);
});

test("sessions are found by trace, run or correlation, each tenant's own and each by its name", async () => {
  const [first, second] = [await newTenant("a"), await newTenant("b")];
  const post = (key: Tenant["key"], sessionId: string, ids: object) => {
    const event = {
      eventId: randomUUID(),
      agentId: "agent",
      sessionId,
      sourceTimestamp: "2026-01-01T00:00:00Z",
      category: "identity",
      schemaVersion: "1.0",
      payload: {},
    };
    return client.post("/v1/events", { ...event, ...ids }, key);
  };
  const found = async ({ key }: Tenant, query: string) => {
    const { body } = await client.get(`/v1/sessions?${query}`, key);
    return body.sessions.map(({ session_id }: { session_id: string }) => session_id).toSorted();
  };
  for (const id of ["one", "two", "three"]) await post(first.key, id, { traceId: "t 1/é" });
  await post(first.key, "two", { runId: "r", correlationId: "c" });
  await post(first.key, "three", { correlationId: "c" });
  await post(second.key, "theirs", { traceId: "t 1/é", correlationId: "c" });
  const trace = `traceId=${encodeURIComponent("t 1/é")}`;
  expect(await found(first, trace)).toEqual(["one", "three", "two"]);
  expect(await found(second, trace)).toEqual(["theirs"]);
  expect(await found(first, "correlationId=c")).toEqual(["three", "two"]);
  expect(await found(first, `${trace}&correlationId=c&runId=r`)).toEqual(["two"]);
  expect(await found(first, "runId=c")).toEqual([]);
  expect(await found(first, `${trace}&agent=nobody`)).toEqual([]);
  const pages: string[] = [];
  for (let cursor = ""; cursor !== "null"; ) {
    const { body } = await client.get(`/v1/sessions?${trace}&limit=1${cursor}`, first.key);
    pages.push(...body.sessions.map(({ session_id }: { session_id: string }) => session_id));
    cursor = body.next_cursor === null ? "null" : `&cursor=${body.next_cursor}`;
  }
  expect(pages.toSorted()).toEqual(["one", "three", "two"]);
  const long = await client.get(`/v1/sessions?traceId=${"x".repeat(129)}`, first.key);
  expect(long.status).toBe(400);
});
