/** What passes over HTTP, exchange by exchange, and what is recorded of it. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { StructuralRecord } from "@caum/core/verify";
import { afterEach, beforeEach, expect, test } from "vitest";
import { recordsIn, toolCallsIn } from "../../../../../test/records.ts";
import type { ServerEvent } from "../../../src/backlog/event-framer.ts";
import type { Exchange, ExchangeEnd } from "../../../src/backlog/exchange.ts";
import { startHttpRecorder } from "../../../src/tap/http/http-recorder.ts";

const MODERN = { _meta: { "io.modelcontextprotocol/protocolVersion": "2026-07-28" } };

let home: string;
let recorder: ReturnType<typeof startHttpRecorder>;
let now = 0;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "caum-http-"));
  now = Date.now();
  const facts = { home, version: "1", hashNames: false, say: () => {} };
  recorder = startHttpRecorder({ ...facts, server: "https://server.test/mcp" });
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

let exchanges = 0;
function exchange(more: Partial<Exchange> = {}): Exchange {
  exchanges += 1;
  const none = { openedSessionId: undefined, lastEventId: undefined };
  const made = { number: exchanges, method: "POST", path: "/mcp", sessionId: "s", client: "c" };
  return { ...made, ...none, status: 200, ...more };
}

function hear(from: "client" | "server", of: Exchange, text: string, event: Partial<ServerEvent>) {
  now += 1;
  const head = Buffer.from(text);
  const data = { head, byteLength: head.length, toServer: from === "client", time: now };
  recorder.accept({ exchange: of, event: { data: { ...data, ...event.data }, ...without(event) } });
}

function without({ data: _, ...event }: Partial<ServerEvent>) {
  return event;
}

function asks(of: Exchange, id: unknown, params: object = {}, name = "get"): void {
  const call = { name, arguments: { id: 1 }, ...params };
  const message = { jsonrpc: "2.0", id, method: "tools/call", params: call };
  hear("client", of, JSON.stringify(message), {});
}

function answers(of: Exchange, id: unknown, event: Partial<ServerEvent> = {}): void {
  const result = { content: [] };
  hear("server", of, JSON.stringify({ jsonrpc: "2.0", id, result }), event);
}

function opens(of: Exchange, name = "agent"): void {
  const params = { clientInfo: { name, version: "1" }, capabilities: {} };
  const message = { jsonrpc: "2.0", id: 0, method: "initialize", params };
  hear("client", of, JSON.stringify(message), {});
}

function ends(of: Exchange, how: ExchangeEnd = "answered"): void {
  now += 1;
  recorder.accept({ exchange: of, end: how, time: now });
}

async function recorded(): Promise<readonly StructuralRecord[]> {
  await recorder.close(5_000);
  return recordsIn(home);
}

/** How every call ended, in the order of the records. */
async function outcomes(): Promise<string[]> {
  return toolCallsIn(await recorded()).map(({ toolName, status, errorClass = "" }) =>
    `${toolName} ${status} ${errorClass}`.trim(),
  );
}

/** Asks for one call in an exchange of its own. */
function one(more: Partial<Exchange> = {}, id: unknown = 1, params: object = {}): Exchange {
  const made = exchange(more);
  asks(made, id, params);
  return made;
}

test("a call that is answered in its exchange, and one that is not", async () => {
  const first = one();
  answers(first, 1);
  ends(first);
  ends(one({}, 2));
  ends(one({ status: 500 }, 3));
  ends(one({}, 4), "client_gone");
  ends(one({}, 5, MODERN), "client_gone");
  expect(await outcomes()).toEqual([
    "get ok",
    "get error http:no_answer",
    "get error http:500",
    "get cancelled guess:closed",
    "get cancelled",
  ]);
});

test("an accepted call is answered in the stream of its session, or is unresolved at the end", async () => {
  const stream = exchange({ method: "GET" });
  ends(one({ status: 202 }, 1));
  ends(one({ status: 202 }, 2));
  ends(one({ status: 202, sessionId: "other" }, 3));
  answers(stream, 2);
  // Another session's answer with this id is no answer to it.
  answers(stream, 3);
  expect((await outcomes()).toSorted()).toEqual(["get ok", "get unresolved", "get unresolved"]);
});

test("an answer whose error names no call ends what was asked in its exchange", async () => {
  const failing = one();
  const error = { code: -32_002, message: "gone" };
  hear("server", failing, JSON.stringify({ jsonrpc: "2.0", error }), {});
  ends(failing);
  expect(await outcomes()).toEqual(["get not_found jsonrpc:-32002"]);
});

test("who opens a session is its agent, and its calls are of one session", async () => {
  const opening = exchange({ sessionId: undefined });
  delete opening.status;
  opens(opening, "coder");
  opening.openedSessionId = "fresh";
  opening.status = 200;
  answers(opening, 0);
  ends(opening);
  for (const id of [1, 2]) answers(one({ sessionId: "fresh" }, id), id);
  const records = await recorded();
  expect(new Set(records.map(({ sessionId }) => sessionId)).size).toBe(1);
  expect(new Set(records.map(({ agentId }) => agentId))).toEqual(new Set(["coder"]));
  expect(toolCallsIn(records)).toHaveLength(2);
});

/** A session of the protocol: it is opened, makes calls, and is ended. */
function session(id: string, calls: number, last: Partial<Exchange>, name = "agent"): void {
  const opening = exchange({ sessionId: undefined, openedSessionId: id });
  opens(opening, name);
  ends(opening);
  for (let call = 1; call <= calls; call++) {
    const made = one({ sessionId: id }, call);
    answers(made, call);
    ends(made);
  }
  ends(exchange({ sessionId: id, ...last }));
}

