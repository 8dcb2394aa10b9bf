/**
 * A real server: the official SDK with one tool that says what it was told. Over stdio, or with
 * `http` on a free port that is told on stdout.
 */
import { randomUUID } from "node:crypto";
import { createServer } from "node:http";
import { Server } from "@modelcontextprotocol/sdk/server/index.js";
import { StdioServerTransport } from "@modelcontextprotocol/sdk/server/stdio.js";
import { StreamableHTTPServerTransport } from "@modelcontextprotocol/sdk/server/streamableHttp.js";
import { CallToolRequestSchema, ListToolsRequestSchema } from "@modelcontextprotocol/sdk/types.js";

function echoServer() {
  const server = new Server({ name: "bench", version: "1" }, { capabilities: { tools: {} } });
  const inputSchema = { type: "object", properties: { message: { type: "string" } } };
  const tools = [{ name: "echo", inputSchema }];
  server.setRequestHandler(ListToolsRequestSchema, () => ({ tools }));
  server.setRequestHandler(CallToolRequestSchema, ({ params }) => ({
    content: [{ type: "text", text: params.arguments.message }],
  }));
  return server;
}

function serveHttp() {
  const transports = new Map();
  const server = createServer(async (request, response) => {
    let transport = transports.get(request.headers["mcp-session-id"]);
    if (!transport) {
      transport = new StreamableHTTPServerTransport({
        sessionIdGenerator: randomUUID,
        onsessioninitialized: (id) => transports.set(id, transport),
      });
      await echoServer().connect(transport);
    }
    await transport.handleRequest(request, response);
  });
  server.listen(0, "127.0.0.1", () => process.stdout.write(`${server.address().port}\n`));
}

if (process.argv[2] === "http") serveHttp();
else await echoServer().connect(new StdioServerTransport());
