/** What a role may do, at every door that the collector has. */
import { subscribe, unsubscribe } from "node:diagnostics_channel";
import type { FastifyInstance } from "fastify";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Role } from "../../src/rows/people/member-rows.ts";
import { type Client, startClient } from "../client.ts";

interface Door {
  readonly method: string;
  readonly path: string;
}

const FASTIFY = "fastify.initialization";
/** Everybody may ask for these, so that no role matters. */
const OPEN = [
  "POST /v1/register",
  "POST /v1/stripe/webhook",
  "POST /dashboard-api/sign-in",
  "POST /dashboard-api/sign-out",
];
/** Whoever shows the token of a session may go on with it. */
const BY_TOKEN = ["POST /v2/live/event", "POST /v2/live/batch"];
/** Answers that there is no provider of payments, to whoever may look. */
const NOT_SET_UP = ["POST /v1/checkout"];
/** What only an admin may look at; all other doors that only read are open to viewers. */
const ADMINS_ONLY = ["GET /v1/keys", "GET /v1/members", "GET /v1/retention"];
/** Records come from agents, and agents have keys. */
const RECORDS = [
  "POST /v2/live/start",
  "POST /v1/step",
  "POST /v1/session/:id/end",
  "POST /v1/session/:id/cosign",
  "POST /v1/events",
  "POST /v1/events/batch",
  "POST /v1/runs/:runId/records",
  ...["/v1", "/otel/v1", "/api/public/otel/v1"].flatMap((path) =>
    ["traces", "logs", "metrics"].map((kind) => `POST ${path}/${kind}`),
  ),
  "POST /dashboard-api/smoke-test",
  "POST /dashboard-api/validation/:name",
];
const IDS: Readonly<Record<string, string>> = {
  memberId: `member_${"0".repeat(16)}`,
  keyId: "key_none",
  index: "0",
};

const doors: Door[] = [];
let client: Client;
beforeAll(async () => {
  // Told of every Fastify that is made in this process, before it has any door.
  const learn = (message: unknown) => {
    // This channel says what it tells.
    const { fastify } = message as { readonly fastify: FastifyInstance };
    fastify.addHook("onRoute", ({ method, url }) => {
      for (const name of [method].flat()) doors.push({ method: name, path: url });
    });
  };
  subscribe(FASTIFY, learn);
  client = await startClient();
  unsubscribe(FASTIFY, learn);
});
afterAll(() => client.stop());

const own = () => ({ origin: client.collector.url, "sec-fetch-site": "same-origin" });

async function cookieOf(role: Role): Promise<Record<string, string>> {
  const label = `${role} ${Math.random()}`;
  const invited = await client.post("/v1/invitations", { role, label }, client.admin);
  const invitation = new URL(invited.body.link).hash.slice("#invitation=".length);
  const signedIn = await client.post("/dashboard-api/sign-in", { invitation }, own());
  return { ...own(), cookie: signedIn.headers.get("set-cookie")?.split(";")[0] ?? "" };
}

/** What a door answers; its body is not waited for, because streams have no end. */
async function statusAt({ method, path }: Door, headers: Record<string, string>): Promise<number> {
  const place = path.replace(/:(\w+)/g, (_, name: string) => IDS[name] ?? "none");
  const hasBody = method !== "GET";
  const answer = await fetch(`${client.collector.url}${place}`, {
    method,
    headers: { ...headers, ...(hasBody && { "content-type": "application/json" }) },
    ...(hasBody && { body: "{}" }),
    redirect: "manual",
  });
  await answer.body?.cancel();
  return answer.status;
}

const named = ({ method, path }: Door) => `${method} ${path}`;
/** Signing out is left out with the doors that are open: nobody is signed in behind it. */
const asked = () =>
  doors.filter((door) => !["HEAD", "OPTIONS"].includes(door.method) && !OPEN.includes(named(door)));

async function refusedWith(headers: Record<string, string>, status: number) {
  const refused: string[] = [];
  for (const door of asked())
    if ((await statusAt(door, headers)) === status) refused.push(named(door));
  return refused.toSorted();
}

test("a viewer changes nothing, and looks at everything but what is an admin's", async () => {
  const expected = asked()
    .filter(({ method }) => method !== "GET")
    .map(named)
    .filter((name) => ![...BY_TOKEN, ...NOT_SET_UP].includes(name));
  expect(expected.length).toBeGreaterThan(25);
  const viewer = await cookieOf("viewer");
  expect(await refusedWith(viewer, 403)).toEqual([...expected, ...ADMINS_ONLY].toSorted());
  expect(await refusedWith(viewer, 401)).toEqual([]);
});

test("an admin does everything but record", async () => {
  expect(await refusedWith(await cookieOf("admin"), 403)).toEqual(RECORDS.toSorted());
});

test("a cookie of a role is none for other sites' pages, whatever the door", async () => {
  const { cookie = "" } = await cookieOf("admin");
  for (const door of asked().filter(({ method }) => method !== "GET")) {
    if (BY_TOKEN.includes(named(door))) continue;
    const foreign = { cookie, origin: "https://evil.example", "sec-fetch-site": "cross-site" };
    expect(await statusAt(door, foreign), named(door)).toBe(403);
  }
});
