/** What attackers and bad days do to the dashboard's doors. */
import { once } from "node:events";
import { connect } from "node:net";
import Fastify from "fastify";
import { afterAll, afterEach, beforeAll, expect, test, vi } from "vitest";
import { EventStream } from "../../src/dashboard/streams/event-stream.ts";
import { watchLedger } from "../../src/dashboard/streams/ledger-stream.ts";
import { MAX_STREAMS } from "../../src/dashboard/streams/open-streams.ts";
import { sessionViewer } from "../../src/dashboard/streams/session-stream.ts";
import type { SessionView, StoreReader } from "../../src/store/store.ts";
import { type Client, startClient } from "../client.ts";
import { openEvents } from "./event-source.ts";

let client: Client;
beforeAll(async () => {
  client = await startClient();
});
afterAll(() => client.stop());
afterEach(() => {
  vi.useRealTimers();
});

const own = () => ({ origin: client.collector.url, "sec-fetch-site": "same-origin" });

const step = (session: string, number: number) =>
  client.post("/v1/step", { session_id: session, step: number, tool: `tool-${number}` });

async function cookieOf(api_key: string): Promise<Record<string, string>> {
  const signedIn = await client.post("/dashboard-api/sign-in", { api_key }, own());
  return { cookie: signedIn.headers.get("set-cookie")?.split(";")[0] ?? "" };
}

/** Sends bytes that no client library would, and answers the first line that comes back. */
async function statusLine(...lines: readonly string[]): Promise<string> {
  const { port, hostname } = new URL(client.collector.url);
  const socket = connect(Number(port), hostname);
  socket.write(`${lines.join("\r\n")}\r\n\r\n`);
  const [chunk] = await once(socket, "data");
  socket.destroy();
  return String(chunk).split("\r\n")[0] ?? "";
}

test("a session that is deleted between two reads of a stream does not hang the collector", async () => {
  const sent: string[] = [];
  let reads = 0;
  const stream = {
    get isOpen() {
      return reads < 10;
    },
    send: (type: string) => sent.push(type),
    reload: () => sent.push("reload"),
  };
  // The parts of a stream and a view that a viewer looks at.
  const viewer = sessionViewer(0, stream as unknown as EventStream);
  await viewer({
    view: { tree: { size: 3 } } as SessionView,
    records: async () => {
      reads++;
      return [];
    },
    answer: () => Promise.reject(new Error("a session that is gone is not told")),
  });
  expect({ reads, sent }).toEqual({ reads: 1, sent: ["reload"] });
});

test("streams end for whoever lost the key, or signed out", async () => {
  await step("watched", 1);
  const made = await client.post("/v1/keys", {}, client.admin);
  const { api_key, key_id } = made.body;
  const cookie = await cookieOf(api_key);
  const other = await cookieOf(client.collector.apiKey);
  const { url } = client.collector;
  const session = `${url}/dashboard-api/session/watched/stream`;
  const lost = [
    await openEvents(session, { authorization: `Bearer ${api_key}` }),
    await openEvents(session, cookie),
    await openEvents(`${url}/dashboard-api/sessions/stream`, cookie),
  ];
  const signedOut = await openEvents(session, other);
  const kept = await openEvents(session, client.key);
  await client.request("DELETE", `/v1/keys/${key_id}`, { headers: client.admin });
  await client.post("/dashboard-api/sign-out", {}, { ...other, ...own() });
  await step("watched", 2);
  await kept.until(({ type, id }) => type === "step" && id === 2);
  for (const events of [...lost, signedOut]) {
    const seen = await events.until(({ type }) => type === "reload");
    expect(seen.filter(({ data }) => data.step === 2 || data.steps === 2)).toEqual([]);
    await events.ended;
  }
  kept.close();
});

test("a stream whose page left before it began is not kept", async () => {
  const app = Fastify();
  let hasEnded = false;
  app.get("/", async (request, reply) => {
    await once(request.socket, "close");
    new EventStream(reply, () => {
      hasEnded = true;
    });
  });
  const url = new URL(await app.listen({ host: "127.0.0.1", port: 0 }));
  const socket = connect(Number(url.port), url.hostname);
  socket.end(`GET / HTTP/1.1\r\nHost: ${url.host}\r\n\r\n`, () => socket.destroy());
  await expect.poll(() => hasEnded).toBe(true);
  await app.close();
});

