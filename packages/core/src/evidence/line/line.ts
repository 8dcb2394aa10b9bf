/**
 * The canonical line of a record: RFC 8785 for exactly the fields of capture/record.ts.
 *
 * Fields are written in the order of their names, so nothing is sorted and no object is rebuilt.
 * Closed lists, hashes and ids that this code base makes are written as they are; every other
 * string is checked. The oracle is jcs.ts: both give the same text for every record.
 */

import type {
  ApprovalPayload,
  DataMovementPayload,
  Envelope,
  EnvironmentPayload,
  IdentityPayload,
  LifecyclePayload,
  OpenPayload,
  PayloadDraft,
  ReasoningPayload,
  StructuralRecord,
  ToolPayload,
  Unplaced,
} from "../../capture/record.ts";
import {
  escaped,
  numberAfter,
  numberBefore,
  textAfter,
  textBefore,
  trustedAfter,
  trustedBefore,
} from "./members.ts";

/**
 * @returns the line without a newline
 * @throws {EvidenceError} on a string that is not well formed
 */
export function encodeLine(record: StructuralRecord): string {
  return encodeLineAt(record, record.payload.seq);
}

/** A record whose place in the run is given beside it, so that its payload is not copied for that. */
export type UnplacedRecord = Envelope & PayloadDraft;

/** The line of the record at this place of its run. */
export function encodeLineAt(record: UnplacedRecord, seq: number): string {
  return (
    "{" +
    textBefore('"actorId":"', record.actorId) +
    textBefore('"actorType":"', record.actorType) +
    '"agentId":"' +
    escaped(record.agentId) +
    '"' +
    textAfter(',"agentVersion":"', record.agentVersion) +
    ',"category":"' +
    record.category +
    '"' +
    textAfter(',"causationEventId":"', record.causationEventId) +
    textAfter(',"correlationId":"', record.correlationId) +
    ',"eventId":"' +
    record.eventId +
    '"' +
    textAfter(',"initiatorId":"', record.initiatorId) +
    trustedAfter(',"initiatorType":"', record.initiatorType) +
    textAfter(',"operation":"', record.operation) +
    textAfter(',"parentEventId":"', record.parentEventId) +
    ',"payload":{' +
    encodePayload(record, seq) +
    '},"previousHash":"' +
    record.previousHash +
    '","runId":"' +
    record.runId +
    '","schemaVersion":"' +
    record.schemaVersion +
    '","sessionId":"' +
    escaped(record.sessionId) +
    '"' +
    textAfter(',"sourceFramework":"', record.sourceFramework) +
    ',"sourceTimestamp":"' +
    record.sourceTimestamp +
    '"' +
    textAfter(',"targetSystem":"', record.targetSystem) +
    textAfter(',"toolType":"', record.toolType) +
    textAfter(',"traceId":"', record.traceId) +
    "}"
  );
}

function encodePayload(record: UnplacedRecord, seq: number): string {
  switch (record.category) {
    case "tool_api":
      return encodeTool(record.payload, seq);
    case "reasoning":
      return encodeReasoning(record.payload, seq);
    case "lifecycle":
      return encodeLifecycle(record.payload, seq);
    case "identity":
      return encodeIdentity(record.payload, seq);
    case "data_movement":
      return encodeDataMovement(record.payload, seq);
    case "approval":
      return encodeApproval(record.payload, seq);
    case "environment":
      return encodeEnvironment(record.payload, seq);
    default:
      return encodeNothing(record);
  }
}

function encodeTool(payload: Unplaced<ToolPayload>, seq: number): string {
  return (
    textBefore('"agentTag":"', payload.agentTag) +
    numberBefore('"argumentsBytes":', payload.argumentsBytes) +
    trustedBefore('"argumentsHash":"', payload.argumentsHash) +
    trustedBefore('"argumentsNormHash":"', payload.argumentsNormHash) +
    trustedBefore('"argumentsShapeHash":"', payload.argumentsShapeHash) +
    textBefore('"argumentsSignature":"', payload.argumentsSignature) +
    numberBefore('"costNanoUsd":', payload.costNanoUsd) +
    trustedBefore('"durationIsBound":"', payload.durationIsBound) +
    numberBefore('"durationMs":', payload.durationMs) +
    trustedBefore('"endpointHash":"', payload.endpointHash) +
    textBefore('"errorClass":"', payload.errorClass) +
    numberBefore('"inputTokens":', payload.inputTokens) +
    trustedBefore('"op":"', payload.op) +
    numberBefore('"outputTokens":', payload.outputTokens) +
    textBefore('"phase":"', payload.phase) +
    numberBefore('"responseStatus":', payload.responseStatus) +
    numberBefore('"resultBytes":', payload.resultBytes) +
    trustedBefore('"resultHash":"', payload.resultHash) +
    trustedBefore('"resultNormHash":"', payload.resultNormHash) +
    trustedBefore('"resultShapeHash":"', payload.resultShapeHash) +
    '"seq":' +
    seq +
    textAfter(',"serverTag":"', payload.serverTag) +
    foreign(payload) +
    textAfter(',"stateId":"', payload.stateId) +
    trustedAfter(',"status":"', payload.status) +
    textAfter(',"toolCallId":"', payload.toolCallId) +
    textAfter(',"toolName":"', payload.toolName) +
    numberAfter(',"totalTokens":', payload.totalTokens) +
    trustedAfter(',"truncated":"', payload.truncated)
  );
}

