/** What an operator asks of an account: keys, retention, usage and evidence packs. */
import { closeSync, fsyncSync, openSync, writeSync } from "node:fs";
import type { CollectorPlace } from "@caum/collector/validation";
import { askDoor, askFor } from "./ask-door.ts";

export interface KeyRow {
  readonly key_id: string;
  readonly label: string | null;
  readonly prefix: string;
  readonly scopes: readonly string[];
  readonly created_at: string;
  readonly expires_at: string | null;
  readonly last_used_at: string | null;
  readonly revoked: boolean;
}

export interface NewKey extends KeyRow {
  readonly api_key: string;
}

export async function listKeys(place: CollectorPlace): Promise<readonly KeyRow[]> {
  return (await askFor<{ keys: readonly KeyRow[] }>(place, "keys", "GET", "/v1/keys")).keys;
}

export interface KeyWish {
  readonly scopes: readonly string[];
  readonly label?: string | undefined;
  readonly expires_at?: string | undefined;
}

export function addKey(place: CollectorPlace, wish: KeyWish): Promise<NewKey> {
  return askFor<NewKey>(place, "api_key", "POST", "/v1/keys", wish);
}

export async function revokeKey(place: CollectorPlace, keyId: string): Promise<void> {
  await askDoor(place, "DELETE", `/v1/keys/${encodeURIComponent(keyId)}`);
}

export interface Retention {
  /** Null where records are kept for good. */
  readonly days: number | null;
}

export function readRetention(place: CollectorPlace): Promise<Retention> {
  return askFor<Retention>(place, "days", "GET", "/v1/retention");
}

export async function setRetention(place: CollectorPlace, days: number | null): Promise<Retention> {
  await askDoor(place, "PUT", "/v1/retention", { days });
  return readRetention(place);
}

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

export function readUsage(place: CollectorPlace): Promise<Usage> {
  return askFor<Usage>(place, "plan", "GET", "/v1/usage");
}

export interface PackQuery {
  readonly workflow: string;
  readonly cohort?: string | undefined;
  readonly limit: string;
}

/**
 * Fetches a pack into a new file, byte for byte: its digest is over them.
 *
 * @returns how many sessions it holds
 * @throws {CollectorError} when the collector refuses; the file is not made then
 */
export async function fetchPack(
  place: CollectorPlace,
  { workflow, cohort, limit }: PackQuery,
  out: string,
): Promise<number> {
  const query = new URLSearchParams({ workflow, limit, ...(cohort !== undefined && { cohort }) });
  const text = await askDoor(place, "GET", `/v1/evidence-pack?${query}`);
  const { sessions } = JSON.parse(text) as { sessions?: readonly unknown[] }; // A collector's answer.
  const file = openSync(out, "wx", 0o600);
  try {
    writeSync(file, text);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  return sessions?.length ?? 0;
}
