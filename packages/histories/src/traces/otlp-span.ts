/** One span of OTLP, by the names that its emitter uses. */
import type { Status } from "@caum/core";
import { countIn, type Fields, fieldsIn, listIn, parsedText, sumOf, textIn } from "../fields.ts";
import type { SaidInTurn } from "../frame/speech.ts";
import * as names from "./otlp-names.ts";
import type { Span, SpanKind } from "./span.ts";
import { toolAnswerOf } from "./tool-answer.ts";

const NANO_PER_MS = 1e6;
/** The code of a span that failed. */
const FAILED = 2;

/**
 * @param span with its attributes by name
 * @param hasFailedBelow whether a span below says that this one failed
 */
export function spanOf(span: Fields, hasFailedBelow: boolean): Span {
  const attributes = fieldsIn(span, "attributes");
  const name = textIn(span, "name") ?? "";
  const kind = names.kindOf(name, attributes);
  const { scope } = span;
  const output =
    parsedText(names.anyOf(attributes, names.OUTPUT)) ?? toldIn(span, "gen_ai.choice", "message");
  const answer = kind === "tool" ? toolAnswerOf(output) : undefined;
  const isFailed = hasFailedBelow || answer?.hasFailed || hasFailed(span, attributes, kind);
  return {
    id: textIn(span, "spanId") ?? "",
    parent: textIn(span, "parentSpanId"),
    kind,
    name: kind === "tool" ? toolOf(name, attributes) : name,
    startMs: nanosIn(span, "startTimeUnixNano"),
    endMs: nanosIn(span, "endTimeUnixNano"),
    status: statusOf(isFailed === true, scope, output),
    callId: callIdOf(attributes) ?? answer?.callId,
    input:
      parsedText(names.anyOf(attributes, names.INPUT)) ??
      toldIn(span, "gen_ai.tool.message", "content"),
    output: answer?.content ?? output ?? failureIn(span),
    turn: kind === "model" ? turnOf(attributes) : undefined,
  };
}

/** ADK leaves a tool that failed without a word. */
function statusOf(isFailed: boolean, scope: unknown, output: unknown): Status {
  if (isFailed) return "error";
  return scope === "gcp.vertex.agent" && output === undefined ? "error" : "ok";
}

function hasFailed(span: Fields, attributes: Fields, kind: SpanKind): boolean {
  if (listIn(span, "events").some(({ name }) => name === "exception")) return true;
  if (attributes["langfuse.observation.level"] === "ERROR") return true;
  if (attributes["error.type"] !== undefined || attributes.success === false) return true;
  if (kind === "tool" && (countIn(attributes, "process.exit.code") ?? 0) !== 0) return true;
  // OpenInference for the AI SDK gives the first error to every span of the trace.
  const isCopied = span.scope === "ai" && attributes["openinference.span.kind"] !== undefined;
  return !isCopied && fieldsIn(span, "status").code === FAILED;
}

function toolOf(name: string, attributes: Fields): string {
  return names.textOf(attributes, names.TOOL) ?? name.replace(/^execute_tool /, "");
}

function callIdOf(attributes: Fields): string | undefined {
  const id = names.textOf(attributes, names.CALL_ID);
  if (id !== undefined) return id;
  const prefixed = names.textOf(attributes, names.PREFIXED_CALL_ID);
  const tool = names.textOf(attributes, names.TOOL);
  if (prefixed === undefined || tool === undefined) return prefixed;
  return prefixed.startsWith(`${tool}__`) ? prefixed.slice(tool.length + 2) : prefixed;
}

function turnOf(attributes: Fields): SaidInTurn {
  const count = (of: readonly string[]) => countIn(attributes, ...of);
  const read = count(names.CACHE_READ_TOKENS);
  const written = count(names.CACHE_WRITE_TOKENS);
  const input = count(names.INPUT_TOKENS);
  const isOutside = input !== undefined && attributes[names.OUTSIDE] === input;
  return {
    model: names.textOf(attributes, names.MODEL),
    provider: names.textOf(attributes, names.PROVIDER),
    responseId: names.textOf(attributes, names.RESPONSE_ID),
    inputTokens: isOutside ? sumOf(input, read, written) : input,
    outputTokens: count(names.OUTPUT_TOKENS),
    cacheReadTokens: read,
    cacheWriteTokens: written,
    reasoningTokens: count(names.REASONING_TOKENS),
  };
}

/** What an event of the span holds, as Strands tells arguments and results. */
function toldIn(span: Fields, event: string, attribute: string): unknown {
  const found = listIn(span, "events").find(({ name }) => name === event);
  const told = listIn(found ?? {}, "attributes").find(({ key }) => key === attribute);
  return parsedText(fieldsIn(told ?? {}, "value").stringValue);
}

/** What is said of a failure, without the stack beside it. */
function failureIn(span: Fields): unknown {
  return (
    toldIn(span, "exception", "exception.message") ?? textIn(fieldsIn(span, "status"), "message")
  );
}

function nanosIn(span: Fields, name: string): number | undefined {
  const nanos = Number(span[name]);
  return Number.isFinite(nanos) && nanos > 0 ? nanos / NANO_PER_MS : undefined;
}
