#!/bin/sh
# An MCP call that fails has a PreToolUse in Codex, and never a PostToolUse.
#
# Versions:  @openai/codex 0.169.0, Node.js 20 or later, Linux.
# Expected:  a call that fired PreToolUse fires PostToolUse when it is over, as the one that worked.
# Behaviour: a call answered with isError: true, and one answered with a JSON-RPC error, fire
#            PreToolUse only. The model is told of both failures.
# Output seen:
#            PreToolUse mcp__srv__works
#            PostToolUse mcp__srv__works
#            PreToolUse mcp__srv__fails
#            PreToolUse mcp__srv__errs
#            answers that went to the model: 3
#            as described: no PostToolUse for the two failed calls
#
# Exit code: 0 while it behaves so, 1 when that has changed, 2 when it could not be tried.
set -u
folder=$(mktemp -d) || exit 2
trap 'rm -rf "$folder"' EXIT
cd "$folder" || exit 2
npm install --silent --no-audit --no-fund --prefer-offline --prefix "$folder" \
  @openai/codex@0.169.0 >/dev/null || exit 2
mkdir -p home/.codex project
cat >hook.cjs <<'HOOK'
const fs = require("node:fs");
const event = JSON.parse(fs.readFileSync(0, "utf8"));
fs.appendFileSync(process.argv[2], `${event.hook_event_name} ${event.tool_name}\n`);
HOOK
cat >server.mjs <<'SERVER'
import { createInterface } from "node:readline";

const names = ["works", "fails", "errs"];
const inputSchema = { type: "object", properties: {} };
function answer(method, { protocolVersion, name } = {}) {
  if (method === "initialize") {
    const serverInfo = { name: "srv", version: "1.0.0" };
    return { result: { protocolVersion, capabilities: { tools: {} }, serverInfo } };
  }
  if (method === "tools/list") {
    return { result: { tools: names.map((name) => ({ name, description: name, inputSchema })) } };
  }
  if (method === "ping") return { result: {} };
  if (method !== "tools/call") return { error: { code: -32601, message: "no such method" } };
  if (name === "errs") return { error: { code: -32000, message: "it failed" } };
  return { result: { content: [{ type: "text", text: name }], isError: name === "fails" } };
}
createInterface({ input: process.stdin }).on("line", (line) => {
  const { id, method, params } = JSON.parse(line);
  if (id === undefined || method === undefined) return;
  console.log(JSON.stringify({ jsonrpc: "2.0", id, ...answer(method, params) }));
});
SERVER
cat >model.mjs <<'MODEL'
import { spawn } from "node:child_process";
import { writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";

const folder = process.cwd();
const TURNS = ["works", "fails", "errs"];
let answers = 0;

const command = `${process.execPath} ${join(folder, "hook.cjs")} ${join(folder, "log")}`;
const hooks = ["PreToolUse", "PostToolUse"].map((name) => [
  name,
  [{ matcher: "*", hooks: [{ type: "command", command }] }],
]);
writeFileSync("home/.codex/hooks.json", JSON.stringify({ hooks: Object.fromEntries(hooks) }));

const server = createServer(async (request, response) => {
  let text = "";
  for await (const part of request) text += part;
  if (!request.url.includes("/responses")) return response.end('{"data":[],"models":[]}');
  const { input = [], tools = [] } = JSON.parse(text);
  const answered = input.filter(({ type }) => type === "function_call_output").length;
  answers = Math.max(answers, answered);
  const holder = tools.find(({ type, name }) => type === "namespace" && /srv/.test(name));
  const flat = tools.find(({ name = "" }) => name.endsWith(`srv__${TURNS[answered]}`));
  const item =
    answered < TURNS.length && (holder || flat)
      ? {
          type: "function_call",
          id: `fc_${answered}`,
          call_id: `call_${answered}`,
          name: holder ? TURNS[answered] : flat.name,
          ...(holder && { namespace: holder.name }),
          arguments: "{}",
          status: "completed",
        }
      : {
          type: "message",
          id: "msg_1",
          role: "assistant",
          status: "completed",
          content: [{ type: "output_text", text: "done", annotations: [] }],
        };
  const usage = {
    input_tokens: 10,
    input_tokens_details: { cached_tokens: 0 },
    output_tokens: 5,
    output_tokens_details: { reasoning_tokens: 0 },
    total_tokens: 15,
  };
  const base = { id: `resp_${answered}`, object: "response", created_at: 1, model: "m" };
  const events = [
    { type: "response.created", response: { ...base, status: "in_progress", output: [] } },
    { type: "response.output_item.added", output_index: 0, item },
    { type: "response.output_item.done", output_index: 0, item },
    { type: "response.completed", response: { ...base, status: "completed", output: [item], usage } },
  ];
  response.writeHead(200, { "content-type": "text/event-stream" });
  for (const event of events) response.write(`event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`);
  response.end();
});
server.listen(0, "127.0.0.1", () => {
  const config = [
    'model = "gpt-5.4"',
    'model_provider = "local"',
    "[model_providers.local]",
    'name = "local"',
    `base_url = "http://127.0.0.1:${server.address().port}/v1"`,
    'env_key = "LOCAL_KEY"',
    'wire_api = "responses"',
    "[mcp_servers.srv]",
    `command = ${JSON.stringify(process.execPath)}`,
    `args = [${JSON.stringify(join(folder, "server.mjs"))}]`,
  ];
  writeFileSync("home/.codex/config.toml", `${config.join("\n")}\n`);
  const env = { PATH: process.env.PATH, HOME: join(folder, "home"), LOCAL_KEY: "made-up-key" };
  const words = [
    "exec",
    "--skip-git-repo-check",
    "--dangerously-bypass-approvals-and-sandbox",
    "--dangerously-bypass-hook-trust",
    "go",
  ];
  const options = { cwd: join(folder, "project"), env, stdio: "ignore", timeout: 120_000 };
  const child = spawn(join(folder, "node_modules/.bin/codex"), words, options);
  child.on("close", () => {
    writeFileSync("answers", String(answers));
    process.exit(0);
  });
});
MODEL
isolated() {
  if unshare -n true 2>/dev/null; then unshare -n sh -c 'ip link set lo up && exec "$@"' sh "$@"
  elif unshare -rn true 2>/dev/null; then unshare -rn sh -c 'ip link set lo up && exec "$@"' sh "$@"
  else "$@"; fi
}
isolated node model.mjs
touch log
cat log
echo "answers that went to the model: $(cat answers)"
[ "$(cat answers)" -ge 3 ] && grep -q '^PostToolUse mcp__srv__works$' log ||
  { echo "could not be tried: the client did not come so far"; exit 2; }
if grep -q '^PreToolUse mcp__srv__fails$' log && grep -q '^PreToolUse mcp__srv__errs$' log &&
  ! grep -qE '^PostToolUse mcp__srv__(fails|errs)$' log; then
  echo "as described: no PostToolUse for the two failed calls"
  exit 0
fi
echo "changed: a failed MCP call fires PostToolUse, or no PreToolUse"
exit 1
