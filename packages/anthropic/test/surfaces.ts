import type Anthropic from "@anthropic-ai/sdk";
import { betaZodTool } from "@anthropic-ai/sdk/helpers/beta/zod";
import { zodOutputFormat } from "@anthropic-ai/sdk/helpers/zod";
import { z } from "zod";
import { describeResponse, drain, outcomeOf } from "../../../test/wire-server/compare.ts";

/** One thing that a user does with a client, told in every detail that the user could look at. */
export type Surface = (client: Anthropic, model: string) => Promise<unknown>;

const Degrees = z.object({ city: z.string(), degrees: z.number() });

export function messageBody(model: string) {
  return {
    model,
    max_tokens: 64,
    messages: [{ role: "user" as const, content: "How warm is it in Oslo?" }],
    tools: [{ name: "get_weather", input_schema: { type: "object" as const } }],
  };
}

/** The tools that a model may ask for; one of them fails. */
function runnable(model: string) {
  const tool = (name: string, run: () => string) =>
    betaZodTool({ name, description: name, inputSchema: z.object({}).loose(), run });
  const tools = [
    tool("get_weather", () => "four degrees"),
    tool("get_time", () => {
      throw new Error("no clock");
    }),
  ];
  return { model, max_tokens: 64, messages: [{ role: "user" as const, content: "Both?" }], tools };
}

export const SURFACES: Readonly<Record<string, Surface>> = {
  "messages.create": (client, model) => client.messages.create(messageBody(model)),
  "messages.create, stream": async (client, model) => {
    const stream = await client.messages.create({ ...messageBody(model), stream: true });
    return [stream.constructor, await drain(stream)];
  },
  "messages.stream": async (client, model) => {
    const stream = client.messages.stream(messageBody(model));
    const texts: string[] = [];
    stream.on("text", (text) => texts.push(text));
    const items = await drain(stream);
    return [stream.constructor, items, texts, await outcomeOf(() => stream.finalMessage())];
  },
  "messages.parse": (client, model) =>
    client.messages.parse({
      ...messageBody(model),
      output_config: { format: zodOutputFormat(Degrees) },
    }),
  "beta.messages.create": (client, model) => client.beta.messages.create(messageBody(model)),
  "beta.messages.stream": async (client, model) => {
    const stream = client.beta.messages.stream(messageBody(model));
    return [stream.constructor, await drain(stream), await outcomeOf(() => stream.finalMessage())];
  },
  "beta.messages.toolRunner": async (client, model) => {
    const runner = client.beta.messages.toolRunner(runnable(model));
    return [runner.constructor, await drain(runner)];
  },
  "beta.messages.toolRunner, stream": async (client, model) => {
    const runner = client.beta.messages.toolRunner({ ...runnable(model), stream: true });
    const turns: unknown[] = [];
    for await (const stream of runner) turns.push(await drain(stream));
    return turns;
  },
  withResponse: async (client, model) => {
    const promise = client.messages.create(messageBody(model));
    const { data, response, request_id } = await promise.withResponse();
    const { status, url, bodyUsed, headers } = response;
    return [promise.constructor, data, request_id, status, url, bodyUsed, [...headers]];
  },
  asResponse: async (client, model) => {
    const promise = client.messages.create({ ...messageBody(model), stream: true });
    return describeResponse(await promise.asResponse());
  },
  "withOptions copy": (client, model) =>
    client.withOptions({ maxRetries: 1, timeout: 5_000 }).messages.create(messageBody(model)),
  "per-request middleware": async (client, model) => {
    const seen: unknown[] = [];
    const message = await client.messages.create(messageBody(model), {
      middleware: [
        async (request, next, context) => {
          const response = await next(request);
          seen.push(response.status, await context.parse(response));
          return response;
        },
      ],
    });
    return [seen, message];
  },
  countTokens: (client, model) =>
    client.messages.countTokens({ model, messages: [{ role: "user", content: "x" }] }),
  "messages.batches": (client) =>
    client.messages.batches.create({
      requests: [{ custom_id: "one", params: { ...messageBody("plain"), max_tokens: 1 } }],
    }),
};
