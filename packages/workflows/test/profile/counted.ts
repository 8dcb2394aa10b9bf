/** A session that is judged and counted as a collector does it. */
import { createHash } from "node:crypto";
import {
  followAlert,
  NOTHING_YET,
  QUIET,
  SessionHealth,
  type SessionSummary,
  summarize,
} from "@caum/core/health";
import type { StructuralRecord } from "@caum/core/verify";
import { StructureCounter } from "../../src/index.ts";

const START_MS = Date.parse("2026-01-01T00:00:00Z");

/** A record; only what the tests look at is true of it. */
export function recordOf(
  category: string,
  payload: object,
  envelope: object = {},
): StructuralRecord {
  return {
    category,
    payload: { seq: 0, ...payload },
    runId: "0".repeat(32),
    ...envelope,
  } as unknown as StructuralRecord;
}

const hex = (value: string) => createHash("sha256").update(value).digest("hex");

/** A call with these arguments and this answer. */
export function call(toolName: string, asked: string, answer: string, more: object = {}) {
  const [argumentsHash, resultHash] = [hex(asked), hex(answer)];
  const told = { argumentsHash, argumentsBytes: 40, resultHash, resultBytes: 400 };
  return recordOf("tool_api", { toolName, status: "ok", ...told, ...more });
}

export const turn = (more: object = {}) =>
  recordOf("reasoning", { kind: "turn", status: "ok", requestedTools: 1, ...more });

export class CountedSession {
  readonly #health = new SessionHealth();
  #alert = QUIET;
  #taken = 0;
  counter = new StructureCounter();
  summary: SessionSummary = NOTHING_YET;

  take(...records: readonly StructuralRecord[]): this {
    for (const record of records) this.#take(record);
    return this;
  }

  #take(told: StructuralRecord): void {
    const atMs = START_MS + this.#taken++ * 1_000;
    const record = { ...told, sourceTimestamp: new Date(atMs).toISOString() };
    const costNanoUsd = "costNanoUsd" in record.payload ? (record.payload.costNanoUsd ?? 0) : 0;
    const layer = this.#health.layerOf(record);
    const found = this.#health.observe(record);
    const isAlerted = this.#alert.standing;
    this.summary = summarize(this.summary, found, costNanoUsd);
    this.#alert = followAlert(this.#alert, found);
    this.counter.take(record, found, { layer, costNanoUsd, isAlerted });
  }
}
