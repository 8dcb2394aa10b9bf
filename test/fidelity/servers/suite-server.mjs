/**
 * A server with everything the protocol has up to 2025-11-25: the tools, resources and prompts that
 * the conformance suite asks for. `stdio`, or `http` on a free port that is told on stdout.
 */
import { randomUUID } from "node:crypto";
import { createServer } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { Server } from "@modelcontextprotocol/sdk/server/index.js";
import { StdioServerTransport } from "@modelcontextprotocol/sdk/server/stdio.js";
import { StreamableHTTPServerTransport } from "@modelcontextprotocol/sdk/server/streamableHttp.js";
import {
  CallToolRequestSchema,
  CompleteRequestSchema,
  CreateMessageResultSchema,
  ElicitResultSchema,
  GetPromptRequestSchema,
  isInitializeRequest,
  ListPromptsRequestSchema,
  ListResourcesRequestSchema,
  ListResourceTemplatesRequestSchema,
  ListToolsRequestSchema,
  ReadResourceRequestSchema,
  SetLevelRequestSchema,
  SubscribeRequestSchema,
  UnsubscribeRequestSchema,
} from "@modelcontextprotocol/sdk/types.js";

/** The smallest PNG and WAV that are valid. */
const PNG =
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";
const WAV = "UklGRiQAAABXQVZFZm10IBAAAAABAAEAQB8AAEAfAAABAAgAZGF0YQAAAAA=";
const PAUSE_MS = 20;

const text = (value) => ({ type: "text", text: value });
const image = { type: "image", data: PNG, mimeType: "image/png" };
const embedded = (uri) => ({
  type: "resource",
  resource: { uri, mimeType: "text/plain", text: "This is an embedded resource." },
});

const NO_ARGUMENTS = { type: "object", properties: {} };
const ENUM = ["option1", "option2", "option3"];
const titled = (titles) => titles.map((title, index) => ({ const: `value${index + 1}`, title }));

const QUESTIONS = {
  test_elicitation_sep1034_defaults: {
    name: { type: "string", default: "John Doe" },
    age: { type: "integer", default: 30 },
    score: { type: "number", default: 95.5 },
    status: { type: "string", enum: ["active", "inactive", "pending"], default: "active" },
    verified: { type: "boolean", default: true },
  },
  test_elicitation_sep1330_enums: {
    untitledSingle: { type: "string", enum: ENUM },
    titledSingle: {
      type: "string",
      oneOf: titled(["First Option", "Second Option", "Third Option"]),
    },
    legacyEnum: {
      type: "string",
      enum: ["opt1", "opt2", "opt3"],
      enumNames: ["Option One", "Option Two", "Option Three"],
    },
    untitledMulti: { type: "array", items: { type: "string", enum: ENUM } },
    titledMulti: {
      type: "array",
      items: { anyOf: titled(["First Choice", "Second Choice", "Third Choice"]) },
    },
  },
  test_elicitation: { username: { type: "string" }, email: { type: "string" } },
};

function elicitationTool(name) {
  return async (_arguments, { ask }) => {
    const requestedSchema = { type: "object", properties: QUESTIONS[name], required: [] };
    const params = { message: "Please provide your information", requestedSchema };
    const { action, content } = await ask("elicitation/create", params, ElicitResultSchema);
    return [text(`Elicitation completed: action=${action}, content=${JSON.stringify(content)}`)];
  };
}

