import { describe, expect, test } from "vitest";
import { Conversation } from "../../src/tap/conversation.ts";
import { messageOf, messagesOfText } from "../../src/tap/messages/message.ts";
import { KeptJournal } from "./kept-journal.ts";

type Said = readonly [from: "client" | "server", message: unknown, time?: number];

/** What a conversation records; each message passes a millisecond after the one before. */
function heard(...said: readonly Said[]) {
  const journal = new KeptJournal();
  const conversation = new Conversation(journal);
  let now = 1_000;
  for (const [from, message, time] of said) {
    now = time ?? now + 1;
    for (const one of messagesOfText(JSON.stringify(message))) {
      conversation.accept(one, from === "client", now);
    }
  }
  return { journal, conversation };
}

const call = (id: unknown, name = "get_x", args: unknown = { a: 1 }) => ({
  jsonrpc: "2.0",
  id,
  method: "tools/call",
  params: { name, arguments: args },
});
const ok = (id: unknown, result: object = { content: [] }) => ({ jsonrpc: "2.0", id, result });

describe("a call", () => {
  test("is recorded when it is answered, with its duration", () => {
    const { journal } = heard(["client", call(1), 100], ["server", ok(1), 107]);
    expect(journal.entries).toMatchObject([
      { entry: { tool: "get_x", arguments: { a: 1 }, status: "ok", durationMs: 7 }, time: 107 },
    ]);
  });

  test.each([
    ["isError", ok(1, { isError: true, content: [] }), { status: "error" }],
    ["a protocol error", { id: 1, error: { code: -32602 } }, { errorClass: "jsonrpc:-32602" }],
    ["not found", { id: 1, error: { code: -32002 } }, { status: "not_found" }],
    ["a time-out", { id: 1, error: { code: -32001 } }, { status: "timeout" }],
  ])("tells %s", (_name, reply, expected) => {
    const { journal } = heard(["client", call(1)], ["server", reply]);
    expect(journal.entries).toMatchObject([{ entry: expected }]);
  });

  test("is found by its id of either kind, in any order", () => {
    const { journal } = heard(
      ["client", call(1, "number")],
      ["client", call("1", "text")],
      ["server", ok("1")],
      ["server", ok(1)],
    );
    expect(journal.summary("tool")).toEqual([{ tool: "text" }, { tool: "number" }]);
  });

  test("of a batch is paired with the answer of a batch", () => {
    const { journal } = heard(
      ["client", [call(1, "a"), call(2, "b"), { method: "notifications/x" }, 7]],
      ["server", [ok(2), ok(1)]],
    );
    expect(journal.summary("tool")).toEqual([{ tool: "b" }, { tool: "a" }]);
  });

  test("that is cancelled is recorded at once, and a late answer is nothing", () => {
    const cancel = { method: "notifications/cancelled", params: { requestId: 1 } };
    const { journal } = heard(["client", call(1)], ["client", cancel], ["server", ok(1)]);
    expect(journal.summary("status")).toEqual([{ status: "cancelled" }]);
    expect(journal.drops).toEqual([]);
  });

  test("with progress stays one call", () => {
    const progress = { method: "notifications/progress", params: { progressToken: 1 } };
    const { journal } = heard(["client", call(1)], ["server", progress], ["server", ok(1)]);
    expect(journal.entries).toHaveLength(1);
  });

  test("open for 60 s is pending once, then ends under the same id", () => {
    const { journal, conversation } = heard(["client", call(1), 0]);
    conversation.tick(59_999);
    expect(journal.entries).toHaveLength(0);
    conversation.tick(60_000);
    conversation.tick(70_000);
    const reply = messageOf(ok(1));
    if (reply) conversation.accept(reply, false, 90_000);
    expect(journal.summary("status", "durationMs", "durationIsBound", "toolCallId")).toEqual([
      { status: "pending", durationMs: 60_000, durationIsBound: "lower", toolCallId: "open-0" },
      { status: "ok", durationMs: 90_000, toolCallId: "open-0" },
    ]);
  });

  test("that was never answered is unresolved at the end, never ok", () => {
    const { journal, conversation } = heard(["client", call(1)], ["client", call(2)]);
    conversation.end(2_000);
    expect(journal.summary("status")).toEqual([{ status: "unresolved" }, { status: "unresolved" }]);
  });

  test("under an id that is used again replaces the one before", () => {
    const { journal } = heard(
      ["client", call(1, "a")],
      ["client", call(1, "b")],
      ["server", ok(1)],
    );
    expect(journal.summary("tool", "status")).toEqual([
      { tool: "a", status: "unresolved" },
      { tool: "b", status: "ok" },
    ]);
  });
});

