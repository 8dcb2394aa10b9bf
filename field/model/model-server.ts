/** A model that follows the script, on the wires that the clients speak. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { GOODBYE, TURNS } from "../script.ts";
import { anthropicMessages } from "./anthropic-messages.ts";
import { gemini } from "./gemini.ts";
import { callFor, type ModelCall, type OfferedTool, type ToolNames } from "./offered-tool.ts";
import { openaiChat } from "./openai-chat.ts";
import { openaiResponses } from "./openai-responses.ts";

/** What a wire says in a request. */
export interface Asked {
  readonly tools: readonly OfferedTool[];
  /** How many calls of this conversation were answered so far. */
  readonly answered: number;
  readonly isStreamed: boolean;
}

export interface Wire {
  /** @returns undefined when the request is not of this wire */
  readonly read: (path: string, body: Readonly<Record<string, unknown>>) => Asked | undefined;
  readonly answer: (calls: readonly ModelCall[], text: string, isStreamed: boolean) => WireAnswer;
}

export interface WireAnswer {
  readonly type: "application/json" | "text/event-stream";
  readonly body: string;
}

export interface ScriptedModel {
  readonly url: string;
  /** Kinds of scripted calls for which the client offered no tool. */
  readonly missing: ReadonlySet<string>;
  readonly close: () => Promise<void>;
}

/** No model answers at once, and what is concluded from times knows that. */
const THINKS_MS = 800;

const WIRES: readonly Wire[] = [anthropicMessages, openaiResponses, openaiChat, gemini];

/** What the model goes by beside the request. */
interface Stand extends ToolNames {
  readonly missing: Set<string>;
}

export async function startModel(names: ToolNames): Promise<ScriptedModel> {
  const missing = new Set<string>();
  const stand = { ...names, missing };
  const server = createServer((request, response) => {
    void answer(request, response, stand).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { url: urlOf(server), missing, close: () => closed(server) };
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  stand: Stand,
): Promise<void> {
  const path = request.url ?? "/";
  const body = await bodyOf(request);
  for (const wire of WIRES) {
    const asked = wire.read(path, body);
    if (!asked) continue;
    await sleep(THINKS_MS);
    const calls = callsFor(asked, stand);
    const { type, body: text } = wire.answer(
      calls,
      calls.length > 0 ? "" : GOODBYE,
      asked.isStreamed,
    );
    response.writeHead(200, { "content-type": type }).end(text);
    return;
  }
  // Lists of models and the like: nothing of it is needed.
  response.writeHead(200, { "content-type": "application/json" }).end('{"data":[],"models":[]}');
}

/**
 * The turn that comes after the calls that were answered. A request without tools is for a title or
 * the like, and gets words; so does one after the script.
 */
function callsFor(asked: Asked, stand: Stand): readonly ModelCall[] {
  if (asked.tools.length === 0) return [];
  let before = 0;
  for (const turn of TURNS) {
    const calls: ModelCall[] = [];
    for (const scripted of turn) {
      const call = callFor(scripted, asked.tools, stand);
      if (call) calls.push(call);
      else stand.missing.add(scripted.kind);
    }
    // A client that refuses a call answers it too, so the number tells the place.
    if (calls.length > 0 && asked.answered <= before) return calls;
    before += calls.length;
  }
  return [];
}

async function bodyOf(request: IncomingMessage): Promise<Readonly<Record<string, unknown>>> {
  let text = "";
  for await (const part of request) text += part;
  try {
    const value: unknown = JSON.parse(text);
    // True because every member is looked at before use.
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

function urlOf(server: Server): string {
  const address = server.address();
  if (typeof address !== "object" || address === null) throw new Error("the model has no address");
  return `http://127.0.0.1:${address.port}`;
}

function closed(server: Server): Promise<void> {
  server.closeAllConnections();
  return new Promise((resolve) => server.close(() => resolve()));
}
