import { getJson, request, sendJson } from "./request.ts";

export interface AlertRule {
  readonly id: string;
  readonly condition: string;
  readonly action_type: string;
  readonly destination: string;
  readonly cooldown_seconds: number;
  readonly dwell_steps: number;
  /** Only in the answer that made the rule. */
  readonly secret?: string;
}

export interface FiredAlert {
  readonly id: string;
  readonly condition: string;
  readonly action_type: string;
  readonly destination: string;
  readonly session_id: string;
  readonly agent: string;
  readonly step: number;
  readonly regime: string;
  readonly tier: string;
  readonly fired_at: string;
  readonly is_test: boolean;
  readonly status: "due" | "delivered" | "dead" | "muted";
  readonly attempts: number;
  readonly next_attempt_at: string | null;
  readonly problem: string | null;
}

export async function listRules(): Promise<readonly AlertRule[]> {
  return (await getJson<{ rules: readonly AlertRule[] }>("/v1/alerts")).rules;
}

export async function listAlerts(): Promise<readonly FiredAlert[]> {
  const path = "/v1/alerts/history?limit=100";
  return (await getJson<{ alerts: readonly FiredAlert[] }>(path)).alerts;
}

/** @returns the rule as it was made, with the secret that signs a webhook */
export async function addRule(rule: object): Promise<AlertRule | undefined> {
  return (await sendJson<{ rules: readonly AlertRule[] }>("POST", "/v1/alerts", [rule])).rules[0];
}

const idPath = (id: string) => encodeURIComponent(id);
const json = { "content-type": "application/json" };

export const deleteRule = (id: string) =>
  request(`/v1/alerts/${idPath(id)}`, { method: "DELETE", headers: json });
/** @returns the new secret; the one before verifies for another day */
export const rotateSecret = async (id: string) =>
  (await sendJson<{ secret: string }>("POST", `/v1/alerts/${idPath(id)}/secret`)).secret;
/** @returns the id of the test in the history */
export const testRule = async (id: string) =>
  (await sendJson<{ alert_id: string }>("POST", `/v1/alerts/${idPath(id)}/test`)).alert_id;
export const replayAlert = (id: string) =>
  sendJson("POST", `/v1/alerts/history/${idPath(id)}/replay`);
