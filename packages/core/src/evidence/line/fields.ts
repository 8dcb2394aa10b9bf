/**
 * Which fields a record may hold and what each may contain; the schema of docs/protocol.md.
 *
 * The tables are typed by capture/record.ts, so that a field missing here does not compile.
 */

import {
  CATEGORIES,
  type Category,
  type ClosePayload,
  type DropPayload,
  type EndPayload,
  type Envelope,
  type HolePayload,
  type KeyRotatePayload,
  LAYERS,
  OPS,
  type OpenPayload,
  type PayloadByCategory,
  STATUSES,
  VIEWS,
} from "../../capture/record.ts";
import {
  type FieldRule,
  type FieldRules,
  type Fields,
  faultIn,
  fieldRules,
  hash,
  identifier,
  integer,
  label,
  may,
  must,
  object,
  oneOf,
  run,
  signedInteger,
  type Table,
  text,
  timestamp,
  uuid,
} from "./rules.ts";

const ENVELOPE_TABLE: Table<Envelope> & {
  readonly category: FieldRule;
  readonly payload: FieldRule;
} = {
  schemaVersion: must(oneOf("1.0")),
  eventId: must(uuid),
  agentId: must(identifier),
  sessionId: must(identifier),
  runId: must(run),
  category: must(oneOf(...CATEGORIES)),
  sourceTimestamp: must(timestamp),
  previousHash: must(hash),
  payload: must(object),
  traceId: may(text),
  correlationId: may(text),
  parentEventId: may(text),
  causationEventId: may(text),
  agentVersion: may(text),
  toolType: may(label),
  targetSystem: may(label),
  operation: may(label),
  initiatorType: may(oneOf("human", "agent", "system")),
  initiatorId: may(text),
  sourceFramework: may(text),
  actorType: may(text),
  actorId: may(text),
};

export const ENVELOPE = fieldRules(ENVELOPE_TABLE);

const PLACE = {
  seq: must(integer),
  sourcePreviousHash: may(text),
  sourceRunId: may(text),
} as const;

const OPEN: Table<OpenPayload> = {
  ...PLACE,
  type: must(oneOf("open")),
  writer: must(text),
  writerVersion: must(text),
  layer: must(oneOf(...LAYERS)),
  view: must(oneOf(...VIEWS)),
  digestKeyId: must(text),
  digestKeyCommitment: must(hash),
  writerKey: may(text),
  agentName: may(identifier),
  team: may(identifier),
  workflow: may(identifier),
  taskTag: may(text),
  cohort: may(text),
  baselineCostNanoUsd: may(integer),
  continuesRun: may(run),
  continuesHead: may(hash),
};
const CLOSE: Table<ClosePayload> = {
  ...PLACE,
  type: must(oneOf("close")),
  events: must(integer),
  dropped: must(integer),
};
const DROP: Table<DropPayload> = {
  ...PLACE,
  type: must(oneOf("drop")),
  count: must(integer),
  reason: must(text),
};
const HOLE: Table<HolePayload> = {
  ...PLACE,
  type: must(oneOf("hole")),
  from: must(integer),
  to: must(integer),
};
const END: Table<EndPayload> = {
  ...PLACE,
  type: must(oneOf("end")),
  resolved: may(oneOf("true", "false")),
};
const KEY_ROTATE: Table<KeyRotatePayload> = {
  ...PLACE,
  type: must(oneOf("key_rotate")),
  newKey: must(text),
};
const LIFECYCLE: ReadonlyMap<unknown, FieldRules> = new Map([
  ["open", fieldRules(OPEN)],
  ["close", fieldRules(CLOSE)],
  ["drop", fieldRules(DROP)],
  ["hole", fieldRules(HOLE)],
  ["end", fieldRules(END)],
  ["key_rotate", fieldRules(KEY_ROTATE)],
]);

