/** The documented body of an alert, and the one sentence that all channels say. */
import { rounded, usdOf } from "../doors/told-figures.ts";
import type { AlertFacts, AlertRow } from "./alert-rows.ts";

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
    dashboard_url: `${publicUrl}/dashboard/${encodeURIComponent(facts.sessionId)}`,
    timestamp: new Date(firedMs).toISOString(),
  };
}

/** Conditions whose answer stands in the documented sentence already. */
const SAID_BY_FIGURES = /^(?:tier|regime|uds|class)/;

function messageOf(facts: AlertFacts): string {
  const { condition, regime, step, uds, tier } = facts;
  if (facts.isTest) return `CAUM Test: ${condition} would be told here`;
  const what = SAID_BY_FIGURES.test(condition) ? regime : `${condition}, ${regime}`;
  return `CAUM Advisory: ${what} at step ${step}, UDS=${rounded(uds)}, Tier=${tier}`;
}
