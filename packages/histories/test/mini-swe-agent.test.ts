import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { readAll, sum } from "./read-all.ts";

const folder = mkdtempSync(join(tmpdir(), "caum-mini-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** Two commands at once, of which one fails, in the form of version 2.2.7. */
const RUN = {
  info: { model_stats: { instance_cost: 0.003, api_calls: 2 }, mini_version: "2.2.7" },
  messages: [
    { role: "system", content: "be brief" },
    { role: "user", content: "mend it" },
    {
      role: "assistant",
      content: "I look.",
      tool_calls: ["ls", "false"].map((command, at) => ({
        id: `call_${at}`,
        type: "function",
        function: { name: "bash", arguments: JSON.stringify({ command }) },
      })),
      extra: {
        response: {
          id: "r1",
          model: "a-model",
          usage: { prompt_tokens: 700, completion_tokens: 30 },
        },
        cost: 0.001,
        timestamp: 1_775_795_495.5,
      },
    },
    {
      role: "tool",
      tool_call_id: "call_0",
      content: "a.txt",
      extra: { returncode: 0, timestamp: 1_775_795_496 },
    },
    {
      role: "tool",
      tool_call_id: "call_1",
      content: "",
      extra: { returncode: 1, timestamp: 1_775_795_497 },
    },
    {
      role: "assistant",
      content: "Done.",
      extra: {
        response: {
          id: "r2",
          model: "a-model",
          usage: { prompt_tokens: 800, completion_tokens: 5 },
        },
        cost: 0.002,
        timestamp: 1_775_795_498,
      },
    },
  ],
};

test("calls, how they ended, and what the turns cost", async () => {
  writeFileSync(join(folder, "task-1.traj.json"), JSON.stringify(RUN, undefined, 2));
  const [read] = await readAll([folder]);
  expect(read?.session).toMatchObject({
    format: "mini-swe-agent",
    id: "task-1",
    facts: { version: "2.2.7" },
  });
  expect(read?.calls.map(({ tool, status, arguments: asked }) => [tool, status, asked])).toEqual([
    ["bash", "ok", { command: "ls" }],
    ["bash", "error", { command: "false" }],
  ]);
  expect(new Set(read?.calls.map(({ parent }) => parent)).size).toBe(1);
  expect(sum(read!.turns.map(({ inputTokens }) => inputTokens))).toBe(1_500);
  expect(sum(read!.turns.map(({ costUsd }) => costUsd))).toBeCloseTo(
    RUN.info.model_stats.instance_cost,
    9,
  );
  expect(read?.events.at(-1)?.atMs).toBe(1_775_795_498_000);
});
