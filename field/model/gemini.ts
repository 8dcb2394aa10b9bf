import { eventStream, listOf, membersOf } from "./members.ts";
import type { Wire } from "./model-server.ts";

export const gemini: Wire = {
  read: (path, body) => {
    if (!/:(streamG|g)enerateContent(\?|$)/.test(path)) return undefined;
    const parts = listOf(body.contents).flatMap((content) => listOf(content.parts));
    const declared = listOf(body.tools).flatMap((tool) => listOf(tool.functionDeclarations));
    return {
      tools: declared.map(({ name, parameters, parametersJsonSchema }) => ({
        name: String(name),
        schema: parametersJsonSchema ?? parameters,
      })),
      answered: parts.filter(({ functionResponse }) => functionResponse !== undefined).length,
      isStreamed: path.includes("streamGenerateContent"),
    };
  },
  answer: (calls, text, isStreamed) => {
    const parts =
      calls.length > 0
        ? calls.map(({ name, input }) => ({ functionCall: { name, args: input } }))
        : [{ text }];
    const answer = {
      candidates: [{ content: { role: "model", parts }, finishReason: "STOP", index: 0 }],
      usageMetadata: { promptTokenCount: 100, candidatesTokenCount: 20, totalTokenCount: 120 },
      modelVersion: "gemini-test",
    };
    if (isStreamed) return eventStream([{ data: membersOf(answer) }]);
    return { type: "application/json", body: JSON.stringify(answer) };
  },
};
