/** What an operator settles: keys, retention, usage. */
import type { KeyEntryAnswer, UsageAnswer } from "@caum/core/protocol";
import { getJson, request, sendJson } from "./request.ts";

export const SCOPES = ["ingest", "read", "admin"] as const;

export interface KeyWish {
  readonly label?: string;
  readonly scopes: readonly string[];
  readonly mode: string;
  readonly expires_at?: string;
}

export const listKeys = async () =>
  (await getJson<{ keys: readonly KeyEntryAnswer[] }>("/v1/keys")).keys;

/** @returns the key itself, which is never told again */
export const makeKey = async (wish: KeyWish) =>
  (await sendJson<{ api_key: string }>("POST", "/v1/keys", wish)).api_key;

export const revokeKey = (id: string) =>
  request(`/v1/keys/${encodeURIComponent(id)}`, { method: "DELETE" });

export const readUsage = () => getJson<UsageAnswer>("/v1/usage");

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