const TOOLS = {
  test_simple_text: async () => [text("This is a simple text response for testing.")],
  test_image_content: async () => [image],
  test_audio_content: async () => [{ type: "audio", data: WAV, mimeType: "audio/wav" }],
  test_embedded_resource: async () => [embedded("test://embedded-resource")],
  test_multiple_content_types: async () => [
    text("Multiple content types test:"),
    image,
    embedded("test://mixed-content-resource"),
  ],
  async test_tool_with_logging(_arguments, { notify }) {
    for (const data of [
      "Tool execution started",
      "Tool processing data",
      "Tool execution completed",
    ]) {
      await notify("notifications/message", { level: "info", data });
      await sleep(PAUSE_MS);
    }
    return [text("Tool with logging executed successfully")];
  },
  async test_tool_with_progress(_arguments, { notify, progressToken }) {
    for (const progress of [0, 50, 100]) {
      const params = { progressToken, progress, total: 100 };
      if (progressToken !== undefined) await notify("notifications/progress", params);
      await sleep(PAUSE_MS);
    }
    return [text("Tool with progress executed successfully")];
  },
  async test_error_handling() {
    throw new Error("This tool intentionally returns an error for testing");
  },
  async test_sampling({ prompt = "" }, { ask }) {
    const messages = [{ role: "user", content: text(prompt) }];
    const params = { messages, maxTokens: 100 };
    const { content } = await ask("sampling/createMessage", params, CreateMessageResultSchema);
    return [text(`LLM response: ${content.text}`)];
  },
  test_elicitation: elicitationTool("test_elicitation"),
  test_elicitation_sep1034_defaults: elicitationTool("test_elicitation_sep1034_defaults"),
  test_elicitation_sep1330_enums: elicitationTool("test_elicitation_sep1330_enums"),
  async test_reconnection(_arguments, { closeStream }) {
    closeStream?.();
    await sleep(5 * PAUSE_MS);
    return [text("Reconnection test completed successfully.")];
  },
  /** Ends only when it is cancelled, and then tells how. */
  async test_endless(_arguments, { signal, notify }) {
    await new Promise((resolve) => signal.addEventListener("abort", resolve));
    await notify("notifications/message", { level: "info", data: "cancelled" });
    return [];
  },
  test_long_text: async ({ bytes }) => [text("x".repeat(bytes))],
  json_schema_2020_12_tool: async () => [text("ok")],
};

const INPUT_SCHEMAS = {
  test_sampling: { type: "object", properties: { prompt: { type: "string" } } },
  test_long_text: { type: "object", properties: { bytes: { type: "integer" } } },
  json_schema_2020_12_tool: {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    type: "object",
    $defs: {
      address: {
        type: "object",
        properties: { street: { type: "string" }, city: { type: "string" } },
      },
    },
    properties: { name: { type: "string" }, address: { $ref: "#/$defs/address" } },
    additionalProperties: false,
  },
};

const RESOURCES = {
  "test://static-text": {
    mimeType: "text/plain",
    text: "This is the content of the static text resource.",
  },
  "test://static-binary": { mimeType: "image/png", blob: PNG },
  "test://watched-resource": { mimeType: "text/plain", text: "Watched" },
};

const PROMPTS = {
  test_simple_prompt: { messages: () => [text("This is a simple prompt for testing.")] },
  test_prompt_with_arguments: {
    arguments: ["arg1", "arg2"],
    messages: ({ arg1, arg2 }) => [text(`Prompt with arguments: arg1='${arg1}', arg2='${arg2}'`)],
  },
  test_prompt_with_embedded_resource: {
    arguments: ["resourceUri"],
    messages: ({ resourceUri }) => [embedded(resourceUri), text("Please process the resource.")],
  },
  test_prompt_with_image: { messages: () => [image, text("Please analyze the image above.")] },
};

function suiteServer() {
  const server = new Server(
    { name: "suite-server", version: "1.0.0" },
    {
      capabilities: {
        tools: { listChanged: true },
        resources: { subscribe: true, listChanged: true },
        prompts: { listChanged: true },
        logging: {},
        completions: {},
      },
    },
  );
  server.setRequestHandler(ListToolsRequestSchema, () => ({
    tools: Object.keys(TOOLS).map((name) => ({
      name,
      description: `Tool ${name}`,
      inputSchema: INPUT_SCHEMAS[name] ?? NO_ARGUMENTS,
    })),
  }));
  server.setRequestHandler(CallToolRequestSchema, async ({ params }, extra) => {
    try {
      const parties = {
        ask: (method, question, schema) => extra.sendRequest({ method, params: question }, schema),
        notify: (method, told) => extra.sendNotification({ method, params: told }),
        progressToken: params._meta?.progressToken,
        signal: extra.signal,
        closeStream: extra.closeSSEStream,
      };
      return { content: await TOOLS[params.name](params.arguments ?? {}, parties) };
    } catch (error) {
      return { isError: true, content: [text(error.message)] };
    }
  });
  addResources(server);
  addPrompts(server);
  server.setRequestHandler(SetLevelRequestSchema, () => ({}));
  server.setRequestHandler(CompleteRequestSchema, () => ({
    completion: { values: ["paris", "park"], total: 2, hasMore: false },
  }));
  return server;
}