describe("input_required", () => {
  const ask = (id: number, requestState?: string) =>
    ok(id, { resultType: "input_required", inputRequests: { q: {} }, requestState });
  const retry = (id: number, requestState?: string, name = "get_x") => ({
    ...call(id, name),
    params: { name, arguments: { a: 1 }, inputResponses: { q: {} }, requestState },
  });

  test("and its retry are one call; the user's time is not the server's", () => {
    const { journal } = heard(
      ["client", call(1), 0],
      ["server", ask(1, "S"), 10],
      ["client", retry(2, "S"), 5_000],
      ["server", ok(2), 5_005],
    );
    expect(journal.summary("status", "durationMs")).toEqual([{ status: "ok", durationMs: 15 }]);
  });

  test("without a state is linked when only one call can be meant", () => {
    const { journal } = heard(
      ["client", call(1)],
      ["server", ask(1)],
      ["client", retry(2)],
      ["server", ok(2)],
    );
    expect(journal.entries).toHaveLength(1);
  });

  test("without a state is left unlinked when two calls could be meant", () => {
    const { journal, conversation } = heard(
      ["client", call(1)],
      ["client", call(2)],
      ["server", ask(1)],
      ["server", ask(2)],
      ["client", retry(3)],
      ["server", ok(3)],
    );
    expect(journal.summary("status")).toEqual([{ status: "ok" }]);
    expect(conversation.openCalls).toBe(2);
  });
});

describe("a task", () => {
  test("of 2026-07-28 ends by polling, and polling is no call", () => {
    const get = (id: number) => ({ id, method: "tasks/get", params: { taskId: "t" } });
    const { journal } = heard(
      ["client", call(1), 0],
      ["server", ok(1, { resultType: "task", taskId: "t", status: "working" }), 5],
      ["client", get(2)],
      ["server", ok(2, { status: "working" })],
      ["client", get(3), 800],
      ["server", ok(3, { status: "completed", result: { content: [], isError: true } }), 900],
    );
    expect(journal.summary("tool", "status", "durationMs")).toEqual([
      { tool: "get_x", status: "error", durationMs: 900 },
    ]);
  });

  test("of 2025-11-25 ends with the answer to tasks/result", () => {
    const { journal } = heard(
      ["client", call(1)],
      ["server", ok(1, { task: { taskId: "t", status: "working" } })],
      ["client", { id: 2, method: "tasks/get", params: { taskId: "t" } }],
      ["server", ok(2, { taskId: "t", status: "completed" })],
      ["client", { id: 3, method: "tasks/result", params: { taskId: "t" } }],
      ["server", ok(3)],
    );
    expect(journal.summary("status")).toEqual([{ status: "ok" }]);
  });

  test.each([
    ["failed", "error"],
    ["cancelled", "cancelled"],
  ])("that %s is told by a notification", (status, expected) => {
    const { journal } = heard(
      ["client", call(1)],
      ["server", ok(1, { resultType: "task", taskId: "t" })],
      ["server", { method: "notifications/tasks", params: { taskId: "t", status } }],
    );
    expect(journal.summary("status")).toEqual([{ status: expected }]);
  });
});

