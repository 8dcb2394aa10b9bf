import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { readAll } from "./read-all.ts";

const folder = mkdtempSync(join(tmpdir(), "caum-roo-"));
afterAll(() => rmSync(folder, { recursive: true }));

const text = (...texts: readonly string[]) => texts.map((one) => ({ type: "text", text: one }));
const BESIDE = "<environment_details>\n# Current Time\n10:57\n</environment_details>";

async function read(task: string, messages: readonly object[]) {
  const path = join(folder, "tasks", task);
  mkdirSync(path, { recursive: true });
  writeFileSync(join(path, "api_conversation_history.json"), JSON.stringify(messages));
  const [session] = await readAll([path]);
  return session;
}

test("calls that the model wrote as text are calls, with how they went", async () => {
  const ask = (name: string, what: string) => ({
    role: "assistant",
    content: text(`I try.\n<${name}>\n<path>${what}</path>\n</${name}>`),
    ts: 1_795_000_000_000,
  });
  const answer = (header: string, told: string) => ({
    role: "user",
    content: text(header, told, BESIDE),
    ts: 1_795_000_001_000,
  });
  const session = await read("1795000000000", [
    { role: "user", content: text("<task>mend it</task>", BESIDE), ts: 1_794_999_999_000 },
    ask("read_file", "a.ts"),
    answer("[read_file for 'a.ts'] Result:", "1 | const a"),
    ask("read_file", "b.ts"),
    answer(
      "[read_file for 'b.ts'. Reading several at once is faster.] Result:",
      "The tool execution failed with the following error:\n<error>\nno such file\n</error>",
    ),
    ask("execute_command", "rm -rf /"),
    answer("[execute_command for 'rm -rf /'] Result:", "The user denied this operation."),
    ask("execute_command", "make"),
    answer("[execute_command for 'make'] Result:", "Command executed. Exit code: 2\nOutput: no"),
    { role: "user", content: text("thank you"), ts: 1_795_000_002_000 },
  ]);
  expect(session?.calls.map(({ tool, status }) => [tool, status])).toEqual([
    ["read_file", "ok"],
    ["read_file", "error"],
    ["execute_command", "denied"],
    ["execute_command", "error"],
  ]);
  expect(session?.calls[0]).toMatchObject({
    arguments: "\n<path>a.ts</path>\n",
    result: "1 | const a",
  });
  expect(session?.messages).toHaveLength(2);
});

test("calls that are blocks are calls, in a task of Roo Code too", async () => {
  const session = await read("2", [
    { role: "user", content: text("mend it"), ts: 1 },
    {
      role: "assistant",
      content: [{ type: "tool_use", id: "t1", name: "read_file", input: { path: "a.ts" } }],
      ts: 2,
    },
    { role: "user", content: [{ type: "tool_result", tool_use_id: "t1", content: "x" }], ts: 3 },
  ]);
  expect(session?.calls).toMatchObject([{ tool: "read_file", status: "ok", toolCallId: "t1" }]);
});
