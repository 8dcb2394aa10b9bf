#!/bin/sh
# Gemini CLI fires PreCompress before every call of the model, though nothing is compressed.
#
# Versions:  @google/gemini-cli 0.61.0, Node.js 20 or later, Linux.
# Expected:  PreCompress fires before the history is compressed, so never in a run of four short turns.
# Behaviour: it fires before each request to the model. The history is sent whole every time: each
#            request holds two messages more than the one before, and none asks for a summary.
# Output seen:
#            PreCompress auto
#            request with 1 messages
#            PreCompress auto
#            request with 3 messages
#            PreCompress auto
#            request with 5 messages
#            PreCompress auto
#            request with 7 messages
#            as described: 4 PreCompress, 4 requests, nothing compressed
#
# Exit code: 0 while it behaves so, 1 when that has changed, 2 when it could not be tried.
set -u
folder=$(mktemp -d) || exit 2
trap 'rm -rf "$folder"' EXIT
cd "$folder" || exit 2
npm install --silent --no-audit --no-fund --prefer-offline --prefix "$folder" \
  @google/gemini-cli@0.61.0 >/dev/null || exit 2
mkdir -p home/.gemini project
cat >hook.cjs <<'HOOK'
const fs = require("node:fs");
const event = JSON.parse(fs.readFileSync(0, "utf8"));
fs.appendFileSync(process.argv[2], `${event.hook_event_name} ${event.trigger ?? ""}\n`);
HOOK
cat >model.mjs <<'MODEL'
import { spawn } from "node:child_process";
import { appendFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";

const folder = process.cwd();
const log = join(folder, "log");
const command = `${process.execPath} ${join(folder, "hook.cjs")} ${log}`;
const settings = {
  security: { auth: { selectedType: "gemini-api-key" } },
  general: { enableAutoUpdate: false },
  privacy: { usageStatisticsEnabled: false },
  hooks: { PreCompress: [{ hooks: [{ type: "command", command }] }] },
};
writeFileSync("home/.gemini/settings.json", JSON.stringify(settings));

const server = createServer(async (request, response) => {
  let text = "";
  for await (const part of request) text += part;
  const { contents = [], tools = [] } = text === "" ? {} : JSON.parse(text);
  const parts = contents.flatMap(({ parts }) => parts ?? []);
  const answered = parts.filter(({ functionResponse }) => functionResponse).length;
  if (tools.length > 0) appendFileSync(log, `request with ${contents.length} messages\n`);
  const call = { name: "run_shell_command", args: { command: `echo turn ${answered}` } };
  const part = tools.length > 0 && answered < 3 ? { functionCall: call } : { text: "done" };
  const candidates = [{ content: { role: "model", parts: [part] }, finishReason: "STOP", index: 0 }];
  const usageMetadata = { promptTokenCount: 10, candidatesTokenCount: 5, totalTokenCount: 15 };
  const answer = JSON.stringify({ candidates, usageMetadata, modelVersion: "m" });
  const isStreamed = request.url.includes("streamGenerateContent");
  response.writeHead(200, { "content-type": isStreamed ? "text/event-stream" : "application/json" });
  response.end(isStreamed ? `data: ${answer}\n\n` : answer);
});
server.listen(0, "127.0.0.1", () => {
  const env = {
    PATH: process.env.PATH,
    HOME: join(folder, "home"),
    GEMINI_API_KEY: "made-up-key",
    GOOGLE_GEMINI_BASE_URL: `http://127.0.0.1:${server.address().port}`,
    GEMINI_CLI_TRUST_WORKSPACE: "true",
  };
  const words = ["--approval-mode", "yolo", "-m", "gemini-2.5-pro", "-p", "go"];
  const options = { cwd: join(folder, "project"), env, stdio: "ignore", timeout: 120_000 };
  const child = spawn(join(folder, "node_modules/.bin/gemini"), words, options);
  child.on("close", () => process.exit(0));
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
requests=$(grep -c '^request' log)
fired=$(grep -c '^PreCompress' log)
grown=$(grep '^request' log | awk '$3 <= last { print "no" } { last = $3 }')
[ "$requests" -ge 4 ] || { echo "could not be tried: the client did not come so far"; exit 2; }
if [ "$fired" -ge "$requests" ] && [ -z "$grown" ]; then
  echo "as described: $fired PreCompress, $requests requests, nothing compressed"
  exit 0
fi
echo "changed: $fired PreCompress, $requests requests"
exit 1
