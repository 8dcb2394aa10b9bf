import type { CaumCallbackHandler } from "@caum/langchain";
import { HumanMessage, ToolMessage } from "@langchain/core/messages";
import { BaseRetriever } from "@langchain/core/retrievers";
import { RunnableLambda } from "@langchain/core/runnables";
import {
  Annotation,
  Command,
  END,
  interrupt,
  MemorySaver,
  START,
  StateGraph,
} from "@langchain/langgraph";
import * as host from "langchain";
import {
  type AgentMiddleware,
  createAgent,
  createMiddleware,
  humanInTheLoopMiddleware,
  toolStrategy,
} from "langchain";
import { z } from "zod";
import { calls, ScriptedModel, says, toolOf } from "./scripted-model.ts";

/** How a scenario attaches callbacks: nothing, or our handler. */
export type Callbacks = readonly CaumCallbackHandler[];

/** One thing an agent does: what it answers with and without us, and what we see of it. */
export interface Scenario {
  readonly name: string;
  /** Fresh models and tools, so that both runs start equal; gives all that a user can see. */
  readonly run: (callbacks: Callbacks) => Promise<unknown>;
  readonly events: readonly string[];
}

const boom = new Error("boom");
const ask = { messages: [{ role: "user" as const, content: "hi" }] };
const search = () => toolOf("search", ({ q }) => `found ${q}`);

interface Said {
  getType(): string;
  readonly content: unknown;
}

/** Everything of the messages that does not hold a generated id. */
function seen(messages: readonly Said[]): unknown[] {
  return messages.map((message) => {
    const { content, tool_calls, tool_call_id, status } = message as Said & Record<string, unknown>;
    const text = typeof content === "string" ? content.split("\n    at ")[0] : content;
    return { type: message.getType(), content: text, tool_calls, tool_call_id, status };
  });
}

async function agent(
  model: ScriptedModel,
  tools: ReturnType<typeof toolOf>[],
  callbacks: Callbacks,
  threadId?: string,
): Promise<unknown> {
  const checkpointer = threadId === undefined ? {} : { checkpointer: new MemorySaver() };
  const built = createAgent({ model, tools, ...checkpointer });
  const config = threadId === undefined ? {} : { configurable: { thread_id: threadId } };
  const { messages } = await built.invoke(ask, { ...config, callbacks: [...callbacks] });
  return { messages: seen(messages), prompts: model.prompts.map(seen) };
}

/** The first releases of the host do less, and are tested without that. */
export const IS_FIRST_RELEASE = !("modelRetryMiddleware" in host);

/** The host's middleware types do not allow for `exactOptionalPropertyTypes`. */
function approval(): AgentMiddleware {
  return humanInTheLoopMiddleware({ interruptOn: { search: true } } as never) as AgentMiddleware;
}

const scenario = (name: string, events: readonly string[], run: Scenario["run"]): Scenario => ({
  name,
  events,
  run,
});

