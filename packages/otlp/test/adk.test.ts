import { expect, test } from "vitest";
import { decode, type ReportedEvent, readTelemetry, TraceNotes } from "../src/index.ts";

const pairs = (attributes: Readonly<Record<string, string>>) =>
  Object.entries(attributes).map(([key, stringValue]) => ({ key, value: { stringValue } }));

/** A turn that asks for calls of `search` with these values, and the spans of calls that failed. */
async function read(
  asked: readonly string[],
  notes = new TraceNotes(),
): Promise<readonly ReportedEvent[]> {
  const parts = asked.map((query, at) => ({
    functionCall: { id: `call_${at}`, name: "search", args: { query } },
  }));
  const span = (spanId: string, parentSpanId: string, name: string, attributes = {}) => ({
    traceId: "1".repeat(32),
    spanId,
    parentSpanId,
    name,
    startTimeUnixNano: "1000000000",
    endTimeUnixNano: "2000000000",
    attributes: pairs(attributes),
  });
  const turn = "b".repeat(16);
  const response = JSON.stringify({ content: { parts } });
  const spans = [
    span("a".repeat(16), turn, "execute_tool search"),
    ...(asked.length === 0
      ? []
      : [span(turn, "", "call_llm", { "gcp.vertex.agent.llm_response": response })]),
  ];
  const scopeSpans = [{ scope: { name: "gcp.vertex.agent" }, spans }];
  const body = Buffer.from(JSON.stringify({ resourceSpans: [{ scopeSpans }] }));
  const { groups } = readTelemetry(await decode(body, "traces", "json"), notes);
  return groups.flatMap((group) => group.events).filter(({ observation }) => "tool" in observation);
}

test("a call that failed has the arguments and the id that its turn asked for", async () => {
  const [call] = await read(["one"]);
  expect(call?.observation).toMatchObject({
    status: "error",
    toolCallId: "call_0",
    arguments: { query: "one" },
  });
});

test("of two calls of one tool nobody can say which failed", async () => {
  const [call] = await read(["one", "two"]);
  expect(call?.observation).not.toHaveProperty("arguments");
});

test("what a turn asked for is forgotten with its request", async () => {
  const notes = new TraceNotes();
  await read(["one"], notes);
  const [call] = await read([], notes);
  expect(call?.observation).not.toHaveProperty("arguments");
});
