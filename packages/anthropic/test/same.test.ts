import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import Anthropic from "@anthropic-ai/sdk";
import { createObserver } from "@caum/core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { expectSame } from "../../../test/wire-server/compare.ts";
import { testEverySurface } from "../../../test/wire-server/every-surface.ts";
import { WireServer } from "../../../test/wire-server/server.ts";
import { wrapAnthropic } from "../src/index.ts";
import { messageBody, SURFACES } from "./surfaces.ts";

let server: WireServer;
let home: string;
let bare: Anthropic;
let wrapped: Anthropic;

beforeAll(async () => {
  server = await WireServer.start();
  home = mkdtempSync(join(tmpdir(), "caum-anthropic-"));
  bare = newClient();
  const observer = createObserver({
    writer: "test",
    writerVersion: "1",
    layer: "model",
    view: "full",
    home,
    env: {},
  });
  wrapped = wrapAnthropic(newClient(), { observer, quiet: true });
});

afterAll(async () => {
  await server.close();
  rmSync(home, { recursive: true, force: true });
});

function newClient(): Anthropic {
  return new Anthropic({ apiKey: "test", baseURL: server.url, logLevel: "off" });
}

testEverySurface({
  server: () => server,
  bare: () => bare,
  wrapped: () => wrapped,
  wrapAnother: (observer) => wrapAnthropic(newClient(), { observer, quiet: true }),
  surfaces: SURFACES,
  readers: ["messages.create", "messages.create, stream", "messages.stream", "asResponse"],
});

test("the client is the same object, of the same class, and wrapping twice changes nothing", () => {
  const client = newClient();
  const { fetch } = client as unknown as { fetch: unknown };
  expect(wrapAnthropic(client, { quiet: true, home, env: {} })).toBe(client);
  expect(wrapAnthropic(client)).toBe(client);
  expect(client.middleware).toHaveLength(1);
  expect((client as unknown as { fetch: unknown }).fetch).toBe(fetch);
  expect(client).toBeInstanceOf(Anthropic);
  expect(client.withOptions({ timeout: 1 }).middleware).toHaveLength(1);
  expect(Object.keys(client)).toEqual(Object.keys(newClient()));
});

test("a connection that is refused is the same error", async () => {
  const lost = () =>
    new Anthropic({ apiKey: "test", baseURL: "http://127.0.0.1:1", maxRetries: 0 });
  const wrappedLost = wrapAnthropic(lost(), { quiet: true, home, env: {} });
  await expectSame(server, lost(), wrappedLost, (client) =>
    client.messages.create(messageBody("plain")),
  );
});

test("what is no client comes back as it is", () => {
  for (const other of [{ messages: 1 }, Object.freeze({ messages: 1, middleware: [] })]) {
    expect(wrapAnthropic(other, { quiet: true, home, env: {} })).toBe(other);
  }
});

test("an early break returns while the server is still silent, and closes the connection", async () => {
  const stopped = await expectSame(server, bare, wrapped, async (client) => {
    const stream = await client.messages.create({ ...messageBody("held"), stream: true });
    const seen: unknown[] = [];
    for await (const chunk of stream) {
      seen.push(chunk);
      if (seen.length === 2) break;
    }
    // The server sends nothing more before it is released, so nobody waited for its end.
    return [seen, server.replies.at(-1)?.finished, stream.controller.signal.aborted];
  });
  expect(stopped.value).toMatchObject({ 1: false, 2: true });
  expect(server.replies.at(-1)).toMatchObject({ closedEarly: true, finished: false });
});

test("an abort of the caller ends the stream in the same way", async () => {
  await expectSame(server, bare, wrapped, async (client) => {
    const stream = await client.messages.create({ ...messageBody("held"), stream: true });
    const seen: unknown[] = [];
    for await (const event of stream) {
      seen.push(event);
      if (seen.length === 3) stream.controller.abort();
    }
    return seen;
  });
  await expectSame(server, bare, wrapped, async (client) => {
    const controller = new AbortController();
    const body = messageBody("silent");
    const pending = client.messages.create(body, { signal: controller.signal });
    while (server.requests.length === 0) await setImmediate();
    controller.abort();
    return pending;
  });
});

test("a client's own time limit and its retry are the same", async () => {
  await expectSame(server, bare, wrapped, (client) =>
    client.messages.create(messageBody("late head"), { timeout: 100, maxRetries: 1 }),
  );
});
