/** Requests for one call: a question of the server, and who goes on with it. */
import { expect, test } from "vitest";
import { Conversation } from "../../../src/tap/conversation.ts";
import { messagesOfText } from "../../../src/tap/messages/message.ts";
import { KeptJournal } from "../kept-journal.ts";

let ids = 0;

/** A conversation in which calls are asked something, and answered or not. */
function talk() {
  const journal = new KeptJournal();
  const conversation = new Conversation(journal);
  let now = 1_000;
  const say = (toServer: boolean, message: object) => {
    now += 1;
    for (const one of messagesOfText(Buffer.from(JSON.stringify(message)))) {
      conversation.accept(one, toServer, now);
    }
  };
  const calls = (a: number, params: object = {}) => {
    ids += 1;
    const call = { name: "t", arguments: { a }, ...params };
    say(true, { jsonrpc: "2.0", id: ids, method: "tools/call", params: call });
    return ids;
  };
  const asks = (id: number, question: object) =>
    say(false, { jsonrpc: "2.0", id, result: { resultType: "input_required", ...question } });
  const answers = (id: number) => say(false, { jsonrpc: "2.0", id, result: { content: [] } });
  const statuses = () => {
    conversation.end(now + 1);
    return journal.summary("status").map(({ status }) => status);
  };
  return { calls, asks, answers, statuses };
}

const QUESTION = { inputRequests: { sure: {} } };
const YES = { inputResponses: { sure: "yes" } };

test("an answer goes on with the only call that it may be of, whatever its arguments are now", () => {
  const { calls, asks, answers, statuses } = talk();
  asks(calls(1), QUESTION);
  answers(calls(2, YES));
  expect(statuses()).toEqual(["ok"]);
});

test("of several calls it goes on with the one that has its arguments, or with none", () => {
  const { calls, asks, answers, statuses } = talk();
  for (const a of [1, 2]) asks(calls(a), QUESTION);
  answers(calls(2, YES));
  expect(statuses()).toEqual(["ok", "unresolved"]);
  const other = talk();
  for (const a of [1, 2]) other.asks(other.calls(a), QUESTION);
  other.answers(other.calls(3, YES));
  expect(other.statuses()).toEqual(["ok", "unresolved", "unresolved"]);
});

test("the state of a question tells which it is, and another state is of another", () => {
  const { calls, asks, answers, statuses } = talk();
  for (const [a, requestState] of [
    [1, "one"],
    [2, "two"],
  ] as const) {
    asks(calls(a), { ...QUESTION, requestState });
  }
  answers(calls(7, { ...YES, requestState: "one" }));
  answers(calls(2, { ...YES, requestState: "three" }));
  expect(statuses()).toEqual(["ok", "ok", "unresolved"]);
});

test("a call that answers nothing is another one, also behind a question without names", () => {
  const { calls, asks, answers, statuses } = talk();
  asks(calls(1), {});
  answers(calls(1));
  expect(statuses()).toEqual(["ok", "unresolved"]);
});
