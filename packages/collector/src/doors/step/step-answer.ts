import {
  alertMessage,
  isWorthSaying,
  storyOf,
  tellsOnlyNames,
  WHAT_TO_SEND,
} from "@caum/core/health";
import type { stepAnswer } from "@caum/core/protocol";
import type { z } from "zod";
import type { EventOutcome } from "../../ingest/intake.ts";
import type { Standing } from "../../ingest/standing.ts";
import { rootOf } from "../live/live-answer.ts";
import { failureRiskOf, patternOf, udsOf } from "../session/step-assessment.ts";
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
    ...udsOf(standing),
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
/** Reason of an advisory about what is sent, not about what the agent does. */
const ONLY_NAMES = "only_names";

function advisoryOf(
  { standing, rulesFired }: EventOutcome,
  { agent_name: agent, tool }: Pick<StepRequest, "agent_name" | "tool">,
): z.input<typeof stepAnswer>["advisory"] {
  const { publicClass, advice, pattern, loopCostNanoUsd: costNanoUsd } = standing;
  const isBlind = tellsOnlyNames(standing);
  if (!isWorthSaying(standing) && rulesFired.length === 0 && !isBlind) return null;
  return {
    advice,
    public_class: publicClass,
    reasons: isBlind ? [ONLY_NAMES] : reasonsOf(standing),
    message: isBlind
      ? `Nothing but names is known of most steps. ${WHAT_TO_SEND}`
      : alertMessage({ tools: [tool], costNanoUsd, ...storyOf(agent ?? "The agent", standing) }),
    pattern: pattern ? patternOf(pattern) : null,
  };
}

function reasonsOf({ reasons }: Standing): string[] {
  return reasons.length > 0 ? [...reasons] : [OWN_RULE];
}

/** One sentence for `?explain=1`: what was recorded of this step, and what was not. */
export function explainStep(body: StepRequest, outcome: EventOutcome, dropped: number): string {
  const digested = [
    ...(body.arguments === undefined || body.arguments === null
      ? []
      : ["arguments (as keyed digests)"]),
    ...(body.content ? ["content (as a keyed digest and its size)"] : []),
    ...(body.state_hash ? ["state_hash (as a keyed digest)"] : []),
    ...(body.parent ? ["parent (as a keyed digest)"] : []),
    ...(body.agent ? ["agent (as a keyed tag)"] : []),
    ...(body.task ? ["task (as a keyed tag)"] : []),
  ];
  const labels = (["workflow", "cohort"] as const).filter((name) => body[name]);
  const kept = ["the tool name", "counters", ...labels, ...digested].join(", ");
  const gone = `${dropped} unknown ${dropped === 1 ? "field was" : "fields were"} dropped`;
  const more = body.state_hash || body.arguments ? "" : `. ${WHAT_TO_SEND}`;
  return `${HOW[outcome.how]}: recorded ${kept}; ${gone}; no content was kept${more}`;
}

const HOW: Readonly<Record<EventOutcome["how"], string>> = {
  appended: "new step",
  repeated: "identical repeat, answered as before",
  other_body: "this step number came before with another body, appended all the same",
  new_segment: "the session starts over",
};