const DELETED = { method: "DELETE" };
const LOST = { status: 404 };

test.each([
  [
    "that opens one for each call is one",
    [
      [1, DELETED],
      [1, DELETED],
      [1, DELETED],
    ],
    "agent",
    1,
  ],
  [
    "that ends one of several calls begins anew",
    [
      [2, DELETED],
      [1, DELETED],
    ],
    "agent",
    2,
  ],
  [
    "whose session the server lost goes on",
    [
      [2, LOST],
      [1, DELETED],
    ],
    "agent",
    1,
  ],
  [
    "whose end of a session is refused did end it",
    [
      [2, { ...DELETED, status: 405 }],
      [1, {}],
    ],
    "agent",
    2,
  ],
  [
    "that ends some of its sessions of one call and not others is one",
    [
      [1, DELETED],
      [1, {}],
      [1, {}],
    ],
    "agent",
    1,
  ],
  [
    "is not another client",
    [
      [1, DELETED],
      [1, DELETED],
    ],
    "other",
    2,
  ],
] as const)("a client %s", async (_what, sessions, lastName, expected) => {
  for (const [at, [calls, last]] of sessions.entries()) {
    session(`session ${at}`, calls, last, at === sessions.length - 1 ? lastName : "agent");
  }
  const records = await recorded();
  expect(new Set(records.map(({ sessionId }) => sessionId)).size).toBe(expected);
  const calls = sessions.reduce((sum, [count]) => sum + count, 0);
  expect(toolCallsIn(records)).toHaveLength(calls);
});

test("what is under way when its session is ended may be answered all the same", async () => {
  const slow = one();
  ends(exchange(DELETED));
  answers(slow, 1);
  ends(slow);
  expect(await outcomes()).toEqual(["get ok"]);
});

test("over the older transport all answers come in one stream, and its end is theirs", async () => {
  const stream = exchange({ method: "GET", path: "/sse", sessionId: undefined });
  hear("server", stream, "/messages?id=7", { name: "endpoint" });
  const place = { path: "/messages?id=7", sessionId: undefined, status: 202 };
  for (const id of [1, 2]) ends(one(place, id));
  answers(stream, 1);
  ends(stream, "server_gone");
  expect(await outcomes()).toEqual(["get ok", "get error http:no_answer"]);
});

test("a stream that broke off is gone on with behind its last event", async () => {
  const broken = one();
  hear("server", broken, "", { id: "event 1" });
  ends(broken, "server_gone");
  const tried = exchange({ method: "GET", lastEventId: "event 1", status: 503 });
  ends(tried);
  const again = exchange({ method: "GET", lastEventId: "event 1" });
  answers(again, 1, { id: "event 2" });
  ends(again);
  // What comes again, because a client asks for it, is no answer to the call that has its id now.
  const later = one({}, 1);
  hear("server", later, "", { id: "event 3" });
  answers(exchange({ method: "GET", lastEventId: "event 1" }), 1, { id: "event 2" });
  answers(later, 1, { id: "event 4" });
  ends(later);
  const calls = toolCallsIn(await recorded());
  expect(calls.map(({ status }) => status)).toEqual(["ok", "ok"]);
  // Asked at one millisecond, answered two or three later: not by what came again.
  expect(calls[1]?.durationMs).toBe(3);
});

test("a redirect to the same server is the same call, one to elsewhere is its end", async () => {
  const first = one({ status: 307, location: "/moved" });
  ends(first);
  const second = one({ path: "/moved" });
  answers(second, 1);
  ends(second);
  ends(one({ status: 307, location: "https://elsewhere.test/" }, 2));
  expect(await outcomes()).toEqual(["get ok", "get error guess:redirected"]);
});

test("who follows a redirect before its answer has ended makes the same call", async () => {
  const first = one({ status: 308, location: "/moved" });
  const second = one({ path: "/moved" });
  ends(first);
  answers(second, 1);
  ends(second);
  expect(await outcomes()).toEqual(["get ok"]);
});

test("a server may number the events of each stream from the start", async () => {
  for (const id of [1, 1]) {
    const made = one({}, id);
    answers(made, id, { id: "event 1" });
    ends(made);
  }
  expect(await outcomes()).toEqual(["get ok", "get ok"]);
});

test.each([
  ["in which nothing is under way is over with it", false],
  ["in which a call is under way is over when it is answered", true],
])("a session %s", async (_what, isBusy) => {
  for (const id of [1, 2]) answers(one({}, id), id);
  const slow = isBusy ? one({}, 3) : undefined;
  ends(exchange(DELETED));
  if (slow !== undefined) {
    answers(slow, 3);
    ends(slow);
  }
  const last = () => recordsIn(home).at(-1)?.payload;
  await expect.poll(last).toMatchObject({ type: "close" });
  await recorder.close(5_000);
});

test("what could not be read or kept is declared", async () => {
  const unread = one();
  unread.isUnread = true;
  ends(unread);
  const answered = one({}, 2);
  answers(answered, 2);
  answered.isUnread = true;
  ends(answered);
  ends(one({ status: 202 }, 3));
  const cut = exchange();
  hear("server", cut, "noise", { data: { isCut: true } as ServerEvent["data"] });
  recorder.forgot(3);
  const records = await recorded();
  expect(toolCallsIn(records)).toMatchObject([
    { status: "unknown" },
    { status: "ok" },
    { status: "unresolved" },
  ]);
  const drops = records.flatMap(({ payload }) =>
    "type" in payload && payload.type === "drop" ? [`${payload.reason} ${payload.count}`] : [],
  );
  expect(drops.toSorted()).toEqual(["overflow 4", "unreadable 1"]);
});
