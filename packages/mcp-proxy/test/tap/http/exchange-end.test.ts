import { expect, test } from "vitest";
import type { Exchange, ExchangeEnd } from "../../../src/backlog/exchange.ts";
import { type Circumstances, howItEnds } from "../../../src/tap/http/exchange-end.ts";

const SERVER = "https://server.test/mcp";

function ending(how: ExchangeEnd, exchange: Partial<Exchange>, known: Partial<Circumstances> = {}) {
  const made = { number: 1, method: "POST", path: "/mcp", sessionId: "s", client: "c" };
  const none = { openedSessionId: undefined, lastEventId: undefined };
  const { kind, ...rest } = howItEnds(how, { ...made, ...none, ...exchange }, SERVER, {
    target: { kind: "session" },
    isResumption: false,
    isResumable: false,
    isModern: false,
    ...known,
  });
  const { status = "", errorClass = "" } = "outcome" in rest ? rest.outcome : {};
  return [kind, status, errorClass].filter((word) => word !== "").join(" ");
}

const LEGACY = { target: { kind: "legacy" } } as const;
const CLIENT = { target: { kind: "client" } } as const;
const RESUMABLE = { isResumable: true };
const RESUMED = { isResumable: true, isResumption: true };
const MODERN = { isModern: true };
const ERROR = { error: { kind: "reply", errorCode: -32_002 } } as const;

test.each([
  ["answered", { status: 200 }, {}, "failed error http:no_answer"],
  ["answered", {}, {}, "failed error http:no_answer"],
  ["answered", { status: 202 }, {}, "left"],
  ["answered", { status: 202 }, CLIENT, "failed error http:no_answer"],
  ["answered", { status: 202 }, LEGACY, "left"],
  ["answered", { status: 200 }, LEGACY, "left"],
  ["answered", { status: 200, method: "GET" }, LEGACY, "failed error http:no_answer"],
  ["answered", { status: 299 }, RESUMABLE, "left"],
  ["answered", { status: 300 }, {}, "failed error http:300"],
  ["answered", { status: 404 }, RESUMABLE, "failed error http:404"],
  ["answered", { status: 500 }, {}, "failed error http:500"],
  // Who tries to go on with a stream may try again, unless it is told that this is of no use.
  ["answered", { status: 404 }, RESUMED, "failed error http:404"],
  ["answered", { status: 408 }, RESUMED, "left"],
  ["answered", { status: 409 }, RESUMED, "left"],
  ["answered", { status: 425 }, RESUMED, "left"],
  ["answered", { status: 429 }, RESUMED, "left"],
  ["answered", { status: 499 }, RESUMED, "failed error http:499"],
  ["answered", { status: 500 }, RESUMED, "left"],
  ["server_gone", {}, {}, "failed error http:no_answer"],
  ["server_gone", {}, RESUMABLE, "left"],
  ["server_gone", {}, LEGACY, "failed error http:no_answer"],
  ["client_gone", {}, {}, "failed cancelled guess:closed"],
  ["client_gone", {}, MODERN, "failed cancelled"],
  ["client_gone", {}, RESUMABLE, "left"],
  ["client_gone", {}, { ...RESUMABLE, ...MODERN }, "failed cancelled"],
  ["server_gone", {}, { ...RESUMABLE, ...MODERN }, "left"],
  // What could not be read tells nothing.
  ["answered", { status: 200, isUnread: true }, {}, "failed unknown"],
  ["answered", { status: 202, isUnread: true }, {}, "failed unknown"],
  ["server_gone", { isUnread: true }, {}, "failed unknown"],
  ["answered", { status: 400, isUnread: true }, {}, "failed error http:400"],
  // An error without an id is of what was asked in its exchange.
  ["answered", { status: 200 }, ERROR, "failed not_found jsonrpc:-32002"],
  ["answered", { status: 404 }, ERROR, "failed error http:404"],
] as const)("%s, %o, %o: %s", (how, exchange, known, expected) => {
  expect(ending(how, exchange, known)).toBe(expected);
});

const FOLLOWED = "redirected error http:307";
const ELSEWHERE = "failed error guess:redirected";

test.each([
  ["/other", FOLLOWED],
  ["other?a=b", FOLLOWED],
  ["https://server.test/x", FOLLOWED],
  ["https://server.test:8443/x", ELSEWHERE],
  ["http://server.test/x", ELSEWHERE],
  ["https://elsewhere.test/mcp", ELSEWHERE],
  ["http://127.0.0.1:7777/mcp", FOLLOWED],
  ["http://[", ELSEWHERE],
  [undefined, ELSEWHERE],
])("a redirect to %s: %s", (location, expected) => {
  expect(ending("answered", { status: 307, location, host: "127.0.0.1:7777" })).toBe(expected);
});

test("a redirect is one when it asks for the same request, and was answered", () => {
  const location = "/other";
  expect(ending("answered", { status: 308, location })).toBe("redirected error http:308");
  expect(ending("answered", { status: 302, location })).toBe("failed error http:302");
  expect(ending("client_gone", { status: 307, location })).toBe("failed cancelled guess:closed");
  const { kind } = howItEnds(
    "answered",
    {
      number: 1,
      method: "POST",
      path: "/mcp",
      sessionId: undefined,
      openedSessionId: undefined,
      lastEventId: undefined,
      client: "c",
      status: 307,
      location,
    },
    "no address",
  );
  expect(kind).toBe("failed");
});
