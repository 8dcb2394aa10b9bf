/** A handler for one graph: its thread is the session. */
import assert from "node:assert/strict";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CaumCallbackHandler } from "@caum/langchain";
import { AIMessage, HumanMessage } from "@langchain/core/messages";
import { fakeModel } from "@langchain/core/testing";
import { END, MemorySaver, MessagesAnnotation, START, StateGraph } from "@langchain/langgraph";

const seen: string[] = [];
const handler = new CaumCallbackHandler({
  home: mkdtempSync(join(tmpdir(), "caum-example-")),
  onVerdict: ({ traceQuality }, session) => seen.push(`${session}: ${traceQuality}`),
});

const model = fakeModel()
  .respond(new AIMessage("Good morning."))
  .respond(new AIMessage("Good evening."));

const graph = new StateGraph(MessagesAnnotation)
  .addNode("greet", async ({ messages }) => ({ messages: [await model.invoke(messages)] }))
  .addEdge(START, "greet")
  .addEdge("greet", END)
  .compile({ checkpointer: new MemorySaver() });

const config = { callbacks: [handler], configurable: { thread_id: "ticket-4711" } };
await graph.invoke({ messages: [new HumanMessage("hello")] }, config);
const { messages } = await graph.invoke({ messages: [new HumanMessage("hello again")] }, config);
await handler.close();

console.log(seen.join("\n"));
assert.equal(messages.at(-1)?.content, "Good evening.");
assert.deepEqual(seen, Array(4).fill("ticket-4711: full")); // two messages, two turns
