/** What is remembered of a session that is only looked at: the same counts as of one that is recorded. */
import {
  type AlertState,
  type Assessment,
  ENGINE_VERSION,
  followAlert,
  isStepRecord,
  NOTHING_YET,
  QUIET,
  type SessionSummary,
  type Step,
  summarize,
} from "@caum/core/health";
import type { StructuralRecord } from "@caum/core/verify";
import { type SessionProfile, type StepOrder, StructureCounter } from "@caum/workflows";

/** What a record says of a step, without a place in a run. */
export type CountedDraft = Pick<StructuralRecord, "category"> & {
  readonly payload: object;
};

/** What else is known of an event. */
export interface EventFigures {
  readonly costNanoUsd?: number | undefined;
  readonly tokens?: number | undefined;
  readonly durationMs?: number | undefined;
  readonly atMs?: number | undefined;
}

/** What else is known of a session. */
export type SessionOrigin = Pick<
  SessionProfile,
  "workflow" | "agent" | "client" | "cohort" | "ended"
>;

/** A record needs one, and nothing here looks at it. */
const NO_PLACE = {
  schemaVersion: "1.0",
  eventId: "",
  agentId: "",
  sessionId: "",
  runId: "",
  sourceTimestamp: "",
  previousHash: "",
} as const;

export class ProfileCounter {
  readonly #counter = new StructureCounter();
  readonly #servers = new Set<string>();
  #summary: SessionSummary = NOTHING_YET;
  #alert: AlertState = QUIET;
  #last: Assessment | undefined;
  #tokens = 0;
  #costNanoUsd = 0;
  #durationMs = 0;
  #firstMs: number | undefined;
  #lastMs: number | undefined;
  readonly #order: StepOrder | undefined;

  /** @param order takes the steps as well */
  constructor(order?: StepOrder) {
    this.#order = order;
  }

  /** @param assessment what the health engine says after the event */
  take(draft: CountedDraft, assessment: Assessment, figures: EventFigures = {}): void {
    const { costNanoUsd = 0, tokens = 0, durationMs = 0, atMs } = figures;
    this.#tokens += tokens;
    this.#costNanoUsd += costNanoUsd;
    this.#durationMs += durationMs;
    if (atMs !== undefined) {
      this.#firstMs = Math.min(this.#firstMs ?? atMs, atMs);
      this.#lastMs = Math.max(this.#lastMs ?? atMs, atMs);
    }
    // True but for its place in a run: a draft has the payload of its category.
    const record = {
      ...NO_PLACE,
      category: draft.category,
      payload: { ...draft.payload, seq: 0 },
    } as StructuralRecord;
    if (record.category === "tool_api" && record.payload.serverTag !== undefined) {
      this.#servers.add(record.payload.serverTag);
    }
    if (isStepRecord(record)) this.#order?.take(assessment.step, record.payload);
    const isAlerted = this.#alert.standing;
    this.#counter.take(record, assessment, { layer: "import", costNanoUsd, isAlerted });
    this.#summary = summarize(this.#summary, assessment, costNanoUsd);
    this.#alert = followAlert(this.#alert, assessment);
    this.#last = assessment;
  }

  /** @param untimedMs when it was, where no event says it */
  profile(sessionId: string, origin: SessionOrigin, untimedMs: number): SessionProfile {
    const { loopCount, patternSteps, loopCostNanoUsd, steps } = this.#summary;
    const { structure } = this.#counter;
    return {
      sessionId,
      ...origin,
      servers: [...this.#servers],
      startedMs: this.#firstMs ?? untimedMs,
      endedMs: this.#lastMs ?? untimedMs,
      steps,
      loops: loopCount,
      loopSteps: Math.min(steps, patternSteps),
      loopCostNanoUsd,
      reviewed: structure.reviewSteps > 0,
      ...(this.#tokens > 0 && { tokens: this.#tokens }),
      ...(this.#costNanoUsd > 0 && { costNanoUsd: this.#costNanoUsd }),
      ...(this.#durationMs > 0 && { durationMs: this.#durationMs }),
      failureRisk: this.#last?.failureRisk ?? null,
      engine: ENGINE_VERSION,
      structure,
    };
  }
}

/** What a record would say of a step of which nothing else is known. */
export function draftOfStep(step: Step): CountedDraft {
  const { kind, tool, status = "ok" } = step;
  if (kind !== "call") {
    const role = kind === "user" ? "user" : "assistant";
    return {
      category: "reasoning",
      payload: { kind: kind === "turn" ? kind : "message", role, status },
    };
  }
  const { op, argumentsNorm, argumentsCut, serverTag, durationMs } = step;
  return {
    category: "tool_api",
    payload: {
      toolName: tool,
      status,
      ...(op !== undefined && { op }),
      ...(argumentsNorm !== undefined && { argumentsNormHash: argumentsNorm }),
      ...(argumentsCut === true && { argumentsSignature: "c" }),
      ...(serverTag !== undefined && { serverTag }),
      ...(durationMs !== undefined && { durationMs }),
    },
  };
}
