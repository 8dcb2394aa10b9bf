import { describe, expect, test } from "vitest";
import { Place } from "../../src/tap/calls/open-requests.ts";
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
    for (const one of messagesOfText(Buffer.from(JSON.stringify(message)))) {
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
    [
      "a time-out",
      { id: 1, error: { code: -32001, message: "MCP error -32001: Request timed out" } },
      { status: "timeout", errorClass: "jsonrpc:-32001" },
    ],
    [
      "a refusal under the code of a time-out",
      { id: 1, error: { code: -32001, message: "Unauthorized" } },
      { status: "error", errorClass: "jsonrpc:-32001" },
    ],
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
    const [{ toolCallId } = {}] = journal.summary("toolCallId");
    expect(toolCallId).toBeTypeOf("string");
    expect(journal.summary("status", "durationMs", "durationIsBound", "toolCallId")).toEqual([
      { status: "pending", durationMs: 60_000, durationIsBound: "lower", toolCallId },
      { status: "ok", durationMs: 90_000, toolCallId },
    ]);
  });

  test("that was never answered is unresolved at the end, never ok", () => {
    const { journal, conversation } = heard(["client", call(1)], ["client", call(2)]);
    conversation.end(2_000);
    expect(journal.summary("status")).toEqual([{ status: "unresolved" }, { status: "unresolved" }]);
  });

  test.each(["end", "interrupt"] as const)(
    "is unresolved at the %s of a clock that was set back",
    (how) => {
      const { journal, conversation } = heard(["client", call(1), 9_000]);
      conversation[how](2_000);
      expect(journal.summary("status", "durationMs")).toEqual([
        { status: "unresolved", durationMs: 0 },
      ]);
    },
  );

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

  test.each([undefined, "the same for all"])(
    "of two calls at once is told apart by their arguments (state: %s)",
    (state) => {
      const of = (id: number, a: number, isRetry = false) => ({
        ...call(id),
        params: {
          name: "get_x",
          arguments: { a },
          ...(isRetry && { inputResponses: { q: {} }, requestState: state }),
        },
      });
      const { journal, conversation } = heard(
        ["client", of(1, 1)],
        ["client", of(2, 2)],
        ["server", ask(1, state)],
        ["server", ask(2, state)],
        ["client", of(4, 2, true)],
        ["client", of(3, 1, true)],
        ["server", ok(4)],
        ["server", ok(3, { isError: true })],
      );
      expect(journal.summary("arguments", "status")).toEqual([
        { arguments: { a: 2 }, status: "ok" },
        { arguments: { a: 1 }, status: "error" },
      ]);
      expect(conversation.openCalls).toBe(0);
    },
  );
});

test("a call that is redirected is an error unless the client follows", () => {
  const journal = new KeptJournal();
  const conversation = new Conversation(journal);
  const otherwise = { status: "error", errorClass: "http:307" } as const;
  const ask = (id: number, time: number, place: Place) => {
    const request = messageOf(call(id));
    if (request) conversation.accept(request, true, time, place);
  };
  const [first, second, other] = [new Place(true), new Place(true), new Place(true)];
  ask(1, 0, first);
  conversation.redirect(first, otherwise, 10);
  ask(1, 15, second);
  const reply = messageOf(ok(1));
  if (reply) conversation.accept(reply, false, 30, second);
  ask(1, 40, other);
  conversation.redirect(other, otherwise, 50);
  conversation.tick(2_000);
  expect(journal.summary("status", "durationMs")).toEqual([{ status: "ok", durationMs: 25 }]);
  conversation.tick(4_000);
  expect(journal.summary("status", "errorClass").at(-1)).toEqual(otherwise);
});

