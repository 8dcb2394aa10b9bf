/**
 * A server of protocol 2026-07-28: stateless, with calls that ask for input. `stdio`, or `http` on a
 * free port that is told on stdout.
 */
import { createServer } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import {
  acceptedContent,
  createMcpHandler,
  fromJsonSchema,
  inputRequired,
  inputResponse,
  McpServer,
} from "@modelcontextprotocol/server";
import { serveStdio } from "@modelcontextprotocol/server/stdio";

const PAUSE_MS = 20;
const text = (value) => ({ content: [{ type: "text", text: value }] });
const schema = (properties) => fromJsonSchema({ type: "object", properties });

const TOOLS = {
  echo: async ({ message }) => text(message),
  async broken() {
    throw new Error("broken on purpose");
  },
  async slow(_arguments, { mcpReq }) {
    const progressToken = mcpReq._meta?.progressToken;
    for (const progress of [1, 2]) {
      const params = { progressToken, progress, total: 2 };
      if (progressToken !== undefined) {
        await mcpReq.notify({ method: "notifications/progress", params });
      }
      await mcpReq.log("info", `step ${progress}`);
      await sleep(PAUSE_MS);
    }
    return text("done");
  },
  async endless(_arguments, { mcpReq }) {
    await new Promise((resolve) => mcpReq.signal.addEventListener("abort", resolve));
    return text("never seen");
  },
  async confirm(_arguments, { mcpReq }) {
    const answer = acceptedContent(mcpReq.inputResponses, "name");
    if (answer) return text(`hello ${answer.name}`);
    const requestedSchema = { type: "object", properties: { name: { type: "string" } } };
    const name = inputRequired.elicit({ message: "who?", requestedSchema });
    return inputRequired({ inputRequests: { name }, requestState: "asked-once" });
  },
  async ask_model(_arguments, { mcpReq }) {
    const answer = inputResponse(mcpReq.inputResponses, "model");
    if (answer.kind === "sampling") return text(`the model said ${answer.result.content.text}`);
    const messages = [{ role: "user", content: { type: "text", text: "hi" } }];
    const model = inputRequired.createMessage({ messages, maxTokens: 10 });
    return inputRequired({ inputRequests: { model } });
  },
};

/** Asks without a state: only its arguments tell two such calls apart. */
async function nameFor({ what }, { mcpReq }) {
  const answer = acceptedContent(mcpReq.inputResponses, "name");
  if (answer) return text(`${answer.name} for ${what}`);
  const requestedSchema = { type: "object", properties: { name: { type: "string" } } };
  const name = inputRequired.elicit({ message: what, requestedSchema });
  return inputRequired({ inputRequests: { name } });
}

function modernServer() {
  const server = new McpServer(
    { name: "modern-server", version: "1.0.0" },
    { capabilities: { logging: {} } },
  );
  for (const [name, run] of Object.entries(TOOLS)) {
    const inputSchema = schema({ message: { type: "string" } });
    server.registerTool(name, { description: name, inputSchema }, run);
  }
  const asked = schema({ what: { type: "string" } });
  server.registerTool("name_for", { description: "name_for", inputSchema: asked }, nameFor);
  const inHeader = schema({ region: { type: "string", "x-mcp-header": "Region" } });
  server.registerTool("region", { description: "region", inputSchema: inHeader }, async () =>
    text("there"),
  );
  server.registerResource("note", "test://note", { mimeType: "text/plain" }, async (uri) => ({
    contents: [{ uri: uri.href, text: "a note" }],
  }));
  server.registerPrompt(
    "greet",
    { argsSchema: schema({ who: { type: "string" } }) },
    ({ who }) => ({
      messages: [{ role: "user", content: { type: "text", text: `greet ${who}` } }],
    }),
  );
  return server;
}

/** Between Node's requests and those of the web, which the SDK speaks. */
function serveHttp() {
  const handler = createMcpHandler(modernServer);
  const server = createServer(async (request, response) => {
    const gone = new AbortController();
    response.on("close", () => gone.abort());
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    const answer = await handler.fetch(
      new Request(`http://${request.headers.host}${request.url}`, {
        method: request.method,
        headers: request.headers,
        signal: gone.signal,
        ...(chunks.length > 0 ? { body: Buffer.concat(chunks) } : {}),
      }),
    );
    response.writeHead(answer.status, Object.fromEntries(answer.headers));
    try {
      for await (const chunk of answer.body ?? []) response.write(chunk);
    } catch {
      // The client went away.
    }
    response.end();
  });
  server.listen(0, "127.0.0.1", () => {
    process.stdout.write(`http://127.0.0.1:${server.address().port}/mcp\n`);
  });
}

if (process.argv[2] === "http") serveHttp();
else serveStdio(modernServer);
