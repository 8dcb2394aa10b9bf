import * as fc from "fast-check";
import { expect, test } from "vitest";
import type { Answer } from "../../../../test/wire-server/answer.ts";
import { messageEvents, messageOf } from "../../../../test/wire-server/anthropic-messages.ts";
import { chatCompletion, chatCompletionEvents } from "../../../../test/wire-server/openai-chat.ts";
import { responseEvents, responseOf } from "../../../../test/wire-server/openai-responses.ts";
import { anthropicMessages } from "../../src/wire/dialects/anthropic-messages.ts";
import { routeOf } from "../../src/wire/dialects/dialects.ts";
import type { Dialect } from "../../src/wire/dialects/model-turn.ts";
import { openaiChat } from "../../src/wire/dialects/openai-chat.ts";
import { openaiResponses } from "../../src/wire/dialects/openai-responses.ts";
import { answerReader } from "../../src/wire/stream/answer-reader.ts";

interface Vendor {
  readonly name: string;
  readonly dialect: Dialect;
  whole(answer: Answer): unknown;
  events(answer: Answer): string[];
}

const VENDORS: readonly Vendor[] = [
  {
    name: "chat completions",
    dialect: openaiChat,
    whole: (answer) => chatCompletion(answer, "id", "model"),
    events: (answer) => chatCompletionEvents(answer, "id", "model", true),
  },
  {
    name: "responses",
    dialect: openaiResponses,
    whole: (answer) => responseOf(answer, "id", "model"),
    events: (answer) => responseEvents(answer, "id", "model"),
  },
  {
    name: "messages",
    dialect: anthropicMessages,
    whole: (answer) => messageOf(answer, "id", "model"),
    events: (answer) => messageEvents(answer, "id", "model"),
  },
];

/** Any answer: text and calls in every script, arguments as JSON of any depth. */
function answers(): fc.Arbitrary<Answer> {
  const text = fc.string({ unit: "grapheme", minLength: 1 });
  const call = fc.record({
    id: fc.uuid(),
    name: fc.string({ minLength: 1 }),
    arguments: fc.dictionary(fc.string(), fc.jsonValue()).map((value) => JSON.stringify(value)),
  });
  return fc.record(
    {
      text,
      calls: fc.uniqueArray(call, { minLength: 1, maxLength: 4, selector: ({ id }) => id }),
      pieceLength: fc.integer({ min: 1, max: 20 }),
    },
    { requiredKeys: [] },
  );
}

test.each(VENDORS)("an answer in $name is the same whole and in any pieces", (vendor) => {
  fc.assert(
    fc.property(answers(), fc.integer({ min: 1, max: 97 }), (answer, step) => {
      const whole = answerReader(vendor.dialect, "application/json");
      whole.push(new TextEncoder().encode(JSON.stringify(vendor.whole(answer))));
      const streamed = answerReader(vendor.dialect, "text/event-stream");
      const bytes = new TextEncoder().encode(vendor.events(answer).join(""));
      for (let start = 0; start < bytes.length; start += step) {
        streamed.push(bytes.subarray(start, start + step));
      }
      const expected = whole.finish();
      expect(expected?.state).toBe("whole");
      expect(expected?.requests.map(({ arguments: values }) => values)).toEqual(
        (answer.calls ?? []).map((call) => JSON.parse(call.arguments)),
      );
      expect(streamed.finish()).toEqual(expected);
    }),
    { numRuns: 100 },
  );
});

test.each(VENDORS)("a stream in $name that breaks off anywhere is never whole", (vendor) => {
  const answer = { text: "some text", calls: [{ id: "1", name: "go", arguments: '{"a":1}' }] };
  const events = vendor.events(answer);
  const last = events.findIndex((event) =>
    /finish_reason":"|response.completed|message_stop/.test(event),
  );
  for (let kept = 0; kept < last; kept += 1) {
    const reader = answerReader(vendor.dialect, "text/event-stream");
    reader.push(new TextEncoder().encode(events.slice(0, kept).join("")));
    expect(reader.finish()?.state ?? "underway").toBe("underway");
  }
});

test.each(VENDORS)("whatever comes instead of $name, reading it throws nothing", (vendor) => {
  const names = ["choices", "message", "delta", "output", "content", "type", "usage", "messages"];
  const words = ["message_start", "content_block_delta", "response.output_item.done", "tool_use"];
  const anything = fc.letrec((tie) => ({
    value: fc.oneof(
      { depthSize: "small" },
      fc.jsonValue(),
      fc.constantFrom(...words),
      fc.array(tie("value"), { maxLength: 3 }),
      fc.dictionary(fc.constantFrom(...names), tie("value"), { maxKeys: 4 }),
    ),
  })).value;
  fc.assert(
    fc.property(anything, (value) => {
      const request = vendor.dialect.readRequest(value);
      request.lastTurns();
      Array.from(request.callsBackwards());
      vendor.dialect.readAnswer(value);
      const stream = vendor.dialect.openStream();
      stream.push(JSON.stringify(value));
      stream.push("{");
      stream.turn();
    }),
    { numRuns: 500 },
  );
});

test("model calls are known by the end of their path, and nothing else is", () => {
  const base = "https://host/any/prefix";
  const route = (method: string, path: string) => routeOf(method, `${base}${path}`)?.dialect;
  expect(route("POST", "/chat/completions?api-version=1")).toBe(openaiChat);
  expect(route("post", "/responses")).toBe(openaiResponses);
  expect(route("POST", "/v1/messages?beta=true")).toBe(anthropicMessages);
  expect(routeOf("GET", `${base}/responses/resp_1?stream=true`)?.isRetrieval).toBe(true);
  for (const [method, path] of [
    ["GET", "/chat/completions"],
    ["POST", "/embeddings"],
    ["POST", "/messages/count_tokens"],
    ["POST", "/messages/batches"],
    ["POST", "/responses/resp_1/cancel"],
    ["DELETE", "/responses/resp_1"],
    ["POST", "/threads/t/messages/"],
    ["POST", "/v1/threads/t_1/messages?x=/y"],
  ] as const) {
    expect([path, route(method, path)]).toEqual([path, undefined]);
  }
  expect(routeOf("POST", `${base}/messages`, "openai")).toBeUndefined();
  expect(routeOf("POST", `${base}/messages`, "anthropic")?.dialect).toBe(anthropicMessages);
});