describe("a call that is refused for a header", () => {
  const refused = (id: number) => ({ id, error: { code: -32020, message: "x" } });
  const list: Said[] = [
    ["client", { id: 8, method: "tools/list" }],
    ["server", ok(8, { tools: [] })],
  ];

  test("and asked again after a look at the tools is one call", () => {
    const { journal } = heard(
      ["client", call(1)],
      ["server", refused(1)],
      ...list,
      ["client", call(2), 3_000],
      ["server", ok(2)],
    );
    expect(journal.summary("status", "errorClass")).toEqual([{ status: "ok" }]);
  });

  test("is an error when it is not asked again, or not by itself", () => {
    const { journal, conversation } = heard(
      ["client", call(1)],
      ["server", refused(1)],
      ["client", call(2), 5_000],
      ["server", ok(2)],
    );
    conversation.tick(20_000);
    expect(journal.summary("status", "errorClass")).toEqual([
      { status: "ok" },
      { status: "error", errorClass: "jsonrpc:-32020" },
    ]);
  });

  test("again and again is several errors", () => {
    const { journal, conversation } = heard(
      ...[1, 2, 3, 4].flatMap((id): Said[] => [
        ["client", call(id)],
        ["server", refused(id)],
        ...list,
      ]),
    );
    conversation.end(9_000);
    expect(journal.summary("status")).toEqual([{ status: "error" }, { status: "error" }]);
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

describe("a task without a result", () => {
  const task = (id: number): Said => [
    "server",
    ok(id, { task: { taskId: "t", status: "working" } }),
  ];
  const about = (id: number, what: string): Said => [
    "client",
    { id, method: `tasks/${what}`, params: { taskId: "t" } },
  ];

  test("is cancelled when the answer to tasks/cancel says so", () => {
    const { journal } = heard(["client", call(1)], task(1), about(2, "cancel"), [
      "server",
      ok(2, { taskId: "t", status: "cancelled" }),
    ]);
    expect(journal.summary("status", "errorClass")).toEqual([{ status: "cancelled" }]);
  });

  test("is a guess when the answer only says that it was heard", () => {
    const said: Said[] = [["client", call(1)], task(1), about(2, "cancel"), ["server", ok(2, {})]];
    const { journal, conversation } = heard(...said);
    conversation.end(5_000);
    expect(journal.summary("status", "errorClass")).toEqual([
      { status: "cancelled", errorClass: "guess:unconfirmed" },
    ]);
  });

  test.each(["end", "tick"] as const)(
    "completed and never fetched is ok, by a guess (%s)",
    (how) => {
      const { journal, conversation } = heard(["client", call(1)], task(1), about(2, "get"), [
        "server",
        ok(2, { taskId: "t", status: "completed" }),
      ]);
      conversation[how](100_000);
      expect(journal.summary("status", "errorClass", "durationIsBound")).toEqual([
        { status: "ok", errorClass: "guess:not_fetched", durationIsBound: "upper" },
      ]);
    },
  );

  test("that the server does not know any more is an error", () => {
    const { journal } = heard(["client", call(1)], task(1), about(2, "get"), [
      "server",
      { id: 2, error: { code: -32602, message: "Task not found" } },
    ]);
    expect(journal.summary("status", "errorClass")).toEqual([
      { status: "error", errorClass: "jsonrpc:-32602" },
    ]);
  });

  test("goes on after a question that could not be answered", () => {
    const { journal } = heard(
      ["client", call(1)],
      task(1),
      about(2, "get"),
      ["server", { id: 2, error: { code: -32603 } }],
      about(3, "result"),
      ["server", ok(3)],
    );
    expect(journal.summary("status")).toEqual([{ status: "ok" }]);
  });
});

describe("ids", () => {
  test.each([
    [7, "7"],
    ["7", 7],
    ["a", "a"],
  ])("a call %j that is answered as %j is answered", (asked, answered) => {
    const { journal } = heard(["client", call(asked)], ["server", ok(answered)]);
    expect(journal.summary("status")).toEqual([{ status: "ok" }]);
    expect(journal.drops).toEqual([]);
  });

  test("the very id comes first, also when that is no call", () => {
    const { journal, conversation } = heard(
      ["client", call(7)],
      ["client", { id: "7", method: "tools/list" }],
      ["server", ok("7", { tools: [] })],
    );
    expect(conversation.openCalls).toBe(1);
    expect(journal.entries).toEqual([]);
  });

  test("that no double can hold stay apart", () => {
    const journal = new KeptJournal();
    const conversation = new Conversation(journal);
    const [one, two] = ["9007199254740993", "9007199254740992"];
    const said = (text: string, toServer: boolean) => {
      for (const message of messagesOfText(Buffer.from(text))) {
        conversation.accept(message, toServer, 5);
      }
    };
    said(JSON.stringify(call(0, "one")).replace('"id":0', `"id":${one}`), true);
    said(`[${JSON.stringify(call(0, "two")).replace('"id":0', `"id": ${two} `)}]`, true);
    said(`{"method":"notifications/cancelled","params":{"requestId":${two}}}`, true);
    said(`{"id":${one},"result":{}}`, false);
    expect(journal.summary("tool", "status")).toEqual([
      { tool: "two", status: "cancelled" },
      { tool: "one", status: "ok" },
    ]);
  });

  test("an error without one is about the only call there is", () => {
    const error = { jsonrpc: "2.0", id: null, error: { code: -32700, message: "x" } };
    const { journal } = heard(["client", call(1)], ["server", error]);
    expect(journal.summary("status", "errorClass")).toEqual([
      { status: "error", errorClass: "guess:no_id" },
    ]);
    const log = { level: "error", error: { code: "E" }, msg: "x" };
    expect(heard(["client", call(1)], ["server", log]).conversation.openCalls).toBe(1);
    const two = heard(["client", call(1)], ["client", call(2)], ["server", error]);
    expect(two.conversation.openCalls).toBe(2);
    expect(two.journal.drops).toEqual([{ count: 1, reason: "unpaired" }]);
  });
});

describe("calls asked for together", () => {
  /** Tools with their turn, without what sets one process apart from another. */
  const parents = (...said: readonly Said[]) =>
    heard(...said)
      .journal.summary("tool", "parent")
      .map(({ tool, parent }) => ({
        tool,
        ...(typeof parent === "string" && { parent: parent.replace(/^[0-9a-f]{12}-/, "") }),
      }));

  test("share a parent, and one that was alone has none", () => {
    expect(
      parents(
        ["client", call(1, "alone")],
        ["server", ok(1)],
        ["client", call(2, "a")],
        ["client", call(3, "b")],
        ["server", ok(3)],
        ["server", ok(2)],
      ),
    ).toEqual([
      { tool: "alone" },
      { tool: "b", parent: "turn-1" },
      { tool: "a", parent: "turn-1" },
    ]);
  });

  test("are also those that a client sent at once when one of them was answered", () => {
    expect(
      parents(
        ["client", call(1, "a"), 0],
        ["client", call(2, "b"), 0],
        ["server", ok(1), 50],
        ["client", call(3, "c"), 51],
        ["server", ok(2), 60],
        ["server", ok(3), 70],
      ).map(({ parent }) => parent),
    ).toEqual(["turn-0", "turn-0", "turn-0"]);
  });

  test("are those of one agent, where the client tells them apart", () => {
    const by = (id: number, threadId: string) => ({
      ...call(id, threadId),
      params: { name: threadId, arguments: {}, _meta: { sessionId: "main", threadId } },
    });
    const asked = ["main", "sub", "main", "sub"].map((id, at): Said => ["client", by(at, id)]);
    const answers = [0, 1, 2, 3].map((id): Said => ["server", ok(id)]);
    expect(parents(...asked, ...answers)).toEqual([
      { tool: "main", parent: "turn-0" },
      { tool: "sub", parent: "turn-1" },
      { tool: "main", parent: "turn-0" },
      { tool: "sub", parent: "turn-1" },
    ]);
  });

  test("are none of a loop that runs beside a long call", () => {
    const said = [2, 3, 4, 5].flatMap((id): Said[] => [
      ["client", call(id, "again")],
      ["server", ok(id)],
    ]);
    const seen = parents(["client", call(1, "long")], ...said, ["server", ok(1)]);
    expect(seen.map(({ parent }) => parent)).toEqual([
      "turn-0",
      undefined,
      undefined,
      undefined,
      "turn-0",
    ]);
  });
});

test.each([
  ["McpError: MCP error -32001: Request timed out", "timeout"],
  ["TimeoutError: The operation was aborted due to timeout", "timeout"],
  ["AbortError: This operation was aborted", "cancelled"],
  [undefined, "cancelled"],
])("a call that the client gives up because of %j is %s", (reason, status) => {
  const params = { requestId: 1, reason };
  const said: Said[] = [
    ["client", call(1)],
    ["client", { method: "notifications/cancelled", params }],
  ];
  expect(heard(...said).journal.summary("status")).toEqual([{ status }]);
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
