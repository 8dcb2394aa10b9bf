/**
 * Langfuse: observations with or without their traces, as its blob storage export, its table export
 * and its API give them; JSON, JSON lines or CSV. Names are in snake case or in camel case.
 */
import type { Status } from "@caum/core";
import {
  countIn,
  type Fields,
  isFields,
  objectsOf,
  parsedText,
  sumOf,
  textIn,
  utcMomentIn,
} from "../fields.ts";
import { rowFormat } from "../frame/row-format.ts";
import type { Row } from "../frame/row-sessions.ts";
import type { SaidInTurn } from "../frame/speech.ts";
import type { FileHead, FilePart } from "../history.ts";
import type { Span, SpanKind } from "./span.ts";
import { spanEvents } from "./span-events.ts";
import { toolAnswerOf } from "./tool-answer.ts";

const KINDS: ReadonlyMap<unknown, SpanKind> = new Map([
  ["TOOL", "tool"],
  ["GENERATION", "model"],
  ["AGENT", "agent"],
]);
/** What an observation has that nothing else has; and a trace, by two of its members. */
const OBSERVATION = /\bparent_?observation_?id\b/i;
const TRACE = [/\bbookmarked\b/, /\bsession_?id\b/i] as const;

export const langfuse = rowFormat({
  name: "langfuse",
  title: "Langfuse",
  recognize,
  rowsOf,
  eventsOf: (rows) =>
    spanEvents(rows.flatMap(({ fields }) => (fields.type === undefined ? [] : [spanOf(fields)]))),
});

function recognize({ path, text }: FileHead): FilePart | undefined {
  const isOurs =
    /\.(?:jsonl?|ndjson|csv)$/i.test(path) &&
    (OBSERVATION.test(text) || TRACE.every((member) => member.test(text)));
  return isOurs ? { session: path } : undefined;
}

/** A trace says the session of its observations, and may hold them. */
function rowsOf(value: Fields): readonly Row[] {
  return objectsOf(value.items ?? value.data ?? [value]).flatMap((fields) => {
    const id = textIn(fields, "id");
    if (id === undefined) return [];
    const trace = textIn(fields, "trace_id", "traceId") ?? id;
    const session = textIn(fields, "session_id", "sessionId");
    const inside = objectsOf(parsedText(fields.observations));
    return [
      { fields, trace, session },
      ...inside.map((observation) => ({ fields: observation, trace, session })),
    ];
  });
}

function spanOf(row: Fields): Span {
  const kind = KINDS.get(row.type) ?? "other";
  const output = parsedText(row.output);
  const answer = kind === "tool" ? toolAnswerOf(output) : undefined;
  const endMs = utcMomentIn(row, "end_time", "endTime");
  return {
    id: textIn(row, "id") ?? "",
    parent: textIn(row, "parent_observation_id", "parentObservationId"),
    kind,
    name: textIn(row, "name") ?? "unknown",
    startMs: utcMomentIn(row, "start_time", "startTime"),
    endMs,
    status: statusOf(row, endMs, answer?.hasFailed === true),
    callId: answer?.callId,
    input: parsedText(row.input),
    output: answer?.content ?? output ?? textIn(row, "status_message", "statusMessage"),
    turn: kind === "model" ? turnOf(row) : undefined,
  };
}

function statusOf(row: Fields, endMs: number | undefined, hasFailed: boolean): Status {
  if (hasFailed || row.level === "ERROR") return "error";
  return endMs === undefined ? "unresolved" : "ok";
}

/** Cached tokens stand beside `input`, and reasoning beside `output`. */
function turnOf(row: Fields): SaidInTurn {
  const usage = membersOf(row.usage_details ?? row.usageDetails ?? row.usage);
  const named = (pattern: RegExp) =>
    sumOf(
      ...Object.keys(usage).flatMap((name) => (pattern.test(name) ? countIn(usage, name) : [])),
    );
  const read = named(/^(?:input_cache_read|input_cached_tokens|cache_read_input_tokens)$/);
  const written = named(/^(?:input_cache_creation|cache_creation_input_tokens)$/);
  const reasoning = named(/^(?:output_reasoning|output_reasoning_tokens|reasoning_tokens)$/);
  const cost = membersOf(row.cost_details ?? row.costDetails);
  return {
    model: textIn(row, "provided_model_name", "model"),
    inputTokens: sumOf(countIn(usage, "input"), read, written),
    outputTokens: sumOf(countIn(usage, "output"), reasoning),
    cacheReadTokens: read,
    cacheWriteTokens: written,
    reasoningTokens: reasoning,
    costUsd: numberOf(row.total_cost ?? row.totalCost ?? row.calculatedTotalCost ?? cost.total),
  };
}

/** An object, which is text in a table. */
function membersOf(value: unknown): Fields {
  const parsed = parsedText(value);
  return isFields(parsed) ? parsed : {};
}

function numberOf(value: unknown): number | undefined {
  const number = typeof value === "string" && value !== "" ? Number(value) : value;
  return typeof number === "number" && Number.isFinite(number) ? number : undefined;
}
