import type { IncomingHttpHeaders } from "node:http";
import type { Answer } from "./answer.ts";
import { messageEvents, messageOf } from "./anthropic-messages.ts";
import { chatCompletion, chatCompletionEvents } from "./openai-chat.ts";
import { responseEvents, responseOf } from "./openai-responses.ts";
import { SCENARIOS, type Scenario } from "./scenarios.ts";
import type { ReceivedRequest } from "./server.ts";

/** A reply as it goes over the wire. */
export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly parts: readonly string[];
  readonly cutAfter?: number | undefined;
  readonly holdAfter?: number | undefined;
  /** Not even the status is sent before the client goes away. */
  readonly isMute?: boolean | undefined;
  readonly chunkBytes?: number | undefined;
  readonly gzip?: boolean | undefined;
}

/** The fields of a request that decide the reply; everything else is ignored. */
interface Asked {
  readonly model?: string;
  readonly stream?: boolean;
  readonly stream_options?: { readonly include_usage?: boolean };
  readonly messages?: readonly Entry[];
  readonly input?: string | readonly Entry[];
  /** Goes into every id of the answer: without it, equal requests get equal ids. */
  readonly user?: string;
}

interface Entry {
  readonly role?: string;
  readonly type?: string;
  readonly content?: unknown;
}

const FINAL: Answer = { text: "Done: it is four degrees." };

/** The reply to a request: its path chooses the format, its model name the scenario. */
export function replyTo(request: ReceivedRequest, headers: IncomingHttpHeaders): Reply {
  const path = new URL(request.url, "http://localhost").pathname;
  const dialect = DIALECTS.find(({ suffix }) => path.endsWith(suffix));
  if (dialect === undefined) return otherReply(path, request);
  const asked = parse(request.body);
  const model = asked.model ?? "plain";
  const scenario = SCENARIOS[model] ?? SCENARIOS.plain;
  if (scenario === undefined) throw new Error("the plain scenario is missing");
  const transport = transportOf(scenario, headers);
  const failed = failureOf(scenario, headers, dialect.vendor);
  if (failed !== undefined) return { ...transport, ...failed };
  const base = baseHeaders(scenario);
  if (scenario.raw !== undefined) {
    const { contentType, body } = scenario.raw;
    return { status: 200, headers: { ...base, "content-type": contentType }, parts: [body] };
  }
  const turn = turnsIn(asked);
  const user = asked.user === undefined ? "" : `_${asked.user}`;
  const number = `${turn === 0 ? "" : `_${turn}`}${user}`;
  const answer = turn > 0 && !scenario.repeats ? FINAL : numbered(scenario.answer, number);
  const id = `${dialect.idPrefix}${model}_${turn}${user}`;
  if (!asked.stream) {
    const body = JSON.stringify(dialect.whole(answer, id, model));
    return { ...transport, status: 200, headers: { ...base, ...JSON_TYPE }, parts: halves(body) };
  }
  const includeUsage = asked.stream_options?.include_usage === true;
  const parts = dialect.events(answer, id, model, includeUsage);
  const streamed = { ...base, "content-type": "text/event-stream; charset=utf-8" };
  return { ...transport, status: 200, headers: streamed, parts };
}

const JSON_TYPE = { "content-type": "application/json" } as const;

const DIALECTS = [
  {
    suffix: "/chat/completions",
    vendor: "openai",
    idPrefix: "chatcmpl-",
    whole: chatCompletion,
    events: chatCompletionEvents,
  },
  {
    suffix: "/responses",
    vendor: "openai",
    idPrefix: "resp_",
    whole: (answer: Answer, id: string, model: string) => responseOf(answer, id, model),
    events: responseEvents,
  },
  {
    suffix: "/messages",
    vendor: "anthropic",
    idPrefix: "msg_",
    whole: messageOf,
    events: messageEvents,
  },
] as const;

/** How often tool results were sent already; every round has call ids of its own. */
function turnsIn(asked: Asked): number {
  const entries = Array.isArray(asked.messages)
    ? asked.messages
    : Array.isArray(asked.input)
      ? asked.input
      : [];
  return entries.filter(isToolResult).length;
}

function isToolResult(entry: Entry): boolean {
  if (entry.role === "tool" || entry.type === "function_call_output") return true;
  return (
    Array.isArray(entry.content) &&
    entry.content.some((block: { type?: string }) => block.type === "tool_result")
  );
}

function numbered(answer: Answer, number: string): Answer {
  if (answer.calls === undefined) return answer;
  const calls = answer.calls.map((call) =>
    call.id ? { ...call, id: `${call.id}${number}` } : call,
  );
  return { ...answer, calls };
}

function failureOf(
  scenario: Scenario,
  headers: IncomingHttpHeaders,
  vendor: "openai" | "anthropic",
): Reply | undefined {
  const { failure } = scenario;
  if (failure === undefined) return undefined;
  if (failure.thenOk && headers["x-stainless-retry-count"] !== "0") return undefined;
  const base = { ...baseHeaders(scenario), "retry-after-ms": "1" };
  if (failure.html) {
    const html = { ...base, "content-type": "text/html" };
    return { status: failure.status, headers: html, parts: ["<html><h1>Bad Gateway</h1></html>"] };
  }
  const error = { type: "test_error", message: `status ${failure.status}`, code: "test" };
  const body = vendor === "openai" ? { error } : { type: "error", error };
  return {
    status: failure.status,
    headers: { ...base, ...JSON_TYPE },
    parts: [JSON.stringify(body)],
  };
}

function transportOf(scenario: Scenario, headers: IncomingHttpHeaders) {
  const { cutAfter, chunkBytes, gzip } = scenario;
  const stallsAt = headers["x-stainless-retry-count"] === "0" ? scenario.stallsAt : undefined;
  const holdAfter = stallsAt === "body" ? 0 : scenario.holdAfter;
  return { cutAfter, holdAfter, chunkBytes, gzip, isMute: stallsAt === "head" };
}

function baseHeaders(scenario: Scenario): Record<string, string> {
  return {
    "x-request-id": "req_fixed",
    "request-id": "req_fixed",
    "set-cookie": "a=1",
    ...(scenario.gzip ? { "content-encoding": "gzip" } : {}),
  };
}

/** Endpoints that are no model calls. */
function otherReply(path: string, request: ReceivedRequest): Reply {
  const body = path.endsWith("/embeddings")
    ? {
        object: "list",
        model: "embedding",
        data: [{ object: "embedding", index: 0, embedding: [0.5, -0.25] }],
        usage: { prompt_tokens: 3, total_tokens: 3 },
      }
    : path.endsWith("/count_tokens")
      ? { input_tokens: 7 }
      : { id: "other", object: "other", type: "other", data: [], bytes: request.body.length };
  return {
    status: 200,
    headers: { ...JSON_TYPE, "x-request-id": "req_fixed" },
    parts: [JSON.stringify(body)],
  };
}

function parse(body: Buffer): Asked {
  try {
    // True for every request of a test; a field of another type is ignored where it is read.
    return JSON.parse(body.toString("utf8")) as Asked;
  } catch {
    return {};
  }
}

function halves(text: string): string[] {
  const middle = text.length >> 1;
  return [text.slice(0, middle), text.slice(middle)];
}
