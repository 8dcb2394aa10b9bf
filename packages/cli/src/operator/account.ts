/** What an operator asks of an account: keys, retention, usage and evidence packs. */
import { closeSync, fsyncSync, openSync, writeSync } from "node:fs";
import type { CollectorPlace } from "@caum/collector/validation";
import type { KeyEntryAnswer, UsageAnswer } from "@caum/core/protocol";
import { askDoor, askFor } from "./ask-door.ts";

export interface NewKey extends KeyEntryAnswer {
  readonly api_key: string;
}

export async function listKeys(place: CollectorPlace): Promise<readonly KeyEntryAnswer[]> {
  return (await askFor<{ keys: readonly KeyEntryAnswer[] }>(place, "keys", "GET", "/v1/keys")).keys;
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

export function readUsage(place: CollectorPlace): Promise<UsageAnswer> {
  return askFor<UsageAnswer>(place, "plan", "GET", "/v1/usage");
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
