/** A small MCP server over stdio: echo works, fail fails. Needs nothing but Node. */
import { createInterface } from "node:readline";

const tools = [
  {
    name: "echo",
    description: "Says it again.",
    inputSchema: {
      type: "object",
      properties: { message: { type: "string" } },
      required: ["message"],
    },
  },
  {
    name: "fail",
    description: "Fails.",
    inputSchema: { type: "object", properties: { code: { type: "number" } }, required: ["code"] },
  },
];

function answer(method, params) {
  switch (method) {
    case "initialize":
      return {
        protocolVersion: params.protocolVersion,
        capabilities: { tools: {} },
        serverInfo: { name: "field", version: "1.0.0" },
      };
    case "tools/list":
      return { tools };
    case "tools/call": {
      const { name, arguments: input = {} } = params;
      if (name === "echo") return { content: [{ type: "text", text: `echo: ${input.message}` }] };
      return { content: [{ type: "text", text: `failed with ${input.code}` }], isError: true };
    }
    case "ping":
      return {};
    default:
      return undefined;
  }
}

createInterface({ input: process.stdin }).on("line", (line) => {
  const { id, method, params } = JSON.parse(line);
  if (id === undefined || method === undefined) return;
  const result = answer(method, params ?? {});
  const error = { code: -32601, message: `no method ${method}` };
  process.stdout.write(
    `${JSON.stringify({ jsonrpc: "2.0", id, ...(result === undefined ? { error } : { result }) })}\n`,
  );
});
