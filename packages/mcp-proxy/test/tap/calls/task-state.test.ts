import { expect, test } from "vitest";
import { isGone, taskIdOf, taskStateOf } from "../../../src/tap/calls/task-state.ts";
import { Conversation } from "../../../src/tap/conversation.ts";
import { messagesOfText } from "../../../src/tap/messages/message.ts";
import { KeptJournal } from "../kept-journal.ts";

test.each([
  [undefined, undefined],
  [{}, undefined],
  [{ resultType: "task", taskId: "t" }, "t"],
  [{ resultType: "task", taskId: 7 }, undefined],
  [{ taskId: "t" }, undefined],
  [{ task: { taskId: "t" } }, "t"],
  [{ task: { taskId: "t" }, content: [] }, undefined],
])("the task that %o stands for: %s", (result, taskId) => {
  expect(taskIdOf(result)).toBe(taskId);
});

test.each([
  [-32_602, true],
  [-32_002, true],
  [-32_601, false],
  [undefined, false],
])("the error %s says that a task is gone: %s", (errorCode, expected) => {
  const reply = { kind: "reply", ...(errorCode !== undefined && { errorCode }) } as const;
  expect(isGone(reply)).toBe(expected);
});

const RESULT = { content: [] };

test.each([
  [{ status: "working" }, undefined],
  [{}, undefined],
  [
    { status: "completed", result: RESULT },
    { outcome: { status: "ok" }, result: RESULT },
  ],
  [
    { status: "completed", result: { isError: true } },
    { outcome: { status: "error" }, result: { isError: true } },
  ],
  [
    { status: "completed" },
    { outcome: { status: "ok", errorClass: "guess:not_fetched" }, isFetchedLater: true },
  ],
  [{ status: "cancelled" }, { outcome: { status: "cancelled" } }],
  [{ status: "failed" }, { outcome: { status: "error" } }],
  [{ status: "failed", error: { code: "7" } }, { outcome: { status: "error" } }],
  [
    { status: "failed", error: { code: -32_002 } },
    { outcome: { status: "not_found", errorClass: "jsonrpc:-32002" } },
  ],
  [
    { status: "failed", error: { code: -32_001, message: "timed out" } },
    { outcome: { status: "timeout", errorClass: "jsonrpc:-32001" } },
  ],
  [
    { status: "failed", error: { code: -32_001, message: "no" } },
    { outcome: { status: "error", errorClass: "jsonrpc:-32001" } },
  ],
])("%o ends a task so: %o", (fields, state) => {
  expect(taskStateOf(fields)).toEqual(state);
});

test("tasks beside each other end each by itself", () => {
  const journal = new KeptJournal();
  const conversation = new Conversation(journal);
  const say = (toServer: boolean, message: object) => {
    for (const one of messagesOfText(Buffer.from(JSON.stringify(message)))) {
      conversation.accept(one, toServer, 1);
    }
  };
  for (const id of [1, 2]) {
    say(true, { id, method: "tools/call", params: { name: `tool ${id}` } });
    say(false, { id, result: { resultType: "task", taskId: `t${id}` } });
  }
  expect(journal.entries).toEqual([]);
  for (const id of [2, 1]) {
    const params = { taskId: `t${id}`, status: "completed", result: { content: [] } };
    say(false, { method: "notifications/tasks", params });
  }
  expect(journal.summary("tool", "status")).toEqual([
    { tool: "tool 2", status: "ok" },
    { tool: "tool 1", status: "ok" },
  ]);
});
