/** One of our records as a live event: the fields that a door of this kind knows, nothing else. */
import { NANO_USD_PER_USD } from "../../capture/observation/nano-usd.ts";
import type { RecordOf, StructuralRecord } from "../../capture/record.ts";
import { sha256 } from "../../evidence/tree/leaf.ts";

export type LiveEvent = Readonly<Record<string, string | number>>;

const STATE_ID_LENGTH = 32;

/** @returns undefined for records that are no steps: a live session has no chain of ours to keep */
export function liveEventOf(record: StructuralRecord): LiveEvent | undefined {
  if (record.category === "tool_api") return toolEvent(record);
  return record.category === "reasoning" ? reasoningEvent(record) : undefined;
}

function toolEvent({ payload, eventId, sourceTimestamp }: RecordOf<"tool_api">): LiveEvent {
  const { argumentsNormHash, argumentsHash, resultNormHash, resultHash } = payload;
  const state = [argumentsNormHash ?? argumentsHash, resultNormHash ?? resultHash];
  return present({
    event: "tool_call",
    tool: payload.toolName,
    phase: payload.phase,
    status: payload.status,
    tool_family: payload.op,
    state_id: payload.stateId ?? stateIdOf(state),
    input_tokens: payload.inputTokens,
    output_tokens: payload.outputTokens,
    tokens_used: payload.totalTokens,
    latency_ms: payload.durationMs,
    cost_usd:
      payload.costNanoUsd === undefined ? undefined : payload.costNanoUsd / NANO_USD_PER_USD,
    timestamp: sourceTimestamp,
    event_id: eventId,
  });
}

function reasoningEvent({ payload, eventId, sourceTimestamp }: RecordOf<"reasoning">): LiveEvent {
  return present({
    event: payload.kind === "turn" ? "model_turn" : "message",
    status: payload.status,
    state_id: stateIdOf([payload.messageHash]),
    input_tokens: payload.inputTokens,
    output_tokens: payload.outputTokens,
    latency_ms: payload.durationMs,
    cost_usd:
      payload.costNanoUsd === undefined ? undefined : payload.costNanoUsd / NANO_USD_PER_USD,
    timestamp: sourceTimestamp,
    event_id: eventId,
  });
}

/** Equal where arguments and result are equal, so that a repeat can be seen. */
function stateIdOf(hashes: readonly (string | undefined)[]): string | undefined {
  if (hashes.every((hash) => hash === undefined)) return undefined;
  return sha256(hashes.join("|")).slice(0, STATE_ID_LENGTH);
}

function present(fields: Readonly<Record<string, string | number | undefined>>): LiveEvent {
  const kept: Record<string, string | number> = {};
  for (const [name, value] of Object.entries(fields)) {
    if (value !== undefined) kept[name] = value;
  }
  return kept;
}