const ALL: readonly (Scenario | false)[] = [
  scenario("a bare model", ["message user", "turn ok"], async (callbacks) => {
    const answer = await new ScriptedModel([says("hello")]).invoke("hi", {
      callbacks: [...callbacks],
    });
    return answer.content;
  }),
  scenario("the same handler on model and call", ["message user", "turn ok"], async (callbacks) => {
    const model = new ScriptedModel([says("hello")]);
    model.callbacks = [...callbacks];
    return (await model.invoke("hi", { callbacks: [...callbacks] })).content;
  }),
  scenario(
    "a tool that works, with a thread",
    ["message user", "turn ok 1", "search ok", "turn ok"],
    (callbacks) =>
      agent(
        new ScriptedModel([calls(["c1", "search", { q: "x" }]), says("done")]),
        [search()],
        callbacks,
        "T",
      ),
  ),
  scenario(
    "parallel calls with one throwing",
    ["message user", "turn ok 2", "search ok", "bad error", "turn ok"],
    (callbacks) => {
      const bad = toolOf("bad", () => {
        throw boom;
      });
      const answers = [
        calls(["c1", "search", { q: "x" }], ["c2", "bad", { q: "x" }]),
        says("done"),
      ];
      return agent(new ScriptedModel(answers), [search(), bad], callbacks);
    },
  ),
  scenario(
    "arguments that do not fit the schema",
    // The first releases tell the model without saying that it is an error.
    [
      "message user",
      "turn ok 1",
      `search ${IS_FIRST_RELEASE ? "answered" : "rejected"}`,
      "turn ok",
    ],
    (callbacks) =>
      agent(
        new ScriptedModel([calls(["c1", "search", { q: 5 }]), says("done")]),
        [search()],
        callbacks,
      ),
  ),
  // The first releases of the host end the run instead.
  !IS_FIRST_RELEASE &&
    scenario(
      "an unknown tool",
      ["message user", "turn ok 1", "nope rejected", "turn ok"],
      (callbacks) =>
        agent(
          new ScriptedModel([calls(["c1", "nope", { q: "x" }]), says("done")]),
          [search()],
          callbacks,
        ),
    ),
  scenario(
    "a tool that answers with an error",
    ["message user", "turn ok 1", "soft error", "turn ok"],
    (callbacks) => {
      const soft = toolOf(
        "soft",
        () => new ToolMessage({ content: "no", status: "error", tool_call_id: "c1" }),
      );
      return agent(
        new ScriptedModel([calls(["c1", "soft", { q: "x" }]), says("done")]),
        [soft],
        callbacks,
      );
    },
  ),
  scenario(
    "a tool that answers with a command",
    ["message user", "turn ok 1", "move ok", "turn ok"],
    (callbacks) => {
      const message = new ToolMessage({ content: "moved", tool_call_id: "c1" });
      const move = toolOf("move", () => new Command({ update: { messages: [message] } }));
      return agent(
        new ScriptedModel([calls(["c1", "move", { q: "x" }]), says("done")]),
        [move],
        callbacks,
      );
    },
  ),
  scenario("a model that fails", ["message user", "turn error"], (callbacks) =>
    agent(new ScriptedModel([boom]), [search()], callbacks),
  ),
  !IS_FIRST_RELEASE &&
    scenario(
      "a model call that middleware retries",
      ["message user", "turn error", "turn ok"],
      async (callbacks) => {
        const model = new ScriptedModel([new Error("busy"), says("done")]);
        const retry = host.modelRetryMiddleware({
          maxRetries: 2,
          initialDelayMs: 1,
          jitter: false,
        });
        const middleware = [retry as AgentMiddleware];
        const built = createAgent({ model, tools: [search()], middleware });
        const { messages } = await built.invoke(ask, { callbacks: [...callbacks] });
        return seen(messages);
      },
    ),
  scenario(
    "a call that a person allows after an interrupt",
    ["message user", "turn ok 1", "search pending", "search ok", "turn ok"],
    async (callbacks) => {
      const built = createAgent({
        model: new ScriptedModel([calls(["c1", "search", { q: "x" }]), says("done")]),
        tools: [search()],
        checkpointer: new MemorySaver(),
        middleware: [approval()],
      });
      const config = { callbacks: [...callbacks], configurable: { thread_id: "T" } };
      const stopped = await built.invoke(ask, config);
      const resume = new Command({ resume: { decisions: [{ type: "approve" }] } });
      const { messages } = await built.invoke(resume, config);
      return [seen(stopped.messages), seen(messages)];
    },
  ),
  scenario(
    "a call that a person denies after an interrupt",
    // The first releases end the run there.
    [
      "message user",
      "turn ok 1",
      "search pending",
      "search denied",
      ...(IS_FIRST_RELEASE ? [] : ["turn ok"]),
    ],
    async (callbacks) => {
      const built = createAgent({
        model: new ScriptedModel([calls(["c1", "search", { q: "x" }]), says("done")]),
        tools: [search()],
        checkpointer: new MemorySaver(),
        middleware: [approval()],
      });
      const config = { callbacks: [...callbacks], configurable: { thread_id: "T" } };
      await built.invoke(ask, config);
      const resume = new Command({ resume: { decisions: [{ type: "reject", message: "no" }] } });
      return seen((await built.invoke(resume, config)).messages);
    },
  ),
  scenario(
    "a tool that interrupts and is resumed",
    ["message user", "turn ok 1", "confirm pending", "confirm ok", "turn ok"],
    async (callbacks) => {
      const built = createAgent({
        model: new ScriptedModel([calls(["c1", "confirm", { q: "x" }]), says("done")]),
        tools: [toolOf("confirm", () => `answer: ${interrupt("sure?")}`)],
        checkpointer: new MemorySaver(),
      });
      const config = { callbacks: [...callbacks], configurable: { thread_id: "T" } };
      await built.invoke(ask, config);
      return seen((await built.invoke(new Command({ resume: "yes" }), config)).messages);
    },
  ),
  scenario(
    "a graph that is replayed from a checkpoint",
    ["message user", "turn ok", "message user", "turn ok"],
    async (callbacks) => {
      const built = createAgent({
        model: new ScriptedModel([says("one"), says("two")]),
        tools: [search()],
        checkpointer: new MemorySaver(),
      });
      const config = { callbacks: [...callbacks], configurable: { thread_id: "T" } };
      await built.invoke(ask, config);
      const states = [];
      for await (const state of built.graph.getStateHistory(config)) states.push(state);
      const before = states.find(({ next }) => next[0] === "model_request");
      const replayed = await built.graph.invoke(null, {
        ...config,
        ...before?.config,
        callbacks: [...callbacks],
      });
      return seen(replayed.messages as Said[]);
    },
  ),
  scenario(
    "an agent inside of a tool",
    ["message user", "turn ok 1", "turn ok 1", "search ok", "turn ok", "delegate ok", "turn ok"],
    (callbacks) => {
      const inner = createAgent({
        model: new ScriptedModel([calls(["c1", "search", { q: "x" }]), says("found")]),
        tools: [search()],
        name: "finder",
      });
      const delegate = toolOf("delegate", async ({ q }) => {
        const { messages } = await inner.invoke({ messages: [{ role: "user", content: q }] });
        return messages.at(-1)?.content;
      });
      const model = new ScriptedModel([calls(["c1", "delegate", { q: "go" }]), says("done")]);
      return agent(model, [delegate], callbacks);
    },
  ),
  scenario("a retriever", ["Shelf ok"], async (callbacks) => {
    return new Shelf().invoke("a question", { callbacks: [...callbacks] });
  }),
  scenario("a graph of functions and a model", ["message user", "turn ok"], async (callbacks) => {
    const State = Annotation.Root({ text: Annotation<string> });
    const model = new ScriptedModel([says("world")]);
    const graph = new StateGraph(State)
      .addNode("speak", async ({ text }) => ({
        text: `${text} ${(await model.invoke(text)).content}`,
      }))
      .addEdge(START, "speak")
      .addEdge("speak", END)
      .compile();
    return graph.invoke({ text: "hello" }, { callbacks: [...callbacks] });
  }),
  scenario(
    "a stream that is read to its end",
    ["message user", "turn ok 1", "search ok", "turn ok"],
    async (callbacks) => {
      const model = new ScriptedModel([calls(["c1", "search", { q: "x" }]), says("done")]);
      const built = createAgent({ model, tools: [search()] });
      const stream = await built.stream(ask, { callbacks: [...callbacks], streamMode: "messages" });
      const chunks: unknown[] = [];
      for await (const [message] of stream) chunks.push(...seen([message as Said]));
      return chunks;
    },
  ),
  scenario(
    "a graph stream that its reader leaves early",
    ["message user", "turn ok 1", "search ok", "turn ok"],
    async (callbacks) => {
      const model = new ScriptedModel([calls(["c1", "search", { q: "x" }]), says("done")]);
      const built = createAgent({ model, tools: [search()] });
      const stream = await built.stream(ask, { callbacks: [...callbacks], streamMode: "updates" });
      for await (const update of stream) {
        await new Promise((resolve) => setTimeout(resolve, 60));
        return Object.keys(update);
      }
      return [];
    },
  ),
  scenario(
    "a run that is aborted",
    ["message user", "turn ok 1", "slow cancelled"],
    async (callbacks) => {
      const abort = new AbortController();
      const slow = toolOf("slow", async () => {
        abort.abort();
        await new Promise((resolve) => setTimeout(resolve, 20));
        return "late";
      });
      const model = new ScriptedModel([calls(["c1", "slow", { q: "x" }]), says("done")]);
      const built = createAgent({ model, tools: [slow] });
      try {
        return await built.invoke(ask, { callbacks: [...callbacks], signal: abort.signal });
      } catch (error) {
        return (error as Error).name;
      } finally {
        await new Promise((resolve) => setTimeout(resolve, 40));
      }
    },
  ),
  scenario(
    "an agent that waits for a person in a node of a graph that nobody observes",
    ["message user", "turn ok 1", "search pending"],
    async (callbacks) => {
      const inner = createAgent({
        model: new ScriptedModel([calls(["c1", "search", { q: "x" }])]),
        tools: [search()],
        middleware: [approval()],
      });
      const State = Annotation.Root({ text: Annotation<string> });
      const graph = new StateGraph(State)
        .addNode("work", async () => {
          const { messages } = await inner.invoke(ask, { callbacks: [...callbacks] });
          return { text: String(messages.length) };
        })
        .addEdge(START, "work")
        .addEdge("work", END)
        .compile({ checkpointer: new MemorySaver() });
      const config = { configurable: { thread_id: "T" } };
      return Object.keys(await graph.invoke({ text: "" }, config));
    },
  ),
  scenario("a batch", ["message user", "turn ok", "message user", "turn ok"], async (callbacks) => {
    const model = new ScriptedModel([says("one"), says("two")]);
    const answers = await model.batch(["a", "b"], { callbacks: [...callbacks] });
    return answers.map(({ content }) => content);
  }),
  scenario(
    "calls that the application executes by itself",
    ["message user", "turn ok 2", "search ok", "search answered", "turn ok"],
    async (callbacks) => {
      const config = { callbacks: [...callbacks], metadata: { session_id: "S" } };
      const requested = calls(["c1", "search", { q: "x" }], ["c2", "search", { q: "y" }]);
      const model = new ScriptedModel([requested, says("done")]);
      const question = new HumanMessage("hi");
      const first = await model.invoke([question], config);
      const [one] = first.tool_calls ?? [];
      if (!one) throw new Error("no call");
      const result = (await search().invoke({ ...one, type: "tool_call" }, config)) as ToolMessage;
      const other = new ToolMessage({ content: "found y", tool_call_id: "c2" });
      const history = [question, first, result, other];
      const last = await model.invoke(history, config);
      return [result.content, last.content];
    },
  ),
  scenario(
    "a call that nobody executes",
    ["message user", "turn ok 1", "search pending"],
    async (callbacks) => {
      const built = createAgent({
        model: new ScriptedModel([calls(["c1", "search", { q: "x" }])]),
        tools: [search()],
        checkpointer: new MemorySaver(),
        middleware: [approval()],
      });
      const config = { callbacks: [...callbacks], configurable: { thread_id: "T" } };
      return seen((await built.invoke(ask, config)).messages);
    },
  ),
  scenario(
    "a call that a person changes before it runs",
    ["message user", "turn ok 1", "search pending", "remove ok", "turn ok"],
    async (callbacks) => {
      const built = createAgent({
        model: new ScriptedModel([calls(["c1", "search", { q: "x" }]), says("done")]),
        tools: [search(), toolOf("remove", ({ q }) => `removed ${q}`)],
        checkpointer: new MemorySaver(),
        middleware: [approval()],
      });
      const config = { callbacks: [...callbacks], configurable: { thread_id: "T" } };
      await built.invoke(ask, config);
      const editedAction = { name: "remove", args: { q: "all" } };
      const resume = new Command({ resume: { decisions: [{ type: "edit", editedAction }] } });
      return seen((await built.invoke(resume, config)).messages);
    },
  ),
  scenario(
    "a call that middleware changes before it runs",
    ["message user", "turn ok 1", "search ok", "turn ok"],
    async (callbacks) => {
      const change = createMiddleware({
        name: "change",
        wrapToolCall: (request, handler) =>
          handler({ ...request, toolCall: { ...request.toolCall, args: { q: "changed" } } }),
      });
      const built = createAgent({
        model: new ScriptedModel([calls(["c1", "search", { q: "x" }]), says("done")]),
        tools: [search()],
        middleware: [change as unknown as AgentMiddleware],
      });
      return seen((await built.invoke(ask, { callbacks: [...callbacks] })).messages);
    },
  ),
  scenario(
    "a tool call that middleware answers by itself",
    ["message user", "turn ok 1", "search answered", "turn ok"],
    async (callbacks) => {
      const cache = createMiddleware({
        name: "cache",
        wrapToolCall: ({ toolCall }) =>
          new ToolMessage({ content: "known", tool_call_id: String(toolCall.id) }),
      });
      const built = createAgent({
        model: new ScriptedModel([calls(["c1", "search", { q: "x" }]), says("done")]),
        tools: [search()],
        middleware: [cache as unknown as AgentMiddleware],
      });
      return seen((await built.invoke(ask, { callbacks: [...callbacks] })).messages);
    },
  ),
  scenario(
    "a tool call that is tried again",
    ["message user", "turn ok 1", "flaky error", "flaky ok", "turn ok"],
    async (callbacks) => {
      let tries = 0;
      const flaky = toolOf("flaky", () => {
        if (tries++ === 0) throw boom;
        return "at last";
      });
      const again = createMiddleware({
        name: "again",
        wrapToolCall: async (request, handler) => {
          try {
            return await handler(request);
          } catch {
            return handler(request);
          }
        },
      });
      const built = createAgent({
        model: new ScriptedModel([calls(["c1", "flaky", { q: "x" }]), says("done")]),
        tools: [flaky],
        middleware: [again as unknown as AgentMiddleware],
      });
      return seen((await built.invoke(ask, { callbacks: [...callbacks] })).messages);
    },
  ),
  !IS_FIRST_RELEASE &&
    scenario(
      "a structured answer by a tool",
      ["message user", "turn ok 1", "answer answered"],
      async (callbacks) => {
        const schema = z.object({ city: z.string() }).meta({ title: "answer" });
        const built = createAgent({
          model: new ScriptedModel([calls(["c1", "answer", { city: "Rome" }])]),
          tools: [search()],
          responseFormat: toolStrategy(schema),
        });
        const { structuredResponse } = await built.invoke(ask, { callbacks: [...callbacks] });
        return structuredResponse;
      },
    ),
  scenario(
    "runnables that serve as tools",
    ["message user", "turn ok 3", "works rejected", "works ok", "fails error", "turn ok"],
    async (callbacks) => {
      const schema = z.object({ q: z.string() });
      const works = RunnableLambda.from(async ({ q }: { q: string }) => `found ${q}`);
      const fails = RunnableLambda.from(async (_: { q: string }): Promise<string> => {
        throw boom;
      });
      const built = createAgent({
        model: new ScriptedModel([
          calls(
            ["c1", "works", { q: "x" }],
            ["c2", "fails", { q: "x" }],
            ["c3", "works", { q: 5 }],
          ),
          says("done"),
        ]),
        tools: [
          works.asTool({ name: "works", description: "works", schema }),
          fails.asTool({ name: "fails", description: "fails", schema }),
        ],
      });
      return seen((await built.invoke(ask, { callbacks: [...callbacks] })).messages);
    },
  ),
  scenario(
    "agents side by side that number their calls alike",
    [
      "message user",
      "turn ok 2",
      "turn ok 1",
      "turn ok 1",
      "search ok",
      "search ok",
      "turn ok",
      "turn ok",
      "sub ok",
      "sub ok",
      "turn ok",
    ],
    (callbacks) => {
      const sub = toolOf("sub", async ({ q }) => {
        const inner = createAgent({
          model: new ScriptedModel([calls(["0", "search", { q: "x" }]), says(`done ${q}`)]),
          tools: [search()],
        });
        const { messages } = await inner.invoke(ask);
        return messages.at(-1)?.content;
      });
      const answers = [calls(["0", "sub", { q: "a" }], ["1", "sub", { q: "b" }]), says("done")];
      return agent(new ScriptedModel(answers), [sub], callbacks);
    },
  ),
  scenario(
    "two calls with one id in one answer",
    ["message user", "turn ok 2", "search ok", "search ok", "turn ok"],
    async (callbacks) => {
      const config = { callbacks: [...callbacks], metadata: { session_id: "S" } };
      const requested = calls(["c1", "search", { q: "x" }], ["c1", "search", { q: "y" }]);
      const model = new ScriptedModel([requested, says("done")]);
      const first = await model.invoke([new HumanMessage("hi")], config);
      const results = [];
      for (const call of first.tool_calls ?? []) {
        results.push(await search().invoke({ ...call, type: "tool_call" }, config));
      }
      const history = [new HumanMessage("hi"), first, ...(results as ToolMessage[])];
      return (await model.invoke(history, config)).content;
    },
  ),
  scenario(
    "calls that the application executes with the arguments alone",
    ["message user", "turn ok 2", "search ok", "search ok", "turn ok"],
    (callbacks) => {
      const model = new ScriptedModel([
        calls(["c1", "search", { q: "x" }], ["c2", "search", { q: "y" }]),
        says("done"),
      ]);
      return RunnableLambda.from(async () => {
        const question = new HumanMessage("hi");
        const first = await model.invoke([question]);
        const [one, two] = first.tool_calls ?? [];
        const asked = await search().invoke({ q: String(one?.args.q) });
        const changed = await search().invoke({ q: `${two?.args.q}, changed` });
        const results = [asked, changed].map(
          (content, at) =>
            new ToolMessage({ content: String(content), tool_call_id: `c${at + 1}` }),
        );
        return (await model.invoke([question, first, ...results])).content;
      }).invoke("go", { callbacks: [...callbacks] });
    },
  ),
  scenario("a chain of functions without any model", [], async (callbacks) =>
    RunnableLambda.from((text: string) => text.length).invoke("four", {
      callbacks: [...callbacks],
    }),
  ),
];

/** What the host of this run can do. */
export const SCENARIOS: readonly Scenario[] = ALL.filter((one) => one !== false);

class Shelf extends BaseRetriever {
  readonly lc_namespace = ["test"];

  override async _getRelevantDocuments(query: string) {
    return [{ pageContent: query, metadata: { page: 1 } }];
  }
}
