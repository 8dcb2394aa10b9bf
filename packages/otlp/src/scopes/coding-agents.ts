/** Coding agents that tell more in log records than in spans, or the same in both. */
import type { Status } from "@caum/core";
import type { LogRecord, Span } from "../decode/telemetry.ts";
import { durationOf } from "../facts.ts";
import type { ReportedEvent } from "../reported-event.ts";
import type { Scope } from "../scope.ts";
import type { TraceNotes } from "../trace-notes.ts";
import { given, modelTurn } from "./gen-ai.ts";

const named =
  (...names: readonly string[]) =>
  (scope: string) =>
    names.includes(scope);
const each = (read: (log: LogRecord) => readonly ReportedEvent[]) => (logs: readonly LogRecord[]) =>
  logs.flatMap(read);

/**
 * Claude Code tells of a call by a span, whose child says how it went, and by a log record; of a turn
 * by both as well. The ids of calls and requests make one of each two. It sends no arguments.
 */
export const CLAUDE_CODE: Scope = {
  emitter: "claude-code",
  matches: (scope) => scope.startsWith("com.anthropic.claude_code"),
  note: noteClaudeCode,
  span: (span, notes) => {
    const { attributes } = span;
    if (span.name === "claude_code.llm_request") return [claudeTurn(span, span.endMs)];
    const tool = attributes.text("tool_name");
    if (span.name !== "claude_code.tool" || tool === undefined) return [];
    const outcome = notes.outcomeOf(span.spanId) ?? { status: "unknown" as const };
    const durationMs = attributes.number("duration_ms") ?? durationOf(span);
    return [claudeCall(span, tool, span.endMs, { ...outcome, durationMs })];
  },
  logs: each((log) => {
    const { attributes, atMs } = log;
    const name = log.name.replace(/^claude_code\./, "");
    if (name === "api_request") return [claudeTurn(log, atMs)];
    const tool = attributes.text("tool_name");
    if (tool === undefined) return [];
    const isRefused = name === "tool_decision" && attributes.text("decision") === "reject";
    if (!isRefused && name !== "tool_result") return [];
    const isOk = attributes.flag("success") !== false;
    return [
      claudeCall(log, tool, atMs, {
        status: isRefused ? "denied" : isOk ? "ok" : "error",
        errorClass: attributes.firstText(["error_type", "error.type"]),
        durationMs: attributes.number("duration_ms"),
        ...given(
          "arguments",
          attributes.parsed("tool_input") ?? attributes.parsed("tool_parameters"),
        ),
      }),
    ];
  }),
};

function noteClaudeCode({ name, attributes, parentSpanId, isError }: Span, notes: TraceNotes) {
  if (name === "claude_code.tool.blocked_on_user" && attributes.text("decision") === "reject") {
    notes.noteOutcome(parentSpanId, { status: "denied" });
  }
  if (name !== "claude_code.tool.execution") return;
  const failed = isError || attributes.flag("success") === false;
  const errorClass = attributes.firstText(["error_class", "error.type"]);
  notes.noteOutcome(parentSpanId, failed ? { status: "error", errorClass } : { status: "ok" });
}

interface CallFacts {
  readonly status: Status;
  readonly errorClass?: string | undefined;
  readonly durationMs?: number | undefined;
  readonly arguments?: unknown;
}

function claudeCall(
  sent: Span | LogRecord,
  tool: string,
  atMs: number,
  facts: CallFacts,
): ReportedEvent {
  const toolCallId = sent.attributes.firstText(["tool_use_id", "gen_ai.tool.call.id"]);
  const id = toolCallId === undefined ? sent.spanId : `call ${toolCallId}`;
  const server = sent.attributes.text("anthropic.mcp.server.name");
  return { id, atMs, observation: { tool, toolCallId, server, ...facts } };
}

/** Its input tokens leave out what was read from the cache or written to it. */
function claudeTurn({ attributes, spanId }: Span | LogRecord, atMs: number): ReportedEvent {
  const count = (name: string) => attributes.number(name);
  const fresh = count("input_tokens");
  const cacheReadTokens = count("cache_read_tokens") ?? 0;
  const cacheWriteTokens = count("cache_creation_tokens") ?? 0;
  const responseId = attributes.firstText(["request_id", "gen_ai.response.id"]);
  return {
    id: responseId === undefined ? spanId : `turn ${responseId}`,
    atMs,
    observation: {
      kind: "turn",
      status: attributes.flag("success") === false ? "error" : "ok",
      provider: "anthropic",
      model: attributes.text("model"),
      responseId,
      finishReason: attributes.text("stop_reason"),
      inputTokens: fresh === undefined ? undefined : fresh + cacheReadTokens + cacheWriteTokens,
      outputTokens: count("output_tokens"),
      cacheReadTokens,
      cacheWriteTokens,
      costUsd: count("cost_usd"),
      durationMs: count("duration_ms"),
    },
  };
}

