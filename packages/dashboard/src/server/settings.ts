/** What an operator settles: keys, retention, usage. */
import { getJson, request, sendJson } from "./request.ts";

export const SCOPES = ["ingest", "read", "admin"] as const;

export interface ApiKey {
  readonly key_id: string;
  readonly label: string | null;
  /** What may be shown of it. */
  readonly prefix: string;
  readonly scopes: readonly string[];
  readonly created_at: string;
  readonly expires_at: string | null;
  readonly last_used_at: string | null;
  readonly revoked: boolean;
}

export interface KeyWish {
  readonly label?: string;
  readonly scopes: readonly string[];
  readonly mode: string;
  readonly expires_at?: string;
}

export const listKeys = async () => (await getJson<{ keys: readonly ApiKey[] }>("/v1/keys")).keys;

/** @returns the key itself, which is never told again */
export const makeKey = async (wish: KeyWish) =>
  (await sendJson<{ api_key: string }>("POST", "/v1/keys", wish)).api_key;

export const revokeKey = (id: string) =>
  request(`/v1/keys/${encodeURIComponent(id)}`, { method: "DELETE" });

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

export interface PackQuery {
  readonly workflow?: string | undefined;
  /** Any where it is empty. */
  readonly cohort?: string | undefined;
  readonly limit?: string | undefined;
}

/** The file as it came, and how many sessions it holds. */
export async function fetchPack({
  workflow = "",
  cohort = "",
  limit = "",
}: PackQuery): Promise<{ readonly file: Blob; readonly sessions: number }> {
  const query = new URLSearchParams({ workflow, limit, ...(cohort !== "" && { cohort }) });
  const file = await (await request(`/v1/evidence-pack?${query}`)).blob();
  const { sessions } = JSON.parse(await file.text()) as { sessions: readonly unknown[] }; // An answer of the collector.
  return { file, sessions: sessions.length };
}
