/** A server that records its own calls with our SDK, as somebody would who never heard of the proxy. */
import { createInterface } from "node:readline";
import * as caum from "caum";

caum.init();
const session = process.argv[2] ?? "by-the-server";
for await (const line of createInterface({ input: process.stdin })) {
  const { id, method, params } = JSON.parse(line);
  if (method !== "tools/call") continue;
  const text = "nothing was found";
  const step = { tool: params.name, arguments: params.arguments, content: text };
  const { regime } = caum.observe(session, step);
  const result = { content: [{ type: "text", text }], structuredContent: { regime } };
  process.stdout.write(`${JSON.stringify({ jsonrpc: "2.0", id, result })}\n`);
}
await caum.end(session);
await caum.flush();
