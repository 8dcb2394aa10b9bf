#!/bin/sh
# Strands runs only the last of the calls that an OpenAI chat model asks for in one turn.
#
# Versions:  @strands-agents/sdk 1.19.0 with OpenAIModel of `api: "chat"`, openai 6.49.0, Node.js 20 or later.
# Expected:  a streamed answer with the calls `first` (index 0) and `second` (index 1), each in chunks of its
#            own as the vendor sends them, runs both tools.
# Behaviour: only `second` is run, without a warning. The next request holds one call and one answer, so
#            neither the model nor the program sees that a call was lost: blocks are closed by the finish
#            reason alone, so each call overwrites the one before. The same answer in two turns runs both.
# Output seen:
#            in one turn: ran second; the next request repeats 1 call
#            in two turns: ran first, second
#            as described
#
# Exit code: 0 while it behaves so, 1 when that has changed, 2 when it could not be tried.
set -u
folder=$(mktemp -d) || exit 2
trap 'rm -rf "$folder"' EXIT
cd "$folder" || exit 2
echo '{"private": true, "type": "module"}' >package.json
npm install --silent --no-audit --no-fund --prefer-offline --force --ignore-scripts \
  @strands-agents/sdk@1.19.0 openai@6.49.0 zod@4.6.7 >/dev/null 2>&1 || exit 2
cat >try.mjs <<'TRY'
import { createServer } from "node:http";
import { Agent, tool } from "@strands-agents/sdk";
import { OpenAIModel } from "@strands-agents/sdk/models/openai";

async function run(turns) {
  const repeated = [];
  const server = createServer(async (request, response) => {
    let text = "";
    for await (const part of request) text += part;
    const said = JSON.parse(text).messages.filter(({ role }) => role === "assistant");
    repeated.push(said.flatMap(({ tool_calls: calls = [] }) => calls).length);
    const names = turns[said.length] ?? [];
    const delta = (part, finish = null) => ({
      id: "c",
      object: "chat.completion.chunk",
      created: 1,
      model: "m",
      choices: [{ index: 0, delta: part, finish_reason: finish }],
    });
    const call = (index, more) => delta({ tool_calls: [{ index, ...more }] });
    const chunks = names.flatMap((name, index) => [
      call(index, { id: `call_${name}`, type: "function", function: { name, arguments: "" } }),
      call(index, { function: { arguments: "{}" } }),
    ]);
    const all = [
      delta({ role: "assistant", content: names.length > 0 ? null : "done" }),
      ...chunks,
      delta({}, names.length > 0 ? "tool_calls" : "stop"),
    ];
    response.writeHead(200, { "content-type": "text/event-stream" });
    response.end(`${all.map((one) => `data: ${JSON.stringify(one)}\n\n`).join("")}data: [DONE]\n\n`);
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const ran = [];
  const make = (name) =>
    tool({
      name,
      description: name,
      inputSchema: { type: "object", properties: {} },
      callback: () => {
        ran.push(name);
        return name;
      },
    });
  const baseURL = `http://127.0.0.1:${server.address().port}/v1`;
  const model = new OpenAIModel({
    api: "chat",
    modelId: "m",
    apiKey: "made-up",
    clientConfig: { baseURL },
  });
  const agent = new Agent({ model, tools: [make("first"), make("second")], printer: false });
  await agent.invoke("go");
  server.closeAllConnections();
  server.close();
  return { ran, repeated };
}

const together = await run([["first", "second"]]);
const apart = await run([["first"], ["second"]]);
console.log(
  `in one turn: ran ${together.ran.join(", ")}; the next request repeats ${together.repeated[1]} call`,
);
console.log(`in two turns: ran ${apart.ran.join(", ")}`);
if (apart.ran.length !== 2) process.exit(2);
const isSo = together.ran.join() === "second" && together.repeated[1] === 1;
console.log(isSo ? "as described" : "changed");
process.exit(isSo ? 0 : 1);
TRY
node try.mjs
