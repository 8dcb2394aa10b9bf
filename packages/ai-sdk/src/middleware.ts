import { randomUUID } from "node:crypto";
import { VERSION } from "@caum/core";
import { Adapter, type AdapterOptions, currentSession, type TurnKey } from "@caum/core/adapter";
import type { LanguageModelMiddleware } from "ai";
import { ModelCalls, type ModelContent, type ModelPrompt } from "./model-calls.ts";
import { tapStream } from "./stream-tap.ts";

/**
 * For people who have a model and no agent of the AI SDK around it:
 * `wrapLanguageModel({ model, middleware: caumMiddleware() })`.
 *
 * A tool's outcome is seen when the next prompt tells it to the model, so the calls of the last
 * round have none. Where `registerCaum` sees the same call, it reports it and this does not.
 */
export function caumMiddleware(options: AdapterOptions = {}): LanguageModelMiddleware {
  const adapter = new Adapter(
    {
      writer: "caum-ai-sdk",
      writerVersion: VERSION,
      layer: "model",
      view: "full",
      sourceFramework: "ai-sdk",
    },
    options,
  );
  const ownSession = options.session ?? `model-${randomUUID()}`;
  const calls = new ModelCalls(adapter);
  const begin = (prompt: ModelPrompt, provider: string, model: string): TurnKey | undefined => {
    if (currentSession()?.modelCallOf !== undefined) return undefined;
    const turn = { session: currentSession()?.id ?? ownSession, id: randomUUID() };
    adapter.fenced(() => calls.started(turn, prompt, { provider, model }));
    return turn;
  };
  return {
    specificationVersion: "v4",
    wrapGenerate: ({ doGenerate, params, model }) => {
      const turn = begin(params.prompt, model.provider, model.modelId);
      if (!turn) return doGenerate();
      const answer = doGenerate();
      // A second branch of the same promise: the caller's keeps its value, error and timing.
      Promise.resolve(answer).then(
        (result) => adapter.fenced(() => calls.ended(turn, result)),
        () => adapter.fenced(() => calls.failed(turn)),
      );
      return answer;
    },
    wrapStream: async ({ doStream, params, model }) => {
      const turn = begin(params.prompt, model.provider, model.modelId);
      if (!turn) return doStream();
      try {
        const { stream, ...rest } = await doStream();
        const content: ModelContent = { content: [] };
        const tapped = tapStream(
          stream,
          (part) => adapter.fenced(() => calls.collect(content, part)),
          (how) => adapter.fenced(() => calls.streamDone(turn, content, how)),
        );
        return { ...rest, stream: tapped };
      } catch (error) {
        adapter.fenced(() => calls.failed(turn));
        throw error;
      }
    },
  };
}
