/** A collector below a path of its host: every door, the page, cookies, links and streams. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { basePathOf, belowBasePath } from "../../src/http/paths/base-path.ts";
import { LiveSession } from "../../src/validation/live-session.ts";
import { type Client, startClient } from "../client.ts";
import { openEvents } from "../dashboard/event-source.ts";
import { type Front, hasNginx, startNginx, startStandIn } from "./nginx.ts";

let client: Client;
beforeAll(async () => {
  client = await startClient({ basePath: "/caum" });
});
afterAll(() => client.stop());

const directly = async (url: string): Promise<Front> => ({ url, stop: async () => {} });

const WAYS = [
  { way: "directly", start: directly },
  { way: "behind a proxy that passes the path on", start: (url: string) => startStandIn(url) },
  { way: "behind a proxy that takes it away", start: (url: string) => startStandIn(url, true) },
  ...(hasNginx ? [{ way: "behind nginx", start: startNginx }] : []),
];

describe.each(WAYS)("$way", ({ start }) => {
  let proxy: Front;
  beforeAll(async () => {
    proxy = await start(client.collector.url);
  });
  afterAll(() => proxy.stop());

  const send = (path: string, init: RequestInit = {}) => fetch(`${proxy.url}${path}`, init);
  const signIn = (headers: Record<string, string>) =>
    send("/dashboard-api/sign-in", {
      method: "POST",
      headers: { "content-type": "application/json", ...headers },
      body: JSON.stringify({ api_key: client.collector.apiKey }),
    });

  test("every door of the API answers there as it does at the root", async () => {
    const { paths } = (await client.get("/openapi.json")).body;
    const origin = new URL(client.collector.url).origin;
    for (const [path, methods] of Object.entries<object>(paths)) {
      for (const method of Object.keys(methods)) {
        const filled = path.replaceAll(/\{\w+\}/g, "none");
        // Through a proxy nobody is of this machine.
        const headers = { ...client.key, "x-forwarded-for": "127.0.0.1" };
        const init = { method: method.toUpperCase(), headers };
        const [here, there] = await Promise.all([
          send(filled, init),
          fetch(`${origin}${filled}`, init),
        ]);
        expect(here.status, `${method} ${path}`).toBe(there.status);
        expect(await here.text(), path).not.toContain("there is no such path");
      }
    }
  });

  test("the page and its files, with and without a slash at the end, and no file of the root", async () => {
    for (const path of ["", "/", "/dashboard/x", "/workflows/x"]) {
      const page = await send(path);
      expect(page.status, path).toBe(200);
      const html = await page.text();
      const files = [...html.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, file = ""]) => file);
      expect(files.length).toBeGreaterThan(2);
      for (const file of files) {
        expect(file).toMatch(/^\/caum\/assets\//);
        const answer = await fetch(new URL(file, proxy.url));
        expect(answer.headers.get("cache-control"), file).toContain("immutable");
      }
    }
  });

  test("a browser signs in by a cookie that no other path of the host is sent", async () => {
    const own = { origin: new URL(proxy.url).origin };
    const answer = await signIn(own);
    expect(answer.status).toBe(200);
    const set = answer.headers.get("set-cookie") ?? "";
    expect(set).toMatch(/^caum_[0-9a-f]{8}=\S+; Path=\/caum; HttpOnly; SameSite=Strict/);
    const cookie = set.split(";")[0] ?? "";
    const me = await send("/dashboard-api/me", { headers: { cookie } });
    expect(await me.json()).toMatchObject({ url: client.collector.url });
    const out = await send("/dashboard-api/sign-out", {
      method: "POST",
      headers: { cookie, ...own },
    });
    expect(out.headers.get("set-cookie")).toContain("; Path=/caum; HttpOnly");
    expect((await signIn({ origin: "https://elsewhere.example" })).status).toBe(403);
  });

  test("what happens in a session is heard by who follows it", async () => {
    const session = "followed";
    const step = (number: number) =>
      send("/v1/step", {
        method: "POST",
        headers: { ...client.key, "content-type": "application/json" },
        body: JSON.stringify({ session_id: session, step: number, tool: `tool-${number}` }),
      });
    await step(1);
    const events = await openEvents(`${proxy.url}/dashboard-api/session/${session}/stream`, {
      ...client.key,
    });
    await step(2);
    await events.until(({ type }) => type === "step");
    events.close();
  });

  test("OpenTelemetry is taken", async () => {
    const answer = await send("/v1/traces", {
      method: "POST",
      headers: { ...client.key, "content-type": "application/json" },
      body: JSON.stringify({ resourceSpans: [] }),
    });
    expect(answer.status).toBe(200);
  });

  test("a sender of ours finds the doors, and the page of its session", async () => {
    const place = { url: proxy.url, apiKey: client.collector.apiKey };
    const session = await LiveSession.start(place, "below");
    await session.send({ tool: "a" });
    expect(session.dashboardUrl).toBe(`${proxy.url}/live/sessions/${session.id}`);
    expect((await fetch(session.dashboardUrl)).status).toBe(200);
  });
});

test("through a proxy nobody is taken for somebody on this machine", async () => {
  const proxy = await startStandIn(client.collector.url);
  expect((await fetch(`${client.collector.url}/metrics`)).status).toBe(200);
  expect((await fetch(`${proxy.url}/metrics`)).status).toBe(401);
  await proxy.stop();
});

test("links for people have the path, and the sign-in link as well", async () => {
  expect(client.collector.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/caum$/);
  expect(await client.collector.newSignInLink()).toContain(`${client.collector.url}/#link=`);
  const docs = await fetch(`${client.collector.url}/docs`);
  const [, document = ""] = /<a href="([^"]+)"/.exec(await docs.text()) ?? [];
  expect((await fetch(new URL(document, docs.url))).headers.get("content-type")).toContain("json");
});

test("with https the cookie stays below the path, and never travels without https", async () => {
  const secured = await startClient({ publicUrl: "https://ops.example/caum/" });
  const { collector } = secured;
  const answer = await secured.post(
    "/dashboard-api/sign-in",
    { api_key: collector.apiKey },
    { "sec-fetch-site": "same-origin" },
  );
  const set = answer.headers.get("set-cookie") ?? "";
  expect(set).toMatch(/^__Secure-caum_\S+; Path=\/caum; .*; Secure$/);
  const headers = { cookie: set.split(";")[0] ?? "" };
  expect((await secured.get("/dashboard-api/me", headers)).body).toMatchObject({
    url: "https://ops.example/caum",
  });
  expect(await collector.newSignInLink()).toMatch(/^https:\/\/ops\.example\/caum\/#link=/);
  await secured.stop();
});

test.each([
  [undefined, undefined, ""],
  ["/", undefined, ""],
  ["/caum/", undefined, "/caum"],
  [undefined, "https://ops.example/caum", "/caum"],
  [undefined, "https://ops.example/", ""],
  ["/team/caum", "https://ops.example/team/caum/", "/team/caum"],
])("base path %s and public URL %s are %s", (told, publicUrl, path) => {
  expect(basePathOf(told, publicUrl)).toBe(path);
});

test.each([
  ["caum", undefined, "is no plain path"],
  ["/../etc", undefined, "is no plain path"],
  ["/a b", undefined, "is no plain path"],
  ['/"><script>', undefined, "is no plain path"],
  ["/caum?x", undefined, "is no plain path"],
  ["/caum", "https://ops.example/other", "ends with another path"],
  ["/caum", "https://ops.example", "ends with another path"],
])("base path %s with public URL %s is refused", (told, publicUrl, why) => {
  expect(() => basePathOf(told, publicUrl)).toThrow(why);
});

test.each([
  ["/caum/v1/step?a=/caum", "/v1/step?a=/caum"],
  ["/caum", "/"],
  ["/caum?x=1", "/?x=1"],
  ["/caumx/v1", "/caumx/v1"],
  ["/v1/session/caum", "/v1/session/caum"],
])("%s is asked of the door %s", (url, door) => {
  expect(belowBasePath("/caum", url)).toBe(door);
});

test("a path that begins like a door is refused before anything listens", async () => {
  for (const basePath of ["/v1", "/assets/caum", "/dashboard"]) {
    await expect(startClient({ basePath })).rejects.toThrow("begins like a path of the collector");
  }
});