function addResources(server) {
  server.setRequestHandler(ListResourcesRequestSchema, () => ({
    resources: Object.entries(RESOURCES).map(([uri, { mimeType }]) => ({
      uri,
      name: uri,
      description: `Resource ${uri}`,
      mimeType,
    })),
  }));
  server.setRequestHandler(ListResourceTemplatesRequestSchema, () => ({
    resourceTemplates: [
      { uriTemplate: "test://template/{id}/data", name: "template", mimeType: "application/json" },
    ],
  }));
  server.setRequestHandler(ReadResourceRequestSchema, ({ params: { uri } }) => {
    const id = /^test:\/\/template\/(.+)\/data$/.exec(uri)?.[1];
    const found = id
      ? { mimeType: "application/json", text: JSON.stringify({ id, data: `Data for ID: ${id}` }) }
      : RESOURCES[uri];
    if (!found) throw new Error(`no such resource: ${uri}`);
    return { contents: [{ uri, ...found }] };
  });
  server.setRequestHandler(SubscribeRequestSchema, () => ({}));
  server.setRequestHandler(UnsubscribeRequestSchema, () => ({}));
}

function addPrompts(server) {
  server.setRequestHandler(ListPromptsRequestSchema, () => ({
    prompts: Object.entries(PROMPTS).map(([name, prompt]) => ({
      name,
      description: `Prompt ${name}`,
      arguments: (prompt.arguments ?? []).map((argument) => ({ name: argument, required: true })),
    })),
  }));
  server.setRequestHandler(GetPromptRequestSchema, ({ params }) => ({
    messages: PROMPTS[params.name]
      .messages(params.arguments ?? {})
      .map((content) => ({ role: "user", content })),
  }));
}

/** Events of the past, so that a client can come back to a stream that was closed. */
function eventStore() {
  const events = [];
  return {
    async storeEvent(streamId, message) {
      events.push({ streamId, message });
      return String(events.length);
    },
    async getStreamIdForEventId(eventId) {
      return events[Number(eventId) - 1]?.streamId;
    },
    async replayEventsAfter(eventId, { send }) {
      const { streamId } = events[Number(eventId) - 1];
      for (const [index, event] of events.entries()) {
        const isLater = index >= Number(eventId) && event.streamId === streamId;
        // An event without a message only tells where a stream begins.
        if (isLater && event.message.jsonrpc) await send(String(index + 1), event.message);
      }
      return streamId;
    },
  };
}

const LOCAL = new Set(["localhost", "127.0.0.1", "[::1]"]);

function isLocal(url) {
  return URL.canParse(url) && LOCAL.has(new URL(url).hostname);
}

async function bodyOf(request) {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  return chunks.length ? JSON.parse(Buffer.concat(chunks).toString()) : undefined;
}

function serveHttp() {
  const transports = new Map();
  const server = createServer(async (request, response) => {
    const { host, origin } = request.headers;
    if (!isLocal(`http://${host}`) || (origin && !isLocal(origin))) {
      response.writeHead(403).end();
      return;
    }
    const body = request.method === "POST" ? await bodyOf(request) : undefined;
    let transport = transports.get(request.headers["mcp-session-id"]);
    if (!transport) {
      if (!body || !isInitializeRequest(body)) {
        response.writeHead(request.headers["mcp-session-id"] ? 404 : 400).end();
        return;
      }
      transport = new StreamableHTTPServerTransport({
        sessionIdGenerator: randomUUID,
        eventStore: eventStore(),
        retryInterval: 100,
        onsessioninitialized: (id) => transports.set(id, transport),
      });
      await suiteServer().connect(transport);
    }
    await transport.handleRequest(request, response, body);
  });
  server.listen(0, "127.0.0.1", () => {
    process.stdout.write(`http://127.0.0.1:${server.address().port}/mcp\n`);
  });
}

if (process.argv[2] === "http") serveHttp();
else await suiteServer().connect(new StdioServerTransport());