/** Codex says an exit code in the text of the output alone; its spans are for its own makers. */
export const CODEX: Scope = {
  emitter: "codex",
  matches: (scope) => scope.startsWith("codex"),
  span: (span) => {
    const { attributes } = span;
    return attributes.has("gen_ai.usage.output_tokens") ? [codexTurn(span)] : [];
  },
  logs: each(({ name, attributes, atMs, spanId }) => {
    const tool = attributes.text("tool_name");
    if (name !== "codex.tool_result" || tool === undefined) return [];
    const callId = attributes.text("call_id");
    const agent = attributes.text("agent_name");
    const output = attributes.text("output");
    const observation = {
      tool,
      toolCallId: callId,
      ...given("arguments", attributes.parsed("arguments")),
      ...given("result", output === undefined ? undefined : withoutTimes(output)),
      status: codexStatus(attributes.flag("success"), output),
      server: attributes.text("mcp_server"),
      durationMs: attributes.number("duration_ms"),
      ...(agent !== "/root" && { agent }),
    };
    return [{ id: callId === undefined ? spanId : `call ${callId}`, atMs, observation }];
  }),
};

const EXIT_CODE = /^(?:Process exited with code|Exit code:) (-?\d+)/m;

function codexStatus(success: boolean | undefined, output = ""): Status {
  const code = EXIT_CODE.exec(output)?.[1];
  if (code !== undefined && code !== "0") return "error";
  return success === false ? "error" : "ok";
}

/** Lines that say how long it took differ in equal outputs. */
function withoutTimes(output: string): string {
  return output.replace(/^(?:Wall time|Chunk ID): .*\n/gm, "");
}

function codexTurn(span: Span): ReportedEvent {
  const turn = modelTurn(span);
  const reasoningTokens = span.attributes.number("codex.usage.reasoning_output_tokens");
  return { ...turn, observation: { ...turn.observation, kind: "turn", reasoningTokens } };
}

/** Gemini CLI marks every span as good: its log records say what failed. */
export const GEMINI_CLI: Scope = {
  emitter: "gemini-cli",
  matches: named("gemini-cli"),
  logs: each((log) => geminiLog(log, "gemini_cli")),
};

/** Qwen Code tells of a call by span and log record; the latter has the arguments. */
export const QWEN_CODE: Scope = {
  emitter: "qwen-code",
  matches: named("qwen-code"),
  logs: each((log) => geminiLog(log, "qwen-code")),
};

function geminiLog(
  { name, attributes, atMs, spanId }: LogRecord,
  prefix: string,
): readonly ReportedEvent[] {
  const count = (key: string) => attributes.number(key);
  const durationMs = count("duration_ms");
  if (name === `${prefix}.api_response`) {
    const responseId = attributes.text("response_id");
    const observation = {
      kind: "turn" as const,
      status: "ok" as const,
      model: attributes.text("model"),
      responseId,
      inputTokens: count("input_token_count"),
      outputTokens: count("output_token_count"),
      totalTokens: count("total_token_count"),
      cacheReadTokens: count("cached_content_token_count"),
      reasoningTokens: count("thoughts_token_count"),
      durationMs,
    };
    return [{ id: `turn ${responseId ?? `${atMs} ${spanId}`}`, atMs, observation }];
  }
  const tool = attributes.text("function_name");
  if (name !== `${prefix}.tool_call` || tool === undefined) return [];
  const callId = attributes.text("call_id");
  const failed = attributes.flag("success") === false;
  const isRefused = attributes.text("decision") === "reject";
  const observation = {
    tool,
    toolCallId: callId,
    ...given("arguments", attributes.parsed("function_args")),
    status: isRefused ? ("denied" as const) : failed ? ("error" as const) : ("ok" as const),
    errorClass: attributes.firstText(["error_type", "error.type"]),
    server: attributes.text("mcp_server_name"),
    durationMs,
  };
  return [{ id: callId === undefined ? `${spanId} ${tool}` : `call ${callId}`, atMs, observation }];
}
