/**
 * Structural traces, one event a line (docs/protocol.md has what is told of a value): digests that
 * somebody else made. They are digested again, so that nothing but a digest passes.
 */
import { hash } from "node:crypto";
import type { ReasoningObservation, ToolObservation } from "@caum/core";
import type { Shape } from "@caum/core/adapter";
import { OPS, STATUSES } from "@caum/core/adapter";
import { countIn, type Fields, momentIn, textIn } from "../fields.ts";
import { rowFormat } from "../frame/row-format.ts";
import type { Row } from "../frame/row-sessions.ts";
import type { FileHead, FilePart, HistoryEvent } from "../history.ts";
import { bytesOfSignature } from "./signature-bytes.ts";

/** Where nobody says how long a value was: long enough to be compared. */
const UNKNOWN_BYTES = 64;

export const structuralTrace = rowFormat({
  name: "trace",
  title: "structural trace",
  recognize,
  rowsOf,
  eventsOf: (rows) => rows.flatMap(({ fields }, at) => eventOf(fields, at)),
});

function recognize({ path, first }: FileHead): FilePart | undefined {
  const isOurs =
    /\.(?:jsonl|ndjson)$/.test(path) &&
    typeof first.session_id === "string" &&
    typeof first.step === "number" &&
    (first.event === "tool_call" || first.event === "llm_call" || first.event === "message");
  return isOurs ? { session: path } : undefined;
}

function rowsOf(fields: Fields): readonly Row[] {
  const trace = textIn(fields, "session_id");
  return trace === undefined ? [] : [{ fields, trace }];
}

function eventOf(fields: Fields, at: number): readonly HistoryEvent[] {
  const atMs = momentIn(fields, "ts");
  const id = `${textIn(fields, "session_id")} ${countIn(fields, "step") ?? at}`;
  const observation = fields.event === "tool_call" ? callOf(fields) : speechOf(fields);
  return observation === undefined ? [] : [{ id, atMs, observation }];
}

function callOf(fields: Fields): ToolObservation {
  return {
    tool: textIn(fields, "tool") ?? "unknown",
    status: STATUSES.find((known) => known === fields.status),
    op: OPS.find((known) => known === fields.op),
    argumentsShape: shapeIn(fields, "args"),
    argumentsSignature: textIn(fields, "args_sig"),
    resultShape: shapeIn(fields, "result"),
    stateId: textIn(fields, "state_id"),
    server: textIn(fields, "server"),
    ...placeIn(fields),
  };
}

function speechOf(fields: Fields): ReasoningObservation | undefined {
  if (fields.event !== "llm_call" && fields.event !== "message") return undefined;
  const kind = fields.event === "llm_call" ? "turn" : "message";
  return {
    kind,
    role: kind === "message" && fields.tool === "user" ? "user" : "assistant",
    contentShape: shapeIn(fields, "args"),
    ...placeIn(fields),
  };
}

function placeIn(fields: Fields) {
  return {
    parent: textIn(fields, "parent"),
    agent: textIn(fields, "agent"),
    inputTokens: countIn(fields, "input_tokens"),
    outputTokens: countIn(fields, "output_tokens"),
  };
}

/** Digests of any length, as digests of the length that a record has. */
function shapeIn(fields: Fields, side: "args" | "result"): Shape | undefined {
  const told = textIn(fields, `${side}_hash`, `${side}_norm`);
  if (told === undefined) return undefined;
  const normHash = digestIn(fields, `${side}_norm`);
  const shapeHash = digestIn(fields, `${side}_shape`);
  return {
    hash: digestOf(told),
    ...(normHash !== undefined && { normHash }),
    ...(shapeHash !== undefined && { shapeHash }),
    bytes: bytesIn(fields, side) ?? UNKNOWN_BYTES,
    truncated: false,
  };
}

/** Of arguments the signature tells how long they are at least. */
function bytesIn(fields: Fields, side: "args" | "result"): number | undefined {
  const told = countIn(fields, `${side}_size`);
  if (told !== undefined) return Math.floor(told);
  return side === "args" ? bytesOfSignature(textIn(fields, "args_sig")) : undefined;
}

function digestIn(fields: Fields, name: string): string | undefined {
  const told = textIn(fields, name);
  return told === undefined ? undefined : digestOf(told);
}

function digestOf(text: string): string {
  return hash("sha256", text, "hex");
}
