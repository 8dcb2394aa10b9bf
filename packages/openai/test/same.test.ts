import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import { createObserver } from "@caum/core";
import OpenAI, { AzureOpenAI, BedrockOpenAI } from "openai";
import { afterAll, beforeAll, expect, test } from "vitest";
import { expectSame } from "../../../test/wire-server/compare.ts";
import { testEverySurface } from "../../../test/wire-server/every-surface.ts";
import { WireServer } from "../../../test/wire-server/server.ts";
import { wrapOpenAI } from "../src/index.ts";
import { IS_FIRST_RELEASE } from "./first-release.ts";
import { chatBody, responseBody, SURFACES } from "./surfaces.ts";

let server: WireServer;
let home: string;
let bare: OpenAI;
let wrapped: OpenAI;

beforeAll(async () => {
  server = await WireServer.start();
  home = mkdtempSync(join(tmpdir(), "caum-openai-"));
  bare = newClient();
  const observer = createObserver({
    writer: "test",
    writerVersion: "1",
    layer: "model",
    view: "full",
    home,
    env: {},
  });
  wrapped = wrapOpenAI(newClient(), { observer, quiet: true });
});

afterAll(async () => {
  await server.close();
  rmSync(home, { recursive: true, force: true });
});

function newClient(): OpenAI {
  return new OpenAI({ apiKey: "test", baseURL: `${server.url}/v1`, logLevel: "off" });
}

testEverySurface({
  server: () => server,
  bare: () => bare,
  wrapped: () => wrapped,
  wrapAnother: (observer) => wrapOpenAI(newClient(), { observer, quiet: true }),
  surfaces: SURFACES,
  readers: [
    "chat.completions.create",
    "chat.completions.create, stream",
    "responses.create, stream",
    "asResponse",
  ],
});

test("the client is the same object, of the same class, and wrapping twice changes nothing", () => {
  const client = newClient();
  const { fetch } = client as unknown as { fetch: unknown };
  expect(wrapOpenAI(client, { quiet: true })).toBe(client);
  const once = (client as unknown as { fetch: unknown }).fetch;
  expect(wrapOpenAI(client)).toBe(client);
  expect((client as unknown as { fetch: unknown }).fetch).toBe(once);
  expect(once).not.toBe(fetch);
  expect(client).toBeInstanceOf(OpenAI);
  expect(client.withOptions({ timeout: 1 })).toBeInstanceOf(OpenAI);
  expect(Object.keys(client)).toEqual(Object.keys(newClient()));
});

test("a copy is of the same class with the same fields, and a refused option the same error", async () => {
  const own: typeof fetch = (url, init) => fetch(url, init);
  const copy = wrapped.withOptions({ fetch: own });
  expect(copy).toBeInstanceOf(OpenAI);
  expect(Object.keys(copy)).toEqual(Object.keys(bare.withOptions({ fetch: own })));
  const refused = (client: OpenAI) => () =>
    client.withOptions({ dangerouslyAllowBrowser: true, timeout: -1, fetch: own }).timeout;
  expect(refused(wrapped)()).toBe(refused(bare)());
  await expectSame(server, bare, wrapped, (client) =>
    client.withOptions({ fetch: own }).chat.completions.create(chatBody("tools")),
  );
});

test("clients of Azure and Bedrock send and get the same", async () => {
  const azure = () =>
    new AzureOpenAI({
      apiKey: "test",
      apiVersion: "2026-01-01",
      endpoint: server.url,
      logLevel: "off",
    });
  const bedrock = () =>
    new BedrockOpenAI({ apiKey: "test", baseURL: `${server.url}/openai/v1`, logLevel: "off" });
  for (const newOne of IS_FIRST_RELEASE ? [azure] : [azure, bedrock]) {
    const observed = wrapOpenAI<OpenAI>(newOne(), { quiet: true, home, env: {} });
    await expectSame<OpenAI>(server, newOne(), observed, (client) =>
      client.chat.completions.create(chatBody("tools")),
    );
  }
});

test("a client that sends past its fetch is left alone, and we say that we are blind", () => {
  const told: string[] = [];
  const fetch = () => undefined;
  const client = { chat: {}, fetch, _options: { x509Transport: {} } };
  const onDiagnostic = ({ code }: { code: string }) => told.push(code);
  expect(wrapOpenAI(client, { quiet: true, home, env: {}, onDiagnostic })).toBe(client);
  expect([client.fetch, told]).toEqual([fetch, ["openai_certificate_client"]]);
});

test("what is no client comes back as it is", () => {
  for (const other of [{ chat: 1 }, Object.freeze({ chat: 1, fetch() {} })]) {
    expect(wrapOpenAI(other, { quiet: true, home, env: {} })).toBe(other);
  }
});

test("an early break returns while the server is still silent, and closes the connection", async () => {
  const stopped = await expectSame(server, bare, wrapped, async (client) => {
    const stream = await client.chat.completions.create({ ...chatBody("held"), stream: true });
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
    const stream = await client.responses.create({ ...responseBody("held"), stream: true });
    const seen: unknown[] = [];
    for await (const event of stream) {
      seen.push(event);
      if (seen.length === 3) stream.controller.abort();
    }
    return seen;
  });
  await expectSame(server, bare, wrapped, async (client) => {
    const controller = new AbortController();
    const body = chatBody("silent");
    const pending = client.chat.completions.create(body, { signal: controller.signal });
    while (server.requests.length === 0) await setImmediate();
    controller.abort();
    return pending;
  });
});

test("a client's own time limit and its retry are the same", async () => {
  await expectSame(server, bare, wrapped, (client) =>
    client.chat.completions.create(chatBody("late head"), { timeout: 100, maxRetries: 1 }),
  );
});
