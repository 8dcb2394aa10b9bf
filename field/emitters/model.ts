/** The scripted model over HTTP: chat completions of OpenAI and messages of Anthropic. */
import { createServer, type IncomingMessage } from "node:http";
import type { Script, ScriptedTurn } from "./script.ts";

export interface EmitterModel {
  readonly url: string;
  readonly close: () => Promise<void>;
}

type Members = Readonly<Record<string, unknown>>;

export async function startEmitterModel(script: Script, words: string): Promise<EmitterModel> {
  const server = createServer((request, response) => {
    void answerTo(request, script, words).then(
      ({ type, text }) => response.writeHead(200, { "content-type": type }).end(text),
      () => response.destroy(),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (typeof address !== "object" || address === null) throw new Error("the model has no address");
  return {
    url: `http://127.0.0.1:${address.port}`,
    close: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

interface Answer {
  readonly type: string;
  readonly text: string;
}

async function answerTo(request: IncomingMessage, script: Script, words: string): Promise<Answer> {
  let body = "";
  for await (const part of request) body += part;
  // True for both wires; anything else fails here and closes the connection.
  const { messages, stream } = JSON.parse(body) as { messages: Members[]; stream?: boolean };
  // Each request repeats the conversation, so what the model said before tells the turn.
  const at = messages.filter(({ role }) => role === "assistant").length;
  const turn = script.turns[Math.min(at, script.turns.length - 1)];
  if (turn === undefined) throw new Error("the script has no turns");
  const isMessages = request.url?.includes("/messages") === true;
  if (isMessages) return json(anthropicMessage(turn, at, words));
  const completion = chatCompletion(turn, at, words);
  return stream === true ? streamed(completion) : json(completion);
}

function json(value: object): Answer {
  return { type: "application/json", text: JSON.stringify(value) };
}

/** Ids as real servers give them: never the same twice in a conversation. */
const callId = (at: number, index: number) => `call_emitter${at}x${index}abcdefghij`;

function chatCompletion({ calls, tokens }: ScriptedTurn, at: number, words: string) {
  const [prompt, cached, completion, reasoning] = tokens;
  const toolCalls = calls.map(({ tool, input }, index) => ({
    index,
    id: callId(at, index),
    type: "function",
    function: { name: tool, arguments: JSON.stringify(input) },
  }));
  const asks = toolCalls.length > 0;
  const message = {
    role: "assistant",
    content: asks ? null : words,
    ...(asks && { tool_calls: toolCalls }),
  };
  return {
    id: `chatcmpl-emitter${at}`,
    object: "chat.completion",
    created: 1_795_000_000,
    model: "test-model",
    choices: [{ index: 0, message, finish_reason: asks ? "tool_calls" : "stop" }],
    usage: {
      prompt_tokens: prompt,
      completion_tokens: completion,
      total_tokens: prompt + completion,
      prompt_tokens_details: { cached_tokens: cached },
      completion_tokens_details: { reasoning_tokens: reasoning },
    },
  };
}

function streamed({ choices, usage, ...rest }: ReturnType<typeof chatCompletion>): Answer {
  const base = { ...rest, object: "chat.completion.chunk" };
  const [choice] = choices;
  if (choice === undefined) throw new Error("a completion has a choice");
  const { tool_calls: toolCalls = [], ...said } = choice.message;
  // One call a chunk, as the vendor's own server sends them.
  const deltas = [said, ...toolCalls.map((call) => ({ tool_calls: [call] }))];
  const chunks = [
    ...deltas.map((delta) => ({ ...base, choices: [{ index: 0, delta, finish_reason: null }] })),
    { ...base, choices: [{ index: 0, delta: {}, finish_reason: choice.finish_reason }] },
    { ...base, choices: [], usage },
  ];
  const events = chunks.map((chunk) => `data: ${JSON.stringify(chunk)}\n\n`);
  return { type: "text/event-stream", text: `${events.join("")}data: [DONE]\n\n` };
}

function anthropicMessage({ calls, tokens }: ScriptedTurn, at: number, words: string) {
  const [prompt, cached, output] = tokens;
  const asked = calls.map(({ tool, input }, index) => ({
    type: "tool_use",
    id: callId(at, index),
    name: tool,
    input,
  }));
  return {
    id: `msg_emitter${at}`,
    type: "message",
    role: "assistant",
    model: "claude-test",
    content: asked.length > 0 ? asked : [{ type: "text", text: words }],
    stop_reason: asked.length > 0 ? "tool_use" : "end_turn",
    stop_sequence: null,
    // Of this vendor, cached tokens are beside the others.
    usage: {
      input_tokens: prompt - cached,
      output_tokens: output,
      cache_read_input_tokens: cached,
      cache_creation_input_tokens: 0,
    },
  };
}
