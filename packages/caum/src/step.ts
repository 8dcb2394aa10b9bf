import type { Observation, SessionFacts, Status } from "@caum/core";

/** One tool use of an agent, told by hand. Values in it are digested in memory and gone. */
export interface ToolStep extends StepFacts {
  readonly tool: string;
  /** What came out of the tool; its digest, shape and size are kept. */
  readonly content?: unknown;
  /** What went into it. Without them a loop is told from work later, and less surely. */
  readonly arguments?: unknown;
  /** `ok` when absent; `unknown` where neither arguments nor content are told either. */
  readonly status?: Status | undefined;
  /** The caller's own identity of the state after the step: equal states are equal. */
  readonly stateHash?: string | undefined;
  readonly toolCallId?: string | undefined;
}

/** Something that the agent, or somebody to it, said. */
export interface MessageStep extends StepFacts {
  readonly role: "user" | "assistant" | "system" | "agent";
  readonly content?: unknown;
  readonly model?: string | undefined;
}

export type Step = ToolStep | MessageStep;

interface StepFacts {
  /**
   * Id of the model turn: steps with the same one were asked for together, so that a batch that
   * fails is one failure. Kept as a keyed digest.
   */
  readonly parent?: string | undefined;
  /** Which agent of a team did it: each is judged by itself. Kept as a keyed tag. */
  readonly agent?: string | undefined;
  /**
   * The trace context that the step came with, as a W3C `traceparent`; where OpenTelemetry is
   * emitted, that of the span that is active when absent. Kept as keyed ids.
   */
  readonly traceparent?: string | undefined;
  readonly tokensUsed?: number | undefined;
  readonly costUsd?: number | undefined;
  readonly durationMs?: number | undefined;
  /** Of the session; what the first step says stands. */
  readonly agentName?: string | undefined;
  readonly team?: string | undefined;
  readonly workflow?: string | undefined;
  /** Free text; only a keyed tag of it is kept. */
  readonly task?: string | undefined;
}

export function observationOf(step: Step): Observation {
  const { content, costUsd, durationMs, tokensUsed } = step;
  const place = { parent: step.parent, agent: step.agent, traceparent: step.traceparent };
  if ("tool" in step) {
    const { tool, stateHash, toolCallId } = step;
    const isNameAlone = content === undefined && step.arguments === undefined;
    const { status = isNameAlone ? "unknown" : "ok" } = step;
    return {
      tool,
      status,
      toolCallId,
      arguments: step.arguments,
      result: content,
      stateId: stateHash,
      totalTokens: tokensUsed,
      costUsd,
      durationMs,
      ...place,
    };
  }
  const { role, model } = step;
  const usage = { outputTokens: tokensUsed, costUsd, durationMs };
  return { kind: "message", role, content, model, ...usage, ...place };
}

export function sessionFactsOf({ agentName, team, workflow, task }: Step): SessionFacts {
  return { agentName, team, workflow, task };
}