const TABLES: { readonly [C in Exclude<Category, "lifecycle">]: Table<PayloadByCategory[C]> } = {
  tool_api: {
    ...PLACE,
    toolName: must(label),
    status: must(oneOf(...STATUSES)),
    toolCallId: may(text),
    op: may(oneOf(...OPS)),
    phase: may(label),
    responseStatus: may(signedInteger),
    errorClass: may(label),
    argumentsHash: may(hash),
    argumentsNormHash: may(hash),
    argumentsShapeHash: may(hash),
    argumentsSignature: may(text),
    argumentsBytes: may(integer),
    resultHash: may(hash),
    resultNormHash: may(hash),
    resultShapeHash: may(hash),
    resultBytes: may(integer),
    truncated: may(oneOf("arguments", "result", "both")),
    durationMs: may(integer),
    durationIsBound: may(oneOf("lower", "upper")),
    inputTokens: may(integer),
    outputTokens: may(integer),
    totalTokens: may(integer),
    costNanoUsd: may(integer),
    stateId: may(text),
    endpointHash: may(hash),
    serverTag: may(text),
    agentTag: may(text),
  },
  reasoning: {
    ...PLACE,
    kind: must(oneOf("turn", "message")),
    status: must(oneOf(...STATUSES)),
    role: may(oneOf("user", "assistant", "system", "agent")),
    provider: may(label),
    model: may(label),
    responseId: may(text),
    finishReason: may(text),
    inputTokens: may(integer),
    outputTokens: may(integer),
    cacheReadTokens: may(integer),
    cacheWriteTokens: may(integer),
    reasoningTokens: may(integer),
    costNanoUsd: may(integer),
    durationMs: may(integer),
    requestedTools: may(integer),
    messageHash: may(hash),
    messageBytes: may(integer),
    agentTag: may(text),
  },
  identity: { ...PLACE, capabilityCount: may(integer) },
  data_movement: {
    ...PLACE,
    operation: must(oneOf("read", "write", "delete", "export")),
    objectCount: may(integer),
    objectsHash: may(hash),
  },
  approval: {
    ...PLACE,
    decision: must(oneOf("granted", "denied", "pending", "unknown")),
    scopeHash: may(hash),
  },
  environment: { ...PLACE, kind: must(text), subject: may(text), changeHash: may(hash) },
};

/** By category; those of lifecycle records are by type. */
export const PAYLOADS: ReadonlyMap<unknown, FieldRules> = new Map(
  Object.entries(TABLES).map(([category, table]) => [category, fieldRules(table)]),
);

/**
 * The first field of a parsed line that the schema refuses, as a path; undefined when all fit.
 *
 * The canonical form is checked elsewhere, by comparing bytes.
 */
export function findFault(record: unknown): string | undefined {
  if (typeof record !== "object" || record === null || Array.isArray(record)) {
    return "record";
  }
  const envelope = record as Fields; // an object that is no array, read by name only
  const fault = faultIn(envelope, ENVELOPE);
  if (fault !== undefined) {
    return fault;
  }
  const payload = envelope.payload as Fields; // ENVELOPE holds it to be an object
  const { category } = envelope;
  const rules = category === "lifecycle" ? LIFECYCLE.get(payload.type) : PAYLOADS.get(category);
  const inPayload = rules === undefined ? "type" : (faultIn(payload, rules) ?? misplaced(payload));
  return inPayload === undefined ? undefined : `payload.${inPayload}`;
}

/** Rules between fields: where a run opens, and that its counts fit its place. */
function misplaced(payload: Fields): string | undefined {
  const { type } = payload;
  const seq = payload.seq as number; // PLACE holds it to be an integer
  if ((type === "open") !== (seq === 0) && !(type === "hole" && seq === 0)) {
    return "seq";
  }
  if (type === "close" && payload.events !== seq) {
    return "events";
  }
  if (type === "hole") {
    const to = payload.to as number; // HOLE holds it to be an integer
    return payload.from === seq && to >= seq ? undefined : "from";
  }
  return undefined;
}
