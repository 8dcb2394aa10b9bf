/** What an operator settles: keys, retention, usage. */
import { getJson, sendJson } from "./request.ts";

export interface Usage {
  readonly plan: string;
  readonly sessions: number;
  readonly events: number;
  readonly steps: number;
  readonly total_tokens: number;
  readonly total_cost_usd: number;
  readonly alerts: number;
  readonly dropped_events: number;
  readonly limits: { readonly events_per_second: number };
}

export const readUsage = () => getJson<Usage>("/v1/usage");

/** @returns null where records are kept for good */
export const readRetention = async () =>
  (await getJson<{ days: number | null }>("/v1/retention")).days;

export const setRetention = (days: number | null) => sendJson("PUT", "/v1/retention", { days });
