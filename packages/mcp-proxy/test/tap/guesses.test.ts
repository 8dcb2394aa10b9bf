/** A status that is a guess says so, and docs/protocol.md says what was seen. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { errorClassOf } from "../../../core/src/capture/error-class.ts";
import { Conversation } from "../../src/tap/conversation.ts";
import { messagesOfText } from "../../src/tap/messages/message.ts";
import { KeptJournal } from "./kept-journal.ts";

const ROOT = join(import.meta.dirname, "../../../..");
const SOURCES = join(ROOT, "packages/mcp-proxy/src");

function guessesIn(text: string): readonly string[] {
  return [...new Set(text.match(/guess:\w+/g))].sort();
}

test("every guess that is made is in the table of the protocol, is kept, and no other", () => {
  const files = readdirSync(SOURCES, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".ts"))
    .map((name) => readFileSync(join(SOURCES, name), "utf8"));
  const made = guessesIn(files.join("\n"));
  const table = readFileSync(join(ROOT, "docs/protocol.md"), "utf8").match(/^\| `guess:.*$/gm);
  expect(guessesIn(table?.join("\n") ?? "")).toEqual(made);
  expect(made.map(errorClassOf)).toEqual(made);
  expect(errorClassOf("guess:what a server says")).toBe("guess:other");
});

test("a task whose result lost its middle did not fail as far as is known", () => {
  const journal = new KeptJournal();
  const conversation = new Conversation(journal);
  const say = (toServer: boolean, message: object, cut: { isCut?: true } = {}) => {
    for (const one of messagesOfText(Buffer.from(JSON.stringify(message)))) {
      conversation.accept(one.kind === "reply" ? { ...one, ...cut } : one, toServer, 1);
    }
  };
  for (const [id, cut] of [
    [1, {}],
    [2, { isCut: true }],
  ] as const) {
    const task = { taskId: `t${id}`, status: "completed", result: { content: [] } };
    say(true, { id, method: "tools/call", params: { name: "x" } });
    say(false, { id, result: { resultType: "task", taskId: `t${id}` } });
    say(true, { id: 10 + id, method: "tasks/get", params: { taskId: `t${id}` } });
    say(false, { id: 10 + id, result: task }, cut);
  }
  expect(journal.entries[0]?.entry).not.toHaveProperty("errorClass");
  expect(journal.entries.map(({ entry }) => entry)).toMatchObject([
    { status: "ok" },
    { status: "ok", errorClass: "guess:cut" },
  ]);
});

test("what is heard of a task after it was given up is recorded under the same id", () => {
  const journal = new KeptJournal();
  const conversation = new Conversation(journal);
  const say = (toServer: boolean, message: object) => {
    for (const one of messagesOfText(Buffer.from(JSON.stringify(message)))) {
      conversation.accept(one, toServer, 1);
    }
  };
  say(true, { id: 1, method: "tools/call", params: { name: "x" } });
  say(false, { id: 1, result: { resultType: "task", taskId: "t" } });
  conversation.interrupt(2);
  say(true, { id: 2, method: "tasks/cancel", params: { taskId: "t" } });
  say(false, { id: 2, result: {} });
  conversation.end(3);
  const [given, heard, ...others] = journal.entries.map(({ entry }) => entry);
  expect(given).toMatchObject({ status: "unresolved", toolCallId: expect.any(String) });
  expect(heard).toMatchObject({ status: "cancelled", errorClass: "guess:unconfirmed" });
  expect(heard).toHaveProperty("toolCallId", given && "toolCallId" in given && given.toolCallId);
  expect(others).toEqual([]);
});