test("asking for the head of a stream is answered", async () => {
  const { host } = new URL(client.collector.url);
  for (const path of ["sessions/stream", "session/x/stream"]) {
    const line = await statusLine(
      `HEAD /dashboard-api/${path} HTTP/1.1`,
      `Host: ${host}`,
      `Authorization: ${client.key.authorization}`,
    );
    expect(line).toBe("HTTP/1.1 405 Method Not Allowed");
  }
});

test("files are packed only for whoever takes gzip", async () => {
  const encodingFor = async (accepted: string) =>
    (await client.get("/", { "accept-encoding": accepted })).headers.get("content-encoding");
  for (const accepted of ["gzip", "br, gzip;q=0.5", "GZIP"]) {
    expect(await encodingFor(accepted), accepted).toBe("gzip");
  }
  for (const accepted of ["gzip;q=0", "gzip; q=0.000, identity", "br", "x-gzipped"]) {
    expect(await encodingFor(accepted), accepted).toBeNull();
  }
});

test("the smoke test does not care what the host is called", async () => {
  for (const host of ["::::", "a b", ""]) {
    const line = await statusLine(
      "POST /dashboard-api/smoke-test HTTP/1.1",
      `Host: ${host}`,
      `Authorization: ${client.key.authorization}`,
      "Content-Length: 0",
    );
    expect(line).toBe("HTTP/1.1 200 OK");
  }
});

test("a proxy that renames the host lets its own page sign in", async () => {
  const proxied = { origin: "https://caum.example", "sec-fetch-site": "same-origin" };
  const body = { api_key: client.collector.apiKey };
  expect((await client.post("/dashboard-api/sign-in", body, proxied)).status).toBe(200);
});

test("addresses that cannot be read are refused in our words, without what was sent", async () => {
  for (const path of [
    "/dashboard-api/session/%ED%A0%80secret",
    `/v1/session/${"secret".repeat(600)}`,
  ]) {
    const { status, body, text, headers } = await client.get(path);
    expect(status).toBe(400);
    expect(body.error.code).toBe("VALIDATION_ERROR");
    expect(text).not.toContain("secret");
    expect(headers.get("cache-control")).toBe("no-store");
  }
});

test("the ledger goes on after a clock that ran ahead was set right", async () => {
  const future = Date.parse("2038-01-01T00:00:00Z");
  const rows = [{ key: 1, lastMs: future, tree: { size: 1 } }] as SessionView[];
  const asked: (number | undefined)[] = [];
  const reader = {
    sessions: async (_tenant: number, { sinceMs }: { sinceMs?: number }) => {
      asked.push(sinceMs);
      return rows;
    },
  };
  const now = future - 1_000_000_000;
  // The one read that a look does when nothing changed.
  const look = watchLedger(1, {
    reader: reader as unknown as StoreReader,
    clock: () => now,
  });
  expect(await look()).toEqual({ rows: [], isWhole: true });
  expect(await look()).toEqual({ rows: [], isWhole: true });
  expect(asked.at(-1)).toBeLessThan(now);
});

test("a page that never reads its end is dropped, and harms nobody", async () => {
  vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
  const app = Fastify();
  let hasEnded = false;
  let stream: EventStream | undefined;
  const failures: Error[] = [];
  app.get("/", (_request, reply) => {
    reply.raw.on("error", (failure) => failures.push(failure));
    stream = new EventStream(reply, () => {
      hasEnded = true;
    });
  });
  const url = new URL(await app.listen({ host: "127.0.0.1", port: 0 }));
  const socket = connect(Number(url.port), url.hostname);
  socket.pause();
  socket.on("error", () => undefined);
  socket.write(`GET / HTTP/1.1\r\nHost: ${url.host}\r\n\r\n`);
  await expect.poll(() => stream).toBeDefined();
  for (let sent = 0; stream?.isOpen && sent < 5_000; sent++) {
    stream.send("step", "x".repeat(10_000), sent);
    await new Promise((resolve) => setImmediate(resolve));
  }
  expect(hasEnded).toBe(false);
  for (let comments = 0; comments < 3; comments++) {
    vi.advanceTimersByTime(15_000);
    await new Promise((resolve) => setImmediate(resolve));
  }
  await expect.poll(() => hasEnded).toBe(true);
  expect(failures).toEqual([]);
  socket.destroy();
  await app.close();
});

