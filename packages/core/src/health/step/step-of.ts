import type {
  Envelope,
  PayloadDraft,
  ReasoningPayload,
  ToolPayload,
  Unplaced,
  View,
} from "../../capture/record.ts";
import type { Step } from "./step.ts";

/** What the records of one run share and its `open` record says. */
export interface StepOrigin {
  readonly view?: View;
  /** The results are digests of free text that was posted about the steps. */
  readonly weakContent?: boolean;
}

/** What a step is read from: any record, also one that has no place in a run. */
export type StepSource = PayloadDraft & Pick<Envelope, "sourceTimestamp" | "parentEventId">;

/** The step that a record stands for; undefined when it is none. */
export function stepOf(record: StepSource, origin: StepOrigin = {}): Step | undefined {
  switch (record.category) {
    case "tool_api":
      return callOf(record.payload, {
        ...moment(record),
        ...(record.parentEventId !== undefined && { parentEventId: record.parentEventId }),
        ...(origin.view !== undefined && { view: origin.view }),
        ...(origin.weakContent === true && { weakContent: true }),
      });
    case "reasoning":
      return speechOf(record.payload, record);
    default:
      return undefined;
  }
}

/** Calls, and what was said. All other records stand where the step before them stood. */
export function isStepRecord<R extends { readonly category?: string | undefined }>(
  record: R,
): record is R & { readonly category: "tool_api" | "reasoning" } {
  return record.category === "tool_api" || record.category === "reasoning";
}

type Common = Pick<Step, "atMs" | "parentEventId" | "view" | "weakContent">;

function moment(record: StepSource): Common {
  const atMs = Date.parse(record.sourceTimestamp);
  return Number.isFinite(atMs) ? { atMs } : {};
}

/** A call that still runs, or waits for a yes, is judged when it is answered. */
function callOf(payload: Unplaced<ToolPayload>, common: Common): Step | undefined {
  if (payload.status === "pending") return undefined;
  const resultNorm = payload.resultNormHash ?? payload.resultHash;
  const resultShape = payload.resultShapeHash ?? resultNorm;
  return {
    kind: "call",
    tool: payload.toolName,
    status: payload.status,
    ...common,
    ...(payload.op !== undefined && { op: payload.op }),
    ...argumentsOf(payload),
    ...(resultNorm !== undefined && { resultNorm }),
    ...(resultShape !== undefined && { resultShape }),
    ...(payload.resultBytes !== undefined && { resultBytes: payload.resultBytes }),
    ...durationOf(payload),
    ...(payload.stateId !== undefined && { stateId: payload.stateId }),
    ...(payload.agentTag !== undefined && { agentTag: payload.agentTag }),
    ...(payload.serverTag !== undefined && { serverTag: payload.serverTag }),
  };
}

/** A bound of a duration says little of when the call began. */
function durationOf({ durationMs, durationIsBound }: Unplaced<ToolPayload>): Partial<Step> {
  return durationMs === undefined || durationIsBound !== undefined ? {} : { durationMs };
}

function argumentsOf(payload: Unplaced<ToolPayload>): Partial<Step> {
  const { argumentsHash, argumentsNormHash, argumentsBytes } = payload;
  const argumentsNorm = argumentsNormHash ?? argumentsHash;
  const argumentsShape = payload.argumentsShapeHash ?? argumentsNorm;
  const isMasked = argumentsHash !== undefined && argumentsHash !== argumentsNorm;
  return {
    ...(argumentsNorm !== undefined && { argumentsNorm }),
    ...(isMasked && { argumentsHash }),
    ...(argumentsShape !== undefined && { argumentsShape }),
    ...(argumentsBytes !== undefined && { argumentsBytes }),
    ...builtOf(payload.argumentsSignature),
  };
}

/** What the signature says of how the arguments are built; see capture/signature.ts. */
function builtOf(signature: string | undefined): Partial<Step> {
  if (signature === undefined) return {};
  if (signature.startsWith("c")) return { argumentsCut: true };
  return signature.includes(":v") ? { argumentsRenewed: true } : {};
}

/** A turn that asked for tools is judged by its calls; a system message is no agent's step. */
function speechOf(payload: Unplaced<ReasoningPayload>, record: StepSource): Step | undefined {
  const role = payload.role ?? "assistant";
  const { messageHash } = payload;
  if (role === "user") {
    return {
      kind: "user",
      tool: role,
      ...moment(record),
      ...(messageHash !== undefined && { messageHash }),
    };
  }
  if (role === "system" || messageHash === undefined || (payload.requestedTools ?? 0) > 0) {
    return undefined;
  }
  return {
    kind: payload.kind,
    tool: role,
    status: payload.status,
    messageHash,
    ...moment(record),
    ...(payload.agentTag !== undefined && { agentTag: payload.agentTag }),
  };
}
