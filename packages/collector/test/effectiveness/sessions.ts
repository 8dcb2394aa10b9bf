/** Sessions of a workflow, as somebody who compares two versions of an agent posts them. */
import type { Client } from "../client.ts";

export interface SessionPlan {
  readonly id: string;
  readonly workflow?: string;
  readonly cohort?: string;
  /** Steps that differ, then steps that are all the same. */
  readonly works: number;
  readonly repeats?: number;
  readonly tokens?: number;
  readonly costUsd?: number;
  /** Absent: the session is left open. */
  readonly end?: {
    readonly resolved?: boolean;
    readonly cohort?: string;
    readonly workflow?: string;
  };
}

export async function record(client: Client, plan: SessionPlan): Promise<void> {
  const { id, workflow, cohort, works, repeats = 0 } = plan;
  for (let step = 1; step <= works + repeats; step++) {
    const state = step <= works ? `state-${step}` : "the-same-state";
    const answer = await client.post("/v1/step", {
      session_id: id,
      step,
      tool: step <= works ? `tool_${step % 4}` : "browser.get",
      state_hash: state.padEnd(12, "-"),
      ...(plan.tokens !== undefined && { tokens_used: plan.tokens }),
      ...(plan.costUsd !== undefined && { cost_usd: plan.costUsd }),
      ...(workflow !== undefined && { workflow }),
      ...(cohort !== undefined && { cohort }),
    });
    if (answer.status !== 200) throw new Error(answer.text);
  }
  if (plan.end === undefined) return;
  const ended = await client.post(`/v1/session/${encodeURIComponent(id)}/end`, plan.end);
  if (ended.status !== 200) throw new Error(ended.text);
}

/** Several sessions side by side, in batches that keep their order of first sight. */
export async function recordAll(client: Client, plans: readonly SessionPlan[]): Promise<void> {
  const AT_ONCE = 10;
  for (let from = 0; from < plans.length; from += AT_ONCE) {
    await Promise.all(plans.slice(from, from + AT_ONCE).map((plan) => record(client, plan)));
  }
}

/** A workflow that went in circles, and the same one after somebody changed it. */
export function beforeAndAfter(workflow: string, sessions: number): SessionPlan[] {
  return Array.from({ length: sessions }, (_, at): SessionPlan[] => [
    {
      id: `${workflow}-b${at}`,
      workflow,
      cohort: "before",
      works: 3 + (at % 3),
      repeats: at % 5 === 0 ? 0 : 6,
      tokens: 100 + at,
      costUsd: 0.01,
      end: { resolved: at % 3 === 0 },
    },
    {
      id: `${workflow}-a${at}`,
      workflow,
      cohort: "after",
      works: 4 + (at % 3),
      tokens: 40 + at,
      costUsd: 0.004,
      end: { resolved: at % 3 !== 0 },
    },
  ]).flat();
}
