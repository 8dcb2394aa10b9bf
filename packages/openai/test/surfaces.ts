import type OpenAI from "openai";
import { toFile } from "openai";
import { zodResponseFormat, zodTextFormat } from "openai/helpers/zod";
import { z } from "zod";
import { describeResponse, drain, outcomeOf } from "../../../test/wire-server/compare.ts";

/** One thing that a user does with a client, told in every detail that the user could look at. */
export type Surface = (client: OpenAI, model: string) => Promise<unknown>;

const WEATHER = {
  type: "function",
  function: { name: "get_weather", parameters: { type: "object", properties: {} } },
} as const;
const Degrees = z.object({ city: z.string(), degrees: z.number() });

export function chatBody(model: string) {
  return {
    model,
    messages: [{ role: "user" as const, content: "How warm is it in Oslo?" }],
    tools: [WEATHER],
  };
}

export function responseBody(model: string) {
  return { model, input: "How warm is it in Oslo?" };
}

/** The tools that a model may ask for. */
function runnable() {
  const tool = (name: string, run: () => Promise<string>) => ({
    type: "function" as const,
    function: {
      name,
      description: name,
      parameters: { type: "object", properties: {} },
      function: run,
      parse: JSON.parse,
    },
  });
  const tools = [
    tool("get_weather", async () => "four degrees"),
    tool("get_time", async () => "noon"),
  ];
  return { messages: [{ role: "user" as const, content: "Weather and time?" }], tools };
}

export const SURFACES: Readonly<Record<string, Surface>> = {
  "chat.completions.create": (client, model) => client.chat.completions.create(chatBody(model)),
  "chat.completions.create, stream": async (client, model) => {
    const stream = await client.chat.completions.create({ ...chatBody(model), stream: true });
    return [stream.constructor, await drain(stream)];
  },
  "chat.completions.create, stream with usage": async (client, model) =>
    drain(
      await client.chat.completions.create({
        ...chatBody(model),
        stream: true,
        stream_options: { include_usage: true },
      }),
    ),
  "chat.completions.stream": async (client, model) => {
    const stream = client.chat.completions.stream(chatBody(model));
    const deltas: string[] = [];
    stream.on("content", (delta) => deltas.push(delta));
    const items = await drain(stream);
    return [stream.constructor, items, deltas, await outcomeOf(() => stream.finalMessage())];
  },
  "chat.completions.parse": (client, model) =>
    client.chat.completions.parse({
      model,
      messages: [{ role: "user", content: "Weather?" }],
      response_format: zodResponseFormat(Degrees, "degrees"),
    }),
  "chat.completions.runTools": async (client, model) => {
    const runner = client.chat.completions.runTools({ model, ...runnable() });
    const final = await outcomeOf(() => runner.finalContent());
    return [runner.constructor, final, runner.messages];
  },
  "chat.completions.runTools, stream": async (client, model) => {
    const runner = client.chat.completions.runTools({ model, ...runnable(), stream: true });
    const final = await outcomeOf(() => runner.finalContent());
    return [runner.constructor, final, runner.messages];
  },
  "responses.create": (client, model) => client.responses.create(responseBody(model)),
  "responses.create, stream": async (client, model) => {
    const stream = await client.responses.create({ ...responseBody(model), stream: true });
    return [stream.constructor, await drain(stream)];
  },
  "responses.parse": (client, model) =>
    client.responses.parse({
      ...responseBody(model),
      text: { format: zodTextFormat(Degrees, "degrees") },
    }),
  "responses.stream": async (client, model) => {
    const stream = client.responses.stream(responseBody(model));
    const items = await drain(stream);
    return [stream.constructor, items, await outcomeOf(() => stream.finalResponse())];
  },
  "beta.responses.create": (client, model) => client.beta.responses.create(responseBody(model)),
  withResponse: async (client, model) => {
    const promise = client.chat.completions.create(chatBody(model));
    const { data, response, request_id } = await promise.withResponse();
    const { status, url, bodyUsed, headers } = response;
    return [promise.constructor, data, request_id, status, url, bodyUsed, [...headers]];
  },
  asResponse: async (client, model) => {
    const promise = client.chat.completions.create({ ...chatBody(model), stream: true });
    return describeResponse(await promise.asResponse());
  },
  "withResponse, stream": async (client, model) => {
    const { data, response } = await client.responses
      .create({ ...responseBody(model), stream: true })
      .withResponse();
    return [data.constructor, await drain(data), response.status, response.bodyUsed];
  },
  "tee and toReadableStream": async (client, model) => {
    const stream = await client.chat.completions.create({ ...chatBody(model), stream: true });
    const [left, right] = stream.tee();
    return [await drain(left), await new Response(right.toReadableStream()).text()];
  },
  "withOptions copy": (client, model) =>
    client.withOptions({ maxRetries: 1, timeout: 5_000 }).chat.completions.create(chatBody(model)),
  completions: (client, model) => client.completions.create({ model, prompt: "once" }),
  embeddings: (client) => client.embeddings.create({ model: "embedding", input: "x" }),
  files: async (client) =>
    client.files.create({
      file: await toFile(Buffer.from("data"), "a.txt"),
      purpose: "assistants",
    }),
  models: async (client) => (await client.models.list()).data,
};
