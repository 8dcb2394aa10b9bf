/** Servers that give one id to several turns or calls: the latest one is meant. */
import { expect, test } from "vitest";
import { askedCalls } from "../../src/wire/asked-calls.ts";
import { Conversations, type RequestPlace, settle } from "../../src/wire/conversations.ts";
import { openaiChat } from "../../src/wire/dialects/openai-chat.ts";
import { openaiResponses } from "../../src/wire/dialects/openai-responses.ts";

const TOOLS = [{ type: "function", name: "search" }];
const SCOPE = { loose: "loose" };
const NAMED = { ...SCOPE, session: "named" };

const ask = (input: unknown, more: object = {}) =>
  openaiResponses.readRequest({ input, tools: TOOLS, ...more });
const output = (id: string) => ({ type: "function_call_output", call_id: id, output: "found" });

let turns = 0;
/** What is learned of an answer that asks for `search` under these ids. */
function asking(...ids: readonly string[]) {
  turns += 1;
  const requests = ids.map((id) => ({ id, name: "search", arguments: { q: id } }));
  return { texts: [], calls: askedCalls(requests, `turn ${turns}`).map(([call]) => call) };
}

function open(known: Conversations, input: string, scope: typeof SCOPE = NAMED): RequestPlace {
  return known.placeOf(ask(input), scope);
}

test("of two responses with one id, a request goes on with the latest", () => {
  const known = new Conversations((id) => id);
  const places = ["a", "b"].map((input) => open(known, input, SCOPE));
  for (const place of places) known.learn(place, { ...asking(), responseId: "resp" }, 0);
  const next = known.placeOf(ask("go on", { previous_response_id: "resp" }), SCOPE);
  expect(next.conversation).toBe(places[1]?.conversation);
  expect(next.conversation.session).not.toBe(places[0]?.conversation.session);
});

test("where only answers tell, the latest answer decides, and its latest call that is open", () => {
  const known = new Conversations((id) => id);
  const places = ["a", "b", "c"].map((input) => open(known, input));
  const [a, b, c] = places;
  const said = [asking("old"), asking("both"), asking("both")];
  for (const [at, place] of places.entries()) known.learn(place, said[at] ?? asking(), 0);
  const answered = (...ids: string[]) => known.placeOf(ask(ids.map(output)), NAMED).conversation;
  expect(answered("old")).toBe(a?.conversation);
  expect(answered("old", "both")).toBe(c?.conversation);
  expect(answered("both", "old")).toBe(a?.conversation);
  const [call] = said[2]?.calls ?? [];
  if (c !== undefined && call !== undefined) settle(c, call);
  expect(answered("old", "both")).toBe(b?.conversation);
});

test("of two turns that are alike in all, the latest is continued first, then the other", () => {
  const known = new Conversations((id) => id);
  const user = { role: "user", content: "go" };
  const chat = (...messages: object[]) =>
    openaiChat.readRequest({ messages: [user, ...messages], tools: TOOLS });
  const places = [1, 2].map(() => ({ ...known.placeOf(chat(), NAMED) }));
  for (const place of places) known.learn(place, asking("call"), 0);
  const [first, second] = places;
  expect(first?.conversation).not.toBe(second?.conversation);
  const called = { name: "search", arguments: JSON.stringify({ q: "call" }) };
  const tool_calls = [{ id: "call", type: "function", function: called }];
  const answer = { role: "tool", tool_call_id: "call", content: "found" };
  const next = () =>
    known.placeOf(chat({ role: "assistant", content: null, tool_calls }, answer), NAMED);
  expect(next().conversation).toBe(second?.conversation);
  expect(next().conversation).toBe(first?.conversation);
});
