/** OpenTelemetry's own instrumentation of the OpenAI client: messages are log records of the span. */
import { isObject, listOf, parsedOf } from "../decode/attributes.ts";
import type { LogRecord } from "../decode/telemetry.ts";
import type { Scope } from "../scope.ts";
import { answeredCalls, type Message } from "./asked-calls.ts";
import { readGenAi } from "./gen-ai.ts";

export const OPENAI_CONTRIB: Scope = {
  emitter: "otel-openai",
  matches: (scope) =>
    scope === "@opentelemetry/instrumentation-openai" ||
    scope === "@elastic/opentelemetry-instrumentation-openai",
  isTiedByLogs: true,
  asks: (sent) =>
    sent.kind === "log" && sent.name === "gen_ai.choice"
      ? messageOf(sent).asks.map(({ id }) => id)
      : [],
  span: (span) => readGenAi(span),
  logs: (logs) => {
    const [first] = logs;
    const asked = logs.filter(({ name }) => name !== "gen_ai.choice");
    return first === undefined ? [] : answeredCalls(asked.map(messageOf), first.atMs);
  },
};

const ROLES: Readonly<Record<string, string>> = {
  "gen_ai.assistant.message": "assistant",
  "gen_ai.choice": "assistant",
  "gen_ai.tool.message": "tool",
  "gen_ai.user.message": "user",
};

function messageOf({ name, body }: LogRecord): Message {
  const said = isObject(body) ? body : {};
  const role = ROLES[name] ?? "system";
  const message = isObject(said.message) ? said.message : said;
  const calls = listOf(message.tool_calls).filter(isObject);
  return {
    role,
    asks: calls.map(({ id, function: called }) => ({
      id: String(id ?? ""),
      tool: isObject(called) ? String(called.name ?? "") : "",
      values: isObject(called) ? parsedOf(called.arguments) : undefined,
    })),
    answers:
      role === "tool" ? [{ id: String(said.id ?? ""), content: parsedOf(said.content) }] : [],
  };
}
