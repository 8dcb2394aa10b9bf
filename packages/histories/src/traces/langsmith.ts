/**
 * LangSmith: runs as its API, its SDK and its bulk export give them, one a line, a list, or a list
 * under `runs` or `data`; the runs below one may stand in it.
 */
import type { Status } from "@caum/core";
import {
  countIn,
  type Fields,
  fieldsIn,
  isFields,
  objectsOf,
  parsedText,
  textIn,
  utcMomentIn,
} from "../fields.ts";
import { rowFormat } from "../frame/row-format.ts";
import type { Row } from "../frame/row-sessions.ts";
import type { SaidInTurn } from "../frame/speech.ts";
import { learnFacts } from "../frame/tell-once.ts";
import type { FileHead, FilePart } from "../history.ts";
import type { Span, SpanKind } from "./span.ts";
import { spanEvents } from "./span-events.ts";
import { toolAnswerOf } from "./tool-answer.ts";

const KINDS: ReadonlyMap<unknown, SpanKind> = new Map([
  ["tool", "tool"],
  ["llm", "model"],
]);
/** Where programs say which conversation it was; the run's own `session_id` is a project. */
const SESSION = ["session_id", "thread_id", "conversation_id"] as const;
/** Runs in one value: a guard against one that holds itself many times over. */
const MOST_RUNS = 100_000;

export const langsmith = rowFormat({
  name: "langsmith",
  title: "LangSmith",
  recognize,
  rowsOf,
  eventsOf: (rows, { facts }) => {
    for (const { fields } of rows) {
      learnFacts(
        facts,
        textIn(fieldsIn(fieldsIn(fields, "extra"), "runtime"), "sdk_version"),
        undefined,
      );
    }
    return spanEvents(rows.map(({ fields }) => spanOf(fields)));
  },
});

function recognize({ path, text }: FileHead): FilePart | undefined {
  const isOurs =
    /\.(?:jsonl?|ndjson)$/.test(path) &&
    /"run_type"\s*:/.test(text) &&
    /"(?:trace_id|dotted_order|parent_run_id|child_runs)"\s*:/.test(text);
  return isOurs ? { session: path } : undefined;
}

function rowsOf(value: Fields): readonly Row[] {
  const waiting = [...objectsOf(value.items ?? value.runs ?? value.data ?? [value])];
  const rows: Row[] = [];
  for (let at = 0; at < waiting.length && at < MOST_RUNS; at += 1) {
    const run = waiting[at] as Fields;
    const id = textIn(run, "id");
    if (id === undefined || run.run_type === undefined) continue;
    const trace = textIn(run, "trace_id") ?? id;
    const metadata = fieldsIn(fieldsIn(run, "extra"), "metadata");
    rows.push({ fields: run, trace, session: textIn(metadata, ...SESSION) });
    for (const child of objectsOf(run.child_runs)) {
      // A run that is nested says whose it is by its place.
      waiting.push({ trace_id: trace, parent_run_id: id, ...child });
    }
  }
  return rows;
}

function spanOf(run: Fields): Span {
  const kind = KINDS.get(run.run_type) ?? "other";
  const outputs = parsedText(run.outputs);
  const answer = kind === "tool" ? toolAnswerOf(outputs) : undefined;
  const endMs = utcMomentIn(run, "end_time");
  return {
    id: textIn(run, "id") ?? "",
    parent: textIn(run, "parent_run_id"),
    kind,
    name: textIn(run, "name") ?? "unknown",
    startMs: utcMomentIn(run, "start_time"),
    endMs,
    status: statusOf(run, endMs, answer?.hasFailed === true),
    callId: answer?.callId,
    input: parsedText(run.inputs),
    output:
      answer?.content ?? (isFields(outputs) ? (outputs.output ?? outputs) : textIn(run, "error")),
    turn: kind === "model" ? turnOf(run, isFields(outputs) ? outputs : {}) : undefined,
  };
}

function statusOf(run: Fields, endMs: number | undefined, hasFailed: boolean): Status {
  if (hasFailed || textIn(run, "error") !== undefined || run.status === "error") return "error";
  return run.status === "pending" || endMs === undefined ? "unresolved" : "ok";
}

/** Tokens stand beside the outputs in an export, and in them as the SDK sent them. */
function turnOf(run: Fields, outputs: Fields): SaidInTurn {
  const extra = fieldsIn(run, "extra");
  const metadata = fieldsIn(extra, "metadata");
  const usage = usageIn(outputs, metadata);
  const details = fieldsIn(run, "prompt_token_details");
  return {
    model:
      textIn(metadata, "ls_model_name") ??
      textIn(fieldsIn(extra, "invocation_params"), "model", "model_name"),
    provider: textIn(metadata, "ls_provider"),
    inputTokens: countIn(run, "prompt_tokens") ?? countIn(usage, "input_tokens", "prompt_tokens"),
    outputTokens:
      countIn(run, "completion_tokens") ?? countIn(usage, "output_tokens", "completion_tokens"),
    cacheReadTokens:
      countIn(details, "cache_read") ??
      countIn(fieldsIn(usage, "input_token_details"), "cache_read"),
    reasoningTokens: countIn(fieldsIn(usage, "output_token_details"), "reasoning"),
    costUsd: numberIn(run, "total_cost"),
  };
}

function usageIn(outputs: Fields, metadata: Fields): Fields {
  const [[generation] = []] = [outputs.generations].flat(1).map((list) => objectsOf([list].flat()));
  const message = fieldsIn(fieldsIn(generation ?? {}, "message"), "kwargs");
  const told = [
    outputs.usage_metadata,
    metadata.usage_metadata,
    message.usage_metadata,
    fieldsIn(outputs, "llm_output").token_usage,
    outputs.usage,
  ];
  return told.find(isFields) ?? {};
}

/** Prices are text in some answers. */
function numberIn(fields: Fields, name: string): number | undefined {
  const value = Number(fields[name] ?? Number.NaN);
  return Number.isFinite(value) ? value : undefined;
}
