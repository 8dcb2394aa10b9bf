#!/bin/sh
# An edit that fails fires none of Claude Code's tool hooks.
#
# Versions:  @anthropic-ai/claude-code 2.1.328, Node.js 20 or later, Linux.
# Expected:  a call of a tool fires PreToolUse, and PostToolUse or PostToolUseFailure when it is over,
#            whether it worked or not.
# Behaviour: an Edit whose old_string is not in the file fires none of the three. Only PostToolBatch,
#            which follows every model turn with calls, names it. The Read before it and the Bash
#            command that fails after it fire theirs.
# Output seen:
#            PreToolUse Read
#            PostToolUse Read
#            PostToolBatch Read
#            PostToolBatch Edit
#            PreToolUse Bash
#            PostToolUseFailure Bash
#            PostToolBatch Bash
#            as described: no tool hook for the failing Edit
#
# Exit code: 0 while it behaves so, 1 when that has changed, 2 when it could not be tried.
set -u
folder=$(mktemp -d) || exit 2
trap 'rm -rf "$folder"' EXIT
cd "$folder" || exit 2
npm install --silent --no-audit --no-fund --prefer-offline --prefix "$folder" \
  @anthropic-ai/claude-code@2.1.328 >/dev/null || exit 2
mkdir -p home/.claude project
printf 'one\ntwo\n' >project/notes.txt
cat >hook.cjs <<'HOOK'
const fs = require("node:fs");
const event = JSON.parse(fs.readFileSync(0, "utf8"));
const tools = event.tool_calls ? event.tool_calls.map((call) => call.tool_name) : [event.tool_name];
fs.appendFileSync(process.argv[2], `${event.hook_event_name} ${tools.join(" ")}\n`);
HOOK
cat >model.mjs <<'MODEL'
import { spawn } from "node:child_process";
import { writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";

const folder = process.cwd();
const file = join(folder, "project/notes.txt");
const TURNS = [
  { name: "Read", input: { file_path: file } },
  { name: "Edit", input: { file_path: file, old_string: "not there", new_string: "x" } },
  { name: "Bash", input: { command: "exit 3", description: "fails" } },
];

const command = `${process.execPath} ${join(folder, "hook.cjs")} ${join(folder, "log")}`;
const names = ["PreToolUse", "PostToolUse", "PostToolUseFailure", "PostToolBatch"];
const hooks = names.map((name) => [name, [{ hooks: [{ type: "command", command }] }]]);
writeFileSync("home/.claude/settings.json", JSON.stringify({ hooks: Object.fromEntries(hooks) }));
writeFileSync("home/.claude.json", JSON.stringify({ hasCompletedOnboarding: true }));

const server = createServer(async (request, response) => {
  let text = "";
  for await (const part of request) text += part;
  const body = text === "" ? {} : JSON.parse(text);
  const blocks = (body.messages ?? []).flatMap(({ content }) =>
    Array.isArray(content) ? content : [],
  );
  const answered = blocks.filter(({ type }) => type === "tool_result").length;
  const call = body.tools?.length > 0 ? TURNS[answered] : undefined;
  const block = call
    ? { type: "tool_use", id: `toolu_${answered}`, name: call.name, input: {} }
    : { type: "text", text: "" };
  const delta = call
    ? { type: "input_json_delta", partial_json: JSON.stringify(call.input) }
    : { type: "text_delta", text: "done" };
  const usage = { input_tokens: 10, output_tokens: 5 };
  const message = { id: `msg_${answered}`, type: "message", role: "assistant", model: "m", content: [] };
  const events = [
    { type: "message_start", message: { ...message, stop_reason: null, stop_sequence: null, usage } },
    { type: "content_block_start", index: 0, content_block: block },
    { type: "content_block_delta", index: 0, delta },
    { type: "content_block_stop", index: 0 },
    { type: "message_delta", delta: { stop_reason: call ? "tool_use" : "end_turn" }, usage },
    { type: "message_stop" },
  ];
  response.writeHead(200, { "content-type": "text/event-stream" });
  for (const event of events) response.write(`event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`);
  response.end();
});
server.listen(0, "127.0.0.1", () => {
  const env = {
    PATH: process.env.PATH,
    HOME: join(folder, "home"),
    ANTHROPIC_BASE_URL: `http://127.0.0.1:${server.address().port}`,
    ANTHROPIC_API_KEY: "made-up-key",
    CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: "1",
    DISABLE_AUTOUPDATER: "1",
    IS_SANDBOX: "1",
  };
  const words = ["-p", "go", "--dangerously-skip-permissions"];
  const options = { cwd: join(folder, "project"), env, stdio: "ignore", timeout: 120_000 };
  const child = spawn(join(folder, "node_modules/.bin/claude"), words, options);
  child.on("close", () => process.exit(0));
});
MODEL
isolated() {
  if unshare -n true 2>/dev/null; then unshare -n sh -c 'ip link set lo up && exec "$@"' sh "$@"
  elif unshare -rn true 2>/dev/null; then unshare -rn sh -c 'ip link set lo up && exec "$@"' sh "$@"
  else "$@"; fi
}
isolated node model.mjs
cat log 2>/dev/null
grep -q '^PostToolUseFailure Bash$' log && grep -q '^PostToolUse Read$' log ||
  { echo "could not be tried: the client did not come so far"; exit 2; }
if grep -q '^PostToolBatch Edit$' log && ! grep -qE '^(Pre|Post)ToolUse(Failure)? Edit$' log; then
  echo "as described: no tool hook for the failing Edit"
  exit 0
fi
echo "changed: the failing Edit fires a tool hook"
exit 1
