import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { registerCaum as registerAiSdk } from "@caum/ai-sdk";
import { registerCaum } from "@caum/langchain";
import { RunnableLambda } from "@langchain/core/runnables";
import { Annotation, END, START, StateGraph } from "@langchain/langgraph";
import { generateText, isStepCount } from "ai";
import { createAgent } from "langchain";
import { expect, test } from "vitest";
import { eventsOf, recordsIn } from "../../../test/records.ts";
import {
  answer,
  call,
  model,
  says as textOf,
  toolOf as toolIn,
} from "../../ai-sdk/test/scripted-model.ts";
import { calls, ScriptedModel, says, toolOf } from "./scripted-model.ts";

const text = async () =>
  (await generateText({ model: model(answer(textOf("x"))), prompt: "p" })).text;
const asked = { messages: [{ role: "user" as const, content: "hi" }] };
const agent = () =>
  createAgent({
    model: new ScriptedModel([calls(["c1", "ask", { q: "x" }]), says("done")]),
    tools: [toolOf("ask", text)],
  });

/** The sessions of what two adapters of one process recorded. */
async function sessionsOf(work: () => Promise<unknown>) {
  const home = mkdtempSync(join(tmpdir(), "caum-both-"));
  const options = { home, env: {}, quiet: true } as const;
  const registrations = [registerAiSdk(options), registerCaum(options)];
  await work();
  for (const registration of registrations) await registration.close();
  const records = recordsIn(home);
  rmSync(home, { recursive: true, force: true });
  const sessions = new Set(records.map(({ sessionId }) => sessionId));
  return { events: eventsOf(records).toSorted(), sessions: [...sessions] };
}

test("a tool that uses the AI SDK is in the session of its agent", async () => {
  const { events, sessions } = await sessionsOf(() => agent().invoke(asked));
  expect(events).toEqual(["ask ok", "message user", "turn ok", "turn ok", "turn ok 1"]);
  expect(sessions).toHaveLength(1);
});

test("what an agent in a tool of the AI SDK is told is not from the user", async () => {
  const helper = createAgent({ model: new ScriptedModel([says("found")]), tools: [] });
  const ask = toolIn(async () => (await helper.invoke(asked)).messages.length);
  const { events, sessions } = await sessionsOf(() =>
    generateText({
      model: model(answer(call("c1", "ask", { q: "x" })), answer(textOf("done"))),
      tools: { ask },
      prompt: "p",
      stopWhen: isStepCount(3),
    }),
  );
  expect(events).toEqual(["ask ok", "message user", "turn ok", "turn ok", "turn ok 1"]);
  expect(sessions).toHaveLength(1);
});

test("a node of a graph that uses the AI SDK is in the session of the graph", async () => {
  const State = Annotation.Root({ text: Annotation<string> });
  const graph = new StateGraph(State)
    .addNode("speak", async () => ({ text: await text() }))
    .addEdge(START, "speak")
    .addEdge("speak", END)
    .compile();
  const both = RunnableLambda.from(async () => {
    await graph.invoke({ text: "" });
    return agent().invoke(asked);
  });
  const { sessions } = await sessionsOf(() => both.invoke("go", { metadata: { session_id: "S" } }));
  expect(sessions).toEqual(["S"]);
});

test("what runs after and beside an agent is not in its session", async () => {
  const { sessions } = await sessionsOf(async () => {
    await Promise.all([agent().invoke(asked), agent().invoke(asked), text()]);
    await text();
  });
  expect(sessions).toHaveLength(4);
});