function encodeReasoning(payload: Unplaced<ReasoningPayload>, seq: number): string {
  return (
    textBefore('"agentTag":"', payload.agentTag) +
    numberBefore('"cacheReadTokens":', payload.cacheReadTokens) +
    numberBefore('"cacheWriteTokens":', payload.cacheWriteTokens) +
    numberBefore('"costNanoUsd":', payload.costNanoUsd) +
    numberBefore('"durationMs":', payload.durationMs) +
    textBefore('"finishReason":"', payload.finishReason) +
    numberBefore('"inputTokens":', payload.inputTokens) +
    trustedBefore('"kind":"', payload.kind) +
    numberBefore('"messageBytes":', payload.messageBytes) +
    trustedBefore('"messageHash":"', payload.messageHash) +
    textBefore('"model":"', payload.model) +
    numberBefore('"outputTokens":', payload.outputTokens) +
    textBefore('"provider":"', payload.provider) +
    numberBefore('"reasoningTokens":', payload.reasoningTokens) +
    numberBefore('"requestedTools":', payload.requestedTools) +
    textBefore('"responseId":"', payload.responseId) +
    trustedBefore('"role":"', payload.role) +
    '"seq":' +
    seq +
    foreign(payload) +
    trustedAfter(',"status":"', payload.status)
  );
}

function encodeLifecycle(payload: Unplaced<LifecyclePayload>, seq: number): string {
  switch (payload.type) {
    case "open":
      return encodeOpen(payload, seq);
    case "close":
      return (
        numberBefore('"dropped":', payload.dropped) +
        numberBefore('"events":', payload.events) +
        lifecycleEnd(payload, seq)
      );
    case "drop":
      return (
        numberBefore('"count":', payload.count) +
        textBefore('"reason":"', payload.reason) +
        lifecycleEnd(payload, seq)
      );
    case "hole":
      return (
        numberBefore('"from":', payload.from) +
        sequence(payload, seq) +
        numberAfter(',"to":', payload.to) +
        trustedAfter(',"type":"', payload.type)
      );
    case "end":
      return trustedBefore('"resolved":"', payload.resolved) + lifecycleEnd(payload, seq);
    case "key_rotate":
      return textBefore('"newKey":"', payload.newKey) + lifecycleEnd(payload, seq);
    default:
      return encodeNothing(payload);
  }
}

function encodeOpen(payload: Unplaced<OpenPayload>, seq: number): string {
  return (
    textBefore('"agentName":"', payload.agentName) +
    numberBefore('"baselineCostNanoUsd":', payload.baselineCostNanoUsd) +
    textBefore('"cohort":"', payload.cohort) +
    trustedBefore('"continuesHead":"', payload.continuesHead) +
    trustedBefore('"continuesRun":"', payload.continuesRun) +
    trustedBefore('"digestKeyCommitment":"', payload.digestKeyCommitment) +
    textBefore('"digestKeyId":"', payload.digestKeyId) +
    trustedBefore('"layer":"', payload.layer) +
    sequence(payload, seq) +
    textAfter(',"taskTag":"', payload.taskTag) +
    textAfter(',"team":"', payload.team) +
    trustedAfter(',"type":"', payload.type) +
    trustedAfter(',"view":"', payload.view) +
    textAfter(',"workflow":"', payload.workflow) +
    textAfter(',"writer":"', payload.writer) +
    textAfter(',"writerKey":"', payload.writerKey) +
    textAfter(',"writerVersion":"', payload.writerVersion)
  );
}

function encodeIdentity(payload: Unplaced<IdentityPayload>, seq: number): string {
  return numberBefore('"capabilityCount":', payload.capabilityCount) + sequence(payload, seq);
}

function encodeDataMovement(payload: Unplaced<DataMovementPayload>, seq: number): string {
  return (
    numberBefore('"objectCount":', payload.objectCount) +
    trustedBefore('"objectsHash":"', payload.objectsHash) +
    trustedBefore('"operation":"', payload.operation) +
    sequence(payload, seq)
  );
}

function encodeApproval(payload: Unplaced<ApprovalPayload>, seq: number): string {
  return (
    trustedBefore('"decision":"', payload.decision) +
    trustedBefore('"scopeHash":"', payload.scopeHash) +
    sequence(payload, seq)
  );
}

function encodeEnvironment(payload: Unplaced<EnvironmentPayload>, seq: number): string {
  return (
    trustedBefore('"changeHash":"', payload.changeHash) +
    textBefore('"kind":"', payload.kind) +
    sequence(payload, seq) +
    textAfter(',"subject":"', payload.subject)
  );
}

interface ForeignClaims {
  readonly sourcePreviousHash?: string;
  readonly sourceRunId?: string;
}

function lifecycleEnd(payload: Unplaced<LifecyclePayload>, seq: number): string {
  return sequence(payload, seq) + trustedAfter(',"type":"', payload.type);
}

function sequence(payload: ForeignClaims, seq: number): string {
  return `"seq":${seq}${foreign(payload)}`;
}

function foreign(payload: ForeignClaims): string {
  return (
    textAfter(',"sourcePreviousHash":"', payload.sourcePreviousHash) +
    textAfter(',"sourceRunId":"', payload.sourceRunId)
  );
}

/** A category or type outside the closed list gives a line that no reader accepts. */
function encodeNothing(_value: never): string {
  return "";
}
