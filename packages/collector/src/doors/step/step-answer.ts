import { alertMessage, isWorthSaying, storyOf } from "@caum/core";
import type { stepAnswer } from "@caum/core/protocol";
import type { z } from "zod";
import type { EventOutcome } from "../../ingest/intake.ts";
import { rootOf } from "../live/live-answer.ts";
import { failureRiskOf, patternOf } from "../session/step-assessment.ts";
import { rounded } from "../told-figures.ts";
import type { StepRequest } from "./step-draft.ts";

/** The documented answer, and nothing else. */
export function stepAnswerOf(
  outcome: EventOutcome,
  body: Pick<StepRequest, "agent_name" | "tool">,
): z.input<typeof stepAnswer> {
  const { standing, rulesFired } = outcome;
  return {
    regime: standing.regime,
    ...failureRiskOf(standing),
    uds: rounded(standing.uds),
    tier: standing.tier,
    advisory: advisoryOf(outcome, body),
    merkle_root: rootOf(outcome),
    alert_fired: standing.entersAlert === true,
    ...(rulesFired.length > 0 && { rules_fired: [...new Set(rulesFired)] }),
    observation: "passive",
  };
}

/** Reason of an alert that the tenant's own rule fired for something else than structure. */
const OWN_RULE = "alert_rule";

function advisoryOf(
  { standing, rulesFired }: EventOutcome,
  { agent_name: agent, tool }: Pick<StepRequest, "agent_name" | "tool">,
): z.input<typeof stepAnswer>["advisory"] {
  const { publicClass, advice, reasons, pattern, loopCostNanoUsd: costNanoUsd } = standing;
  if (!isWorthSaying(standing) && rulesFired.length === 0) return null;
  return {
    advice,
    public_class: publicClass,
    reasons: reasons.length > 0 ? [...reasons] : [OWN_RULE],
    message: alertMessage({
      tools: [tool],
      costNanoUsd,
      ...storyOf(agent ?? "The agent", standing),
    }),
    pattern: pattern ? patternOf(pattern) : null,
  };
}

/** One sentence for `?explain=1`: what was recorded of this step, and what was not. */
export function explainStep(body: StepRequest, outcome: EventOutcome, dropped: number): string {
  const digested = [
    ...(body.content ? ["content (as a keyed digest and its size)"] : []),
    ...(body.state_hash ? ["state_hash (as a keyed digest)"] : []),
    ...(body.parent ? ["parent (as a keyed digest)"] : []),
    ...(body.agent ? ["agent (as a keyed tag)"] : []),
    ...(body.task ? ["task (as a keyed tag)"] : []),
  ];
  const labels = (["workflow", "cohort"] as const).filter((name) => body[name]);
  const kept = ["the tool name", "counters", ...labels, ...digested].join(", ");
  const gone = `${dropped} unknown ${dropped === 1 ? "field was" : "fields were"} dropped`;
  return `${HOW[outcome.how]}: recorded ${kept}; ${gone}; no content was kept`;
}

const HOW: Readonly<Record<EventOutcome["how"], string>> = {
  appended: "new step",
  repeated: "identical repeat, answered as before",
  other_body: "this step number came before with another body, appended all the same",
  new_segment: "the session starts over",
};
