/** Builders of records, runs and keys for the tests of evidence. */
import fc from "fast-check";
import { CATEGORIES, LAYERS, OPS, STATUSES, VIEWS } from "../../src/capture/record.ts";
import { Signer } from "../../src/evidence/note/signer.ts";
import {
  type Draft,
  type OpenFacts,
  type RunIdentity,
  RunWriter,
  type Stamp,
} from "../../src/evidence/run-writer.ts";

const HEX = "0123456789abcdef";

/** A repeatable hex string; not random, only different per number. */
export function hexOf(number: number, length: number): string {
  let state = (number * 2_654_435_761 + 12_345) >>> 0;
  let text = "";
  while (text.length < length) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    text += HEX[state >>> 28];
  }
  return text;
}

export function stampOf(number: number): Stamp {
  const hex = hexOf(number, 32);
  const time = new Date(1_790_000_000_000 + number * 1_000).toISOString();
  return {
    eventId: `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`,
    sourceTimestamp: time,
  };
}

export const OPEN_FACTS: OpenFacts = {
  writer: "@caum/test",
  writerVersion: "0.1.0",
  layer: "framework",
  view: "full",
  digestKeyId: "k1",
  digestKeyCommitment: hexOf(1, 64),
};

export function identityOf(run: number, sessionId = "s-1"): RunIdentity {
  return { agentId: "support-bot", sessionId, runId: hexOf(run, 32) };
}

export function toolDraft(number: number): Draft {
  return {
    ...stampOf(number),
    category: "tool_api",
    payload: {
      toolName: "browser.get",
      status: "ok",
      op: "read",
      argumentsHash: hexOf(number, 64),
      argumentsBytes: 40 + number,
      resultHash: hexOf(number + 1, 64),
      resultBytes: 2_000,
      durationMs: 12,
    },
  };
}

/** A closed run of one open record, `calls` tool calls and a close record. */
export function closedRun(run: number, calls: number, sessionId?: string): string[] {
  const writer = new RunWriter(identityOf(run, sessionId));
  const lines = [writer.open(OPEN_FACTS, stampOf(run * 10_000)).line];
  for (let call = 1; call <= calls; call += 1) {
    lines.push(writer.append(toolDraft(run * 10_000 + call)).line);
  }
  lines.push(writer.close(0, stampOf(run * 10_000 + calls + 1)).line);
  return lines;
}

export function signerOf(name: string): Signer {
  return new Signer(name, Buffer.from(hexOf(name.length * 7 + name.charCodeAt(0), 64), "hex"));
}

const hash = fc.stringMatching(/^[0-9a-f]{64}$/);
const label = fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9_.:/@ -]{0,20}$/);
const CONTROL = /\p{Cc}/u;
const text = fc
  .string({ unit: "binary", minLength: 1, maxLength: 40 })
  .filter((value) => !CONTROL.test(value) && !/\p{Surrogate}/u.test(value));
const integer = fc.maxSafeNat();
const status = fc.constantFrom(...STATUSES);

function some<T>(fields: { [K in keyof T]: fc.Arbitrary<T[K]> }, required: (keyof T)[] = []) {
  return fc.record(fields, { requiredKeys: required });
}

const tool = some(
  {
    toolName: label,
    status,
    toolCallId: text,
    op: fc.constantFrom(...OPS),
    phase: label,
    responseStatus: fc.integer({ min: -1, max: 599 }),
    errorClass: label,
    argumentsHash: hash,
    argumentsNormHash: hash,
    argumentsShapeHash: hash,
    argumentsSignature: text,
    argumentsBytes: integer,
    resultHash: hash,
    resultNormHash: hash,
    resultShapeHash: hash,
    resultBytes: integer,
    truncated: fc.constantFrom("arguments", "result", "both"),
    durationMs: integer,
    durationIsBound: fc.constantFrom("lower", "upper"),
    inputTokens: integer,
    outputTokens: integer,
    totalTokens: integer,
    costNanoUsd: integer,
    stateId: text,
    endpointHash: hash,
    serverTag: text,
    agentTag: text,
    sourcePreviousHash: text,
    sourceRunId: text,
  },
  ["toolName", "status"],
);
const reasoning = some(
  {
    kind: fc.constantFrom("turn", "message"),
    status,
    role: fc.constantFrom("user", "assistant", "system", "agent"),
    provider: label,
    model: label,
    responseId: text,
    finishReason: text,
    inputTokens: integer,
    outputTokens: integer,
    cacheReadTokens: integer,
    cacheWriteTokens: integer,
    reasoningTokens: integer,
    costNanoUsd: integer,
    durationMs: integer,
    requestedTools: integer,
    messageHash: hash,
    messageBytes: integer,
    agentTag: text,
    sourcePreviousHash: text,
    sourceRunId: text,
  },
  ["kind", "status"],
);
const drop = fc.record({ type: fc.constant("drop"), count: integer, reason: text });
const end = some({ type: fc.constant("end"), resolved: fc.constantFrom("true", "false") }, [
  "type",
]);
const dataMovement = some(
  {
    operation: fc.constantFrom("read", "write", "delete", "export"),
    objectCount: integer,
    objectsHash: hash,
  },
  ["operation"],
);
const approval = some(
  { decision: fc.constantFrom("granted", "denied", "pending", "unknown"), scopeHash: hash },
  ["decision"],
);
const environment = some({ kind: text, subject: text, changeHash: hash }, ["kind"]);

const payloadDraft = fc.oneof(
  tool.map((payload) => ({ category: CATEGORIES[1], payload })),
  reasoning.map((payload) => ({ category: CATEGORIES[2], payload })),
  fc.oneof(drop, end).map((payload) => ({ category: CATEGORIES[0], payload })),
  fc.record({ capabilityCount: integer }).map((payload) => ({ category: CATEGORIES[3], payload })),
  dataMovement.map((payload) => ({ category: CATEGORIES[4], payload })),
  approval.map((payload) => ({ category: CATEGORIES[5], payload })),
  environment.map((payload) => ({ category: CATEGORIES[6], payload })),
);

const envelope = some({
  traceId: text,
  correlationId: text,
  parentEventId: text,
  causationEventId: text,
  agentVersion: text,
  toolType: label,
  targetSystem: label,
  operation: label,
  initiatorType: fc.constantFrom("human", "agent", "system"),
  initiatorId: text,
  sourceFramework: text,
  actorType: text,
  actorId: text,
});

/** Any record that a run may hold after its open record. */
export const drafts: fc.Arbitrary<Draft> = fc
  .tuple(payloadDraft, envelope, fc.nat(1_000_000))
  // The generators above hold the schema; fast-check's types lose which keys are optional.
  .map(([body, facts, number]) => ({ ...facts, ...stampOf(number), ...body }) as Draft);

export const openFacts: fc.Arbitrary<OpenFacts> = some(
  {
    writer: text,
    writerVersion: text,
    layer: fc.constantFrom(...LAYERS),
    view: fc.constantFrom(...VIEWS),
    digestKeyId: text,
    digestKeyCommitment: hash,
    writerKey: text,
    agentName: text,
    team: text,
    workflow: text,
    taskTag: text,
    cohort: text,
    baselineCostNanoUsd: integer,
    continuesRun: fc.stringMatching(/^[0-9a-f]{32}$/),
    continuesHead: hash,
  },
  ["writer", "writerVersion", "layer", "view", "digestKeyId", "digestKeyCommitment"],
) as fc.Arbitrary<OpenFacts>; // as above