describe("what else is recorded", () => {
  test("resources, prompts, and what the server asks of the client", () => {
    const { journal } = heard(
      ["client", { id: 1, method: "resources/read", params: { uri: "file:///x" } }],
      ["client", { id: 2, method: "prompts/get", params: { name: "p" } }],
      ["server", { id: 1, method: "sampling/createMessage", params: { messages: [] } }],
      ["server", { id: 2, method: "elicitation/create", params: { message: "?" } }],
      ["client", ok(2)],
      ["client", ok(1)],
      ["server", ok(2)],
      ["server", ok(1)],
    );
    expect(journal.summary("tool")).toEqual([
      { tool: "mcp:elicitation/create" },
      { tool: "mcp:sampling/createMessage" },
      { tool: "mcp:prompts/get" },
      { tool: "mcp:resources/read" },
    ]);
  });

  test("a progress token, a trace id or a state is no argument", () => {
    const params = { uri: "x", _meta: { progressToken: 1 }, requestState: "s", inputResponses: {} };
    const { journal } = heard(
      ["client", { id: 1, method: "resources/read", params }],
      ["server", ok(1, { contents: [], _meta: { t: 1 }, ttlMs: 5, resultType: "complete" })],
    );
    expect(journal.summary("arguments", "result")).toEqual([
      { arguments: { uri: "x" }, result: { contents: [] } },
    ]);
  });

  test("nothing of lists, pings, subscriptions and unknown methods", () => {
    const talk = ["ping", "tools/list", "subscriptions/listen", "logging/setLevel", "vendor/x"];
    const { journal, conversation } = heard(
      ...talk.flatMap((method, id): Said[] => [
        ["client", { id, method }],
        ["server", ok(id, {})],
      ]),
    );
    conversation.tick(10 * 60_000);
    conversation.end(10 * 60_000);
    expect(journal.entries).toEqual([]);
    expect(journal.drops).toEqual([]);
  });

  test("an answer to nothing is counted", () => {
    expect(heard(["server", ok(9)]).journal.drops).toEqual([{ count: 1, reason: "unpaired" }]);
  });
});

describe("tools/list", () => {
  const list = (id: number, ...tools: readonly object[]): Said[] => [
    ["client", { id, method: "tools/list" }],
    ["server", ok(id, { tools })],
  ];

  test("gives the annotations of later calls", () => {
    const { journal } = heard(
      ...list(1, { name: "get_x", annotations: { readOnlyHint: true, title: "secret" } }),
      ["client", call(2)],
      ["server", ok(2)],
    );
    expect(journal.summary("annotations")).toEqual([{ annotations: { readOnlyHint: true } }]);
  });

  test("tells a changed definition, and not another order of its members", () => {
    const { journal } = heard(
      ...list(1, { name: "a", description: "x", inputSchema: { type: "object" } }, { name: "b" }),
      ...list(2, { inputSchema: { type: "object" }, description: "x", name: "a" }, { name: "c" }),
      ...list(3, { name: "a", description: "y", inputSchema: { type: "object" } }),
    );
    expect(journal.summary("kind", "change", "subject")).toEqual([
      { kind: "environment", change: "tool_definition", subject: "a" },
    ]);
  });
});

describe("who speaks", () => {
  test.each([
    ["initialize", { clientInfo: { name: "c", version: "1" } }],
    [
      "tools/list",
      { _meta: { "io.modelcontextprotocol/clientInfo": { name: "c", version: "1" } } },
    ],
  ])("is told by %s", (method, params) => {
    const { journal } = heard(["client", { id: 1, method, params }]);
    expect(journal.identity).toEqual({ clientName: "c", clientVersion: "1" });
  });

  test("a process that was only asked what it can do is a probe", () => {
    const { journal, conversation } = heard(["client", { id: 1, method: "server/discover" }]);
    conversation.end(0);
    expect(journal.summary("kind", "change")).toEqual([{ kind: "environment", change: "probe" }]);
  });
});

test("10,000 abandoned calls leave nothing behind", () => {
  const { journal, conversation } = heard(
    ...Array.from({ length: 10_000 }, (_, id): Said => ["client", call(id), 0]),
  );
  conversation.tick(60_000);
  expect(conversation.openCalls).toBe(10_000);
  conversation.tick(60 * 60_000);
  expect(conversation.openCalls).toBe(0);
  const statuses = journal.entries.map(({ entry }) => ("status" in entry ? entry.status : ""));
  expect(statuses.filter((status) => status === "pending")).toHaveLength(10_000);
  expect(statuses.filter((status) => status === "unresolved")).toHaveLength(10_000);
});
