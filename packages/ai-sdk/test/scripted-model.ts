import { tool } from "ai";
import { MockLanguageModelV4, simulateReadableStream } from "ai/test";
import { z } from "zod";

type GenerateResult = Awaited<ReturnType<MockLanguageModelV4["doGenerate"]>>;
type StreamPart =
  Awaited<ReturnType<MockLanguageModelV4["doStream"]>>["stream"] extends ReadableStream<infer Part>
    ? Part
    : never;
type Content = GenerateResult["content"][number];

export const usage: GenerateResult["usage"] = {
  inputTokens: { total: 10, noCache: 8, cacheRead: 2, cacheWrite: undefined },
  outputTokens: { total: 5, text: 4, reasoning: 1 },
};

export function call(id: string, name: string, input: unknown, extra: object = {}): Content {
  const text = typeof input === "string" ? input : JSON.stringify(input);
  return { type: "tool-call", toolCallId: id, toolName: name, input: text, ...extra };
}

export function says(text: string): Content {
  return { type: "text", text };
}

/** One answer of the model. */
export function answer(...content: Content[]): GenerateResult {
  const unified = content.some(({ type }) => type === "tool-call") ? "tool-calls" : "stop";
  return {
    content,
    finishReason: { unified, raw: unified },
    usage,
    warnings: [],
    response: { modelId: "model-1" },
  };
}

/** A model that answers in this order; an error is thrown instead. */
export function model(...answers: (GenerateResult | Error)[]): MockLanguageModelV4 {
  let at = 0;
  const next = () => {
    const step = answers[at++];
    if (step instanceof Error) throw step;
    if (!step) throw new Error("the script is over");
    return step;
  };
  return new MockLanguageModelV4({
    doGenerate: async () => next(),
    doStream: async () => ({ stream: simulateReadableStream({ chunks: partsOf(next()) }) }),
  });
}

/** A model that streams these parts. */
export function streaming(parts: StreamPart[], delayMs: number | null = null): MockLanguageModelV4 {
  return new MockLanguageModelV4({
    doStream: async () => ({
      stream: simulateReadableStream({ chunks: parts, chunkDelayInMs: delayMs }),
    }),
  });
}

export function partsOf({ content, finishReason }: GenerateResult): StreamPart[] {
  return [
    { type: "stream-start", warnings: [] },
    { type: "response-metadata", id: "response-1", modelId: "model-1" },
    ...content.flatMap((part): StreamPart[] =>
      part.type === "text"
        ? [
            { type: "text-start", id: "t" },
            ...[...part.text].map((delta): StreamPart => ({ type: "text-delta", id: "t", delta })),
            { type: "text-end", id: "t" },
          ]
        : [part as StreamPart],
    ),
    { type: "finish", finishReason, usage },
  ];
}

/** A tool that takes `{ q: string }`. */
export function toolOf(execute: (input: { q: string }) => unknown) {
  return tool({
    inputSchema: z.object({ q: z.string() }),
    execute: async (input) => execute(input),
  });
}

/** The host's types do not allow for `exactOptionalPropertyTypes` here. */
export const clientTool = tool({
  inputSchema: z.object({ q: z.string() }),
}) as unknown as ReturnType<typeof toolOf>;