test("a trial that is over and a limit are said, not failures of ours", async () => {
  const over = await startClient({ trialDays: 0 });
  const { body } = await over.post("/v1/register", { email: "a@example.com" }, {});
  const key = { authorization: `Bearer ${body.api_key}` };
  expect((await over.post("/dashboard-api/smoke-test", {}, key)).status).toBe(402);
  expect((await over.post("/dashboard-api/validation/retry-loop", {}, key)).status).toBe(402);
  await over.stop();
  const slow = await startClient({ eventsPerSecond: 1, clock: () => 1_767_225_600_000 });
  await slow.post("/v1/step", { session_id: "s", step: 1 });
  const limited = await slow.post("/dashboard-api/validation/retry-loop", {});
  expect([429, 503]).toContain(limited.status);
  expect(limited.headers.get("retry-after")).not.toBeNull();
  await slow.stop();
});

test("a page beside hundreds of busy sessions is told what changed, not to begin again", async () => {
  const busy = await startClient({ clock: () => 1_767_225_600_000 });
  const send = (session: number, number: number) =>
    busy.post("/v1/step", { session_id: `busy-${session}`, step: number, tool: "t" });
  for (let session = 0; session < 210; session++) await send(session, 1);
  const url = `${busy.collector.url}/dashboard-api/sessions/stream`;
  const events = await openEvents(url, busy.key);
  const isTold = ({ type, data }: { type: string; data: { steps?: number } }) =>
    type === "reload" || (data.steps ?? 0) > 1;
  // A watch begins at the next look; from then on a change is told.
  let isOver = false;
  const told = events.until(isTold).finally(() => {
    isOver = true;
  });
  const sendUntilTold = async () => {
    for (let number = 2; !isOver; number++) await send(209, number);
  };
  // No request is under way any more when the collector is stopped.
  const [seen] = await Promise.all([told, sendUntilTold()]);
  expect(seen.map(({ type }) => type)).not.toContain("reload");
  expect(seen.map(({ data }) => data.session_id)).toContain("busy-209");
  events.close();
  await busy.stop();
});

test("another site's form does not sign anybody out", async () => {
  // The cookie stays at home, but what is answered to a form would be heard.
  const headers = {
    origin: "https://evil.example",
    "sec-fetch-site": "cross-site",
    "content-type": "text/plain",
  };
  const answer = await client.request("POST", "/dashboard-api/sign-out", { headers, body: "a=b" });
  expect(answer.status).toBe(403);
  expect(answer.headers.get("set-cookie")).toBeNull();
});

test("what is searched for holds no NUL, which a store might choke on", async () => {
  for (const query of ["q=%00", "q=a%00b", "agent=%00", "regime=%00"]) {
    const answer = await client.get(`/dashboard-api/sessions?${query}`);
    expect(answer.status, query).toBe(400);
    expect(JSON.stringify(answer.body)).toContain("NUL");
  }
});

test("a tenant that follows too many pages is told so; others and its next one are served", async () => {
  const other = await client.post("/v1/register", { email: "follows@example.com" });
  const path = `${client.collector.url}/dashboard-api/sessions/stream`;
  const open = await Promise.all(
    Array.from({ length: MAX_STREAMS }, () => openEvents(path, client.key)),
  );
  const refused = await fetch(path, { headers: client.key });
  expect(refused.status).toBe(429);
  expect(refused.headers.get("retry-after")).toMatch(/^\d+$/);
  const others = await openEvents(path, { authorization: `Bearer ${other.body.api_key}` });
  others.close();
  open[0]?.close();
  const status = async () => {
    const leaving = new AbortController();
    const answer = await fetch(path, { headers: client.key, signal: leaving.signal });
    leaving.abort();
    return answer.status;
  };
  await expect.poll(status).toBe(200);
  for (const events of open) events.close();
});
