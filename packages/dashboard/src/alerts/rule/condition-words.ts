/** Conditions as sentences. */
import {
  type Condition,
  ConditionError,
  formatCondition,
  isOfSteps,
  type Measure,
  NANO_USD_PER_USD,
  parseCondition,
} from "@caum/core/conditions";
import { count, duration, money, share } from "../../parts/format.ts";

/** A condition that somebody writes, as far as it is one. */
export type Read =
  | {
      /** In the collector's way of writing it. */
      readonly text: string;
      readonly words: string;
      /** Whether a dwell changes anything. */
      readonly dwells: boolean;
    }
  | { readonly fault: string };

export function readCondition(text: string): Read {
  try {
    const condition = parseCondition(text);
    return {
      text: formatCondition(condition),
      words: conditionWords(condition),
      dwells: isOfSteps(condition),
    };
  } catch (failure) {
    if (failure instanceof ConditionError) return { fault: failure.message };
    throw failure;
  }
}

/** For example "when a session is in a loop and has cost more than $5.00, of agent helper". */
function conditionWords({ anyOf }: Condition): string {
  const alternatives = anyOf.map(({ measures, within }) => {
    const of = [
      within.agent && `of agent ${within.agent}`,
      within.workflow && `of workflow ${within.workflow}`,
      within.server && `with server ${within.server}`,
    ];
    return [measures.map(measureWords).join(" and "), ...of.filter(Boolean)].join(", ");
  });
  return `when ${alternatives.join("; or when ")}`;
}

function measureWords(measure: Measure): string {
  switch (measure.kind) {
    case "tier":
      return `a session's tier is T${measure.rank}${measure.orWorse && measure.rank < 5 ? " or worse" : ""}`;
    case "regime":
      return `a session's regime is ${measure.regime}`;
    case "uds":
      return `a session's UDS is below ${measure.below}`;
    case "class":
      return "a session is in a loop";
    case "cost":
      return `a session has cost more than ${money(measure.overNanoUsd / NANO_USD_PER_USD)}`;
    case "steps":
      return `a session has more than ${count(measure.over)} steps`;
    case "open_call":
      return `a call is open for more than ${duration(measure.overSeconds * 1_000)}`;
    case "tool_definition_changed":
      return "a server describes a tool differently than before";
    case "drift":
      return "the sessions of a workflow are not what they were";
    case "loop_rate":
      return `more than ${share(measure.over, 1)} of the last 40 sessions of a workflow had a loop`;
  }
}
