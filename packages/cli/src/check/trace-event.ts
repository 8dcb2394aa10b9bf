import { OPS, parseJson, STATUSES, VIEWS } from "@caum/core/adapter";
import type { Step } from "@caum/core/health";
import { bytesOfSignature } from "@caum/histories";

/** One line of a structural trace. */
export interface TraceEvent {
  readonly sessionId: string;
  /** Position in the session, from 1; absent when it is simply the next one. */
  readonly step?: number;
  /** What the health engine sees. */
  readonly observed: Step;
  /** Sent and received at it, as far as it says. */
  readonly tokens?: number;
  /** Fields that a trace does not have; nothing reads them. */
  readonly unknownFields: readonly string[];
}

/** A line that is no event, with the reason. */
export class TraceError extends Error {
  override readonly name = "TraceError";
}

const KNOWN_FIELDS: ReadonlySet<string> = new Set(
  (
    "session_id step event tool op args_hash args_norm args_shape args_sig " +
    "result_hash result_norm result_shape result_size status state_id " +
    "ts input_tokens output_tokens source parent agent server view"
  ).split(" "),
);

/** A line of a trace; nothing in it is trusted. */
export interface Fields {
  readonly schemaVersion?: unknown;
  readonly session_id?: unknown;
  readonly step?: unknown;
  readonly event?: unknown;
  readonly status?: unknown;
  readonly op?: unknown;
  readonly [name: string]: unknown;
}

/** Reads an object as an event of a trace. @throws {TraceError} when it is none */
export function traceEventOf(fields: Fields): TraceEvent {
  const sessionId = fields.session_id;
  const step = fields.step;
  if (typeof sessionId !== "string" || sessionId === "") throw new TraceError("no session_id");
  if (typeof step !== "number" || !Number.isSafeInteger(step) || step < 0) {
    throw new TraceError("step is not a whole number");
  }
  const unknownFields = Object.keys(fields).filter((name) => !KNOWN_FIELDS.has(name));
  const tokens = (whole(fields, "input_tokens") ?? 0) + (whole(fields, "output_tokens") ?? 0);
  const observed = observedOf(fields);
  return { sessionId, step, observed, ...(tokens > 0 && { tokens }), unknownFields };
}

/** Reads a line as an object. @throws {TraceError} when it is none */
export function parseObject(line: string): Fields {
  const value = parseJson(line);
  if (value === undefined) {
    throw new TraceError("not a JSON object: the line is cut off or not JSON");
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new TraceError("not a JSON object");
  }
  // Any object can be read field by field; each field is checked where it is used.
  return value as Fields;
}

function observedOf(fields: Fields): Step {
  const tool = text(fields, "tool") ?? "";
  const atMs = whole(fields, "ts");
  const clock = { ...(atMs !== undefined && { atMs }), ...placeOf(fields) };
  const messageHash = text(fields, "args_norm") ?? text(fields, "args_hash");
  const said = messageHash === undefined ? {} : { messageHash };
  switch (fields.event) {
    case "tool_call":
      return { kind: "call", tool, ...clock, ...callOf(fields) };
    case "llm_call":
      return { kind: "turn", tool, ...clock, ...said };
    case "message":
      return { kind: tool === "user" ? "user" : "message", tool, ...clock, ...said };
    default:
      throw new TraceError("event is not tool_call, llm_call or message");
  }
}

/** Of which turn, agent and server, and how much the writer sees; equal texts are equal. */
function placeOf(fields: Fields): Partial<Step> {
  const parentEventId = text(fields, "parent");
  const agentTag = text(fields, "agent");
  const serverTag = text(fields, "server");
  const view = VIEWS.find((known) => known === fields.view);
  return {
    ...(parentEventId !== undefined && { parentEventId }),
    ...(agentTag !== undefined && { agentTag }),
    ...(serverTag !== undefined && { serverTag }),
    ...(view !== undefined && { view }),
  };
}

function callOf(fields: Fields): Partial<Step> {
  const status = STATUSES.find((known) => known === fields.status);
  const op = OPS.find((known) => known === fields.op);
  const argumentsHash = text(fields, "args_hash");
  const argumentsNorm = text(fields, "args_norm") ?? argumentsHash;
  const argumentsShape = text(fields, "args_shape") ?? argumentsNorm;
  const argumentsBytes = bytesOfSignature(text(fields, "args_sig"));
  const resultNorm = text(fields, "result_norm") ?? text(fields, "result_hash");
  const resultShape = text(fields, "result_shape") ?? resultNorm;
  const resultBytes = whole(fields, "result_size");
  const stateId = text(fields, "state_id");
  return {
    ...(status !== undefined && { status }),
    ...(op !== undefined && { op }),
    ...(argumentsNorm !== undefined && { argumentsNorm }),
    ...(argumentsHash !== undefined && argumentsHash !== argumentsNorm && { argumentsHash }),
    ...(argumentsShape !== undefined && { argumentsShape }),
    ...(argumentsBytes !== undefined && { argumentsBytes }),
    ...(resultNorm !== undefined && { resultNorm }),
    ...(resultShape !== undefined && { resultShape }),
    ...(resultBytes !== undefined && { resultBytes }),
    ...(stateId !== undefined && { stateId }),
  };
}

function text(fields: Fields, name: string): string | undefined {
  const value = fields[name];
  return typeof value === "string" && value !== "" ? value : undefined;
}

function whole(fields: Fields, name: string): number | undefined {
  const value = fields[name];
  return typeof value === "number" && Number.isFinite(value) && value >= 0 ? value : undefined;
}
