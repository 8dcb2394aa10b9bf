/** An agent that repeats one call is told to be in a loop. */
import assert from "node:assert/strict";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { registerCaum, withSession } from "@caum/ai-sdk";
import { generateText, isStepCount, jsonSchema, tool } from "ai";
import { MockLanguageModelV4 } from "ai/test";

const alerts: string[] = [];
const caum = registerCaum({
  home: mkdtempSync(join(tmpdir(), "caum-example-")),
  onVerdict: ({ eventType, reasons, coordination }, session) => {
    if (eventType === "structural_loop_entered") {
      alerts.push(`${session}: ${reasons[0]}, advice: ${coordination.advice}`);
    }
  },
});

// A stand-in for a model that never understands the answer.
let call = 0;
const model = new MockLanguageModelV4({
  doGenerate: async () => ({
    content: [
      {
        type: "tool-call",
        toolCallId: `call-${call++}`,
        toolName: "read-file",
        input: JSON.stringify({ path: "/etc/app/settings.json" }),
      },
    ],
    finishReason: { unified: "tool-calls", raw: undefined },
    usage: {
      inputTokens: { total: 900, noCache: 900, cacheRead: 0, cacheWrite: 0 },
      outputTokens: { total: 20, text: 20, reasoning: 0 },
    },
    warnings: [],
  }),
});
const readFile = tool({
  inputSchema: jsonSchema<{ path: string }>({ type: "object" }),
  execute: ({ path }) => `no such file: ${path}`,
});

await withSession("nightly-report", () =>
  generateText({
    model,
    prompt: "Summarise the settings",
    tools: { "read-file": readFile },
    stopWhen: isStepCount(8),
  }),
);
await caum.close();

console.log(alerts.join("\n"));
assert.equal(alerts.length, 1);
