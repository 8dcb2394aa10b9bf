/** Events that repeat another one but for what the model says: read as if each had been parsed. */
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { openaiChat } from "../../src/wire/dialects/openai-chat.ts";
import { RepeatedEvent } from "../../src/wire/dialects/repeated-event.ts";

const HEAD = { id: "chatcmpl-1", object: "chat.completion.chunk", model: "m" };

function said(content: string, more: object = {}, choice: object = {}): string {
  const delta = { index: 0, delta: { content }, logprobs: null, finish_reason: null, ...choice };
  return JSON.stringify({ ...HEAD, choices: [delta], ...more });
}

function turnOf(events: readonly string[]) {
  const stream = openaiChat.openStream();
  for (const event of events) stream.push(event);
  return stream.turn();
}

/** Enough of them that later ones are no longer parsed. */
const MANY = Array.from({ length: 20 }, (_, at) => said(` word${at}`));
const MANY_SAID = MANY.map((_, at) => ` word${at}`).join("");

test("whatever a model says in many events is what they say, with and without padding", () => {
  const text = fc.oneof(
    fc.string({ unit: "grapheme" }),
    fc.constantFrom('"', "\\", "\n", '","content":"x', '"}}]}', "\u2028", "", "$&", "(.*)"),
  );
  const padding = fc.option(fc.stringMatching(/^[A-Za-z0-9]{0,8}$/), { nil: undefined });
  fc.assert(
    fc.property(fc.array(fc.tuple(text, padding), { minLength: 12, maxLength: 60 }), (pieces) => {
      const events = pieces.map(([content, obfuscation]) => said(content, { obfuscation }));
      const whole = pieces.map(([content]) => content).join("");
      expect(turnOf(events)?.text ?? "").toBe(whole);
    }),
    { numRuns: 200 },
  );
});

test.each<[string, string, object]>([
  ["another choice", said("no", {}, { index: 1 }), { text: MANY_SAID, otherTexts: ["no"] }],
  ["an error", said("", { error: { message: "x" } }), { state: "failed" }],
  ["an end", said("!", {}, { finish_reason: "length" }), { finishReason: "length" }],
  ["what it cost", said("", { usage: { prompt_tokens: 7 } }), { inputTokens: 7 }],
  [
    "a call",
    said("", {}, { delta: { content: "", tool_calls: [{ index: 0, function: { name: "f" } }] } }),
    { requests: [expect.objectContaining({ name: "f" })] },
  ],
])("%s among them is read", (_what, event, expected) => {
  expect(turnOf([...MANY, event, ...MANY.slice(0, 0)])).toMatchObject(expected);
  // In the middle, too: what comes after it says what it says.
  const turn = turnOf([...MANY, event, said("after")]);
  expect(turn).toMatchObject({ ...expected, text: expect.stringMatching(/after$/) });
});

test("an event that is no JSON says nothing, however much it looks like the others", () => {
  const [one = ""] = MANY;
  const broken = [
    one.slice(0, -1),
    `${one}}`,
    one.replace(" word0", "a\nb"),
    one.replace('"id"', "id"),
  ];
  expect(turnOf([...MANY, ...broken])?.text).toBe(MANY_SAID);
});

test("a text is taken only where nothing else differs", () => {
  const repeated = new RepeatedEvent("content");
  const learn = (event: string, text: string) => {
    for (let count = 0; count < 10; count += 1) repeated.learn(event, text);
  };
  learn('{"content":"a","n":1}', "a");
  expect(repeated.textOf('{"content":"b","n":1}')).toBe("b");
  expect(repeated.textOf('{"content":"","n":1}')).toBe("");
  expect(repeated.textOf('{"content":"b","n":2}')).toBeUndefined();
  expect(repeated.textOf('{"content":"b\\"","n":1}')).toBeUndefined();
  expect(repeated.textOf('{"content":"b","n":1}}')).toBeUndefined();
});

test("of a member that is there twice, the last one counts: such an event is not learned", () => {
  const repeated = new RepeatedEvent("content");
  const twice = '{"content":"a","content":"a"}';
  for (let count = 0; count < 20; count += 1) repeated.learn(twice, "a");
  expect(repeated.textOf(twice)).toBeUndefined();
});

test("events that differ elsewhere each time are parsed, and no pattern is made for each", () => {
  const events = Array.from({ length: 200 }, (_, at) => said("x", { created: at }));
  expect(turnOf(events)?.text).toBe("x".repeat(200));
  const repeated = new RepeatedEvent("content");
  for (const event of events) repeated.learn(event, "x");
  expect(repeated.textOf(events[199] ?? "")).toBeUndefined();
});
