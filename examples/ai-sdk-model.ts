/** Only a model, no agent of the AI SDK: a middleware sees it. */
import assert from "node:assert/strict";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { caumMiddleware } from "@caum/ai-sdk";
import { wrapLanguageModel } from "ai";
import { MockLanguageModelV4 } from "ai/test";

const verdicts: string[] = [];
const middleware = caumMiddleware({
  home: mkdtempSync(join(tmpdir(), "caum-example-")),
  session: "classifier",
  onVerdict: ({ regime }, session) => verdicts.push(`${session}: ${regime}`),
});

const standIn = new MockLanguageModelV4({
  doGenerate: async () => ({
    content: [{ type: "text", text: "positive" }],
    finishReason: { unified: "stop", raw: undefined },
    usage: {
      inputTokens: { total: 30, noCache: 30, cacheRead: 0, cacheWrite: 0 },
      outputTokens: { total: 1, text: 1, reasoning: 0 },
    },
    warnings: [],
  }),
});
const model = wrapLanguageModel({ model: standIn, middleware });

const prompt = [{ role: "user" as const, content: [{ type: "text" as const, text: "great!" }] }];
const { content } = await model.doGenerate({ prompt });
await new Promise(setImmediate);

console.log(content, verdicts);
assert.deepEqual(content, [{ type: "text", text: "positive" }]);
assert.equal(verdicts.length, 2); // the user's message and the turn
