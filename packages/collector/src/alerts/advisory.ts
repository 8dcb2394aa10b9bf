/** The documented body of an alert, and the one sentence that all channels say. */
import { type AlertStory, alertMessage } from "@caum/core/health";
import { rounded, usdOf } from "../http/told-figures.ts";
import type { AlertFacts, AlertRow } from "../rows/alert-rows.ts";

/** Names and figures of one session; `task` is a keyed tag, never a text. */
export interface Advisory {
  readonly event: "caum.advisory" | "caum.test";
  readonly agent: string;
  readonly team: string | null;
  readonly task: string | null;
  readonly session_id: string;
  readonly step: number;
  readonly regime: string;
  readonly uds: number;
  readonly tier: string;
  readonly total_steps: number;
  readonly total_cost: number;
  readonly message: string;
  /** Whose sessions the message is about; absent where it is about this one. */
  readonly workflow?: string;
  readonly dashboard_url: string;
  readonly timestamp: string;
}

/** @param publicUrl where people reach the collector, without a slash at the end */
export function advisoryOf({ facts, firedMs }: AlertRow, publicUrl: string): Advisory {
  return {
    event: facts.isTest ? "caum.test" : "caum.advisory",
    agent: facts.agent,
    team: facts.team,
    task: facts.taskTag,
    session_id: facts.sessionId,
    step: facts.step,
    regime: facts.regime,
    uds: rounded(facts.uds),
    tier: facts.tier,
    total_steps: facts.step,
    total_cost: usdOf(facts.costNanoUsd),
    message: messageOf(facts),
    ...(facts.story?.workflow && { workflow: facts.story.workflow.name }),
    dashboard_url: `${publicUrl}/dashboard/${encodeURIComponent(facts.sessionId)}`,
    timestamp: new Date(firedMs).toISOString(),
  };
}

const CENTS = 100;

/** UDS in a text: two decimals, cut off, so that no figure looks like that of a better tier. */
export function shownUds({ uds }: Pick<Advisory, "uds">): string {
  return (Math.floor(uds * CENTS) / CENTS).toFixed(2);
}

/** The line that a program may look for, and then the sentence for a person. */
export function webhookBody(advisory: Advisory): Advisory {
  const { regime, step, tier, message } = advisory;
  // What is about a workflow says nothing of how the session stands.
  if (advisory.event === "caum.test" || advisory.workflow !== undefined) return advisory;
  const line = `CAUM Advisory: ${regime} at step ${step}, UDS=${shownUds(advisory)}, Tier=${tier}`;
  return { ...advisory, message: `${line}. ${message}` };
}

function messageOf(facts: AlertFacts): string {
  if (facts.isTest) return `CAUM Test: ${facts.condition} would be told here`;
  return alertMessage(storyOf(facts));
}

/** What the sentence is made of. */
export function storyOf(facts: AlertFacts): AlertStory {
  const { condition, agent, regime, step, costNanoUsd: totalNanoUsd, story } = facts;
  return { agent, regime, step, condition, totalNanoUsd, ...story };
}
