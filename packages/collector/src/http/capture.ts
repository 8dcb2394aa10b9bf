/** From what a door was sent to what may be kept. */

import type { Status } from "@caum/core";
import { labelOf, ownLabelOf, type SessionKeys, STATUSES } from "@caum/core/adapter";
import { isIdentifier } from "@caum/core/collector";

/** The keys of one session, and whether names are keyed too. */
export interface DoorCapture {
  readonly keys: SessionKeys;
  readonly hashNames: boolean;
}

const SYNONYMS: Readonly<Record<string, Status>> = {
  success: "ok",
  succeeded: "ok",
  passed: "ok",
  done: "ok",
  completed: "ok",
  true: "ok",
  fail: "error",
  failed: "error",
  failure: "error",
  exception: "error",
  false: "error",
  "not-found": "not_found",
  notfound: "not_found",
  timed_out: "timeout",
  canceled: "cancelled",
  forbidden: "denied",
  unauthorized: "denied",
};

/** A status as one of the closed list. */
export function statusOf(sent: unknown): Status {
  const word = String(sent).trim().toLowerCase();
  const known = STATUSES.find((status) => status === word);
  return known ?? (Object.hasOwn(SYNONYMS, word) ? SYNONYMS[word] : undefined) ?? "unknown";
}

/** What an HTTP status or an exit code says about a call. */
export function statusOfCode(code: number): Status {
  if (code === 0 || (code >= 100 && code < 400)) return "ok";
  if (code === 404 || code === 410) return "not_found";
  if (code === 408 || code === 504 || code === 124) return "timeout";
  if (code === 429) return "rate_limited";
  return code === 401 || code === 403 ? "denied" : "error";
}

/** The user's own id or name, or a keyed tag where it does not fit the record schema. */
export function identifierOf(text: string, keys: SessionKeys): string {
  return isIdentifier(text) ? text : keys.tag(text);
}

export function optionalLabel(
  text: string | null | undefined,
  { keys, hashNames }: DoorCapture,
): string | undefined {
  return text ? labelOf(text, keys, hashNames) : undefined;
}

/** What whoever runs the sender chose about it. */
export function optionalOwnLabel(
  text: string | null | undefined,
  { keys, hashNames }: DoorCapture,
): string | undefined {
  return text ? ownLabelOf(text, keys, hashNames) : undefined;
}

const TASK_TAG_LENGTH = 16;

/** The tag that stands for a task's text: equal in all sessions of a tenant. */
export function taskTagOf(task: string, tenantKeys: SessionKeys): string {
  return `task_${tenantKeys.digest("name", task).slice(0, TASK_TAG_LENGTH)}`;
}

/** A time with a zone as UTC milliseconds; undefined when it is none, or of another era. */
export function timestampOf(sent: string | number): string | undefined {
  const ms = typeof sent === "number" ? (sent < 1e11 ? sent * 1_000 : sent) : Date.parse(sent);
  if (!Number.isFinite(ms) || Math.abs(ms) > 8.64e15) return undefined;
  const text = new Date(ms).toISOString();
  return text.length === 24 ? text : undefined;
}

/** A UUID made of a keyed digest, for ids that are none (RFC 9562, version 8). */
export function uuidOf(text: string, keys: SessionKeys): string {
  const hex = keys.digest("name", `event id ${text}`);
  const variant = ((Number.parseInt(hex.slice(16, 18), 16) & 0x3f) | 0x80).toString(16);
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `8${hex.slice(13, 16)}`,
    `${variant}${hex.slice(18, 20)}`,
    hex.slice(20, 32),
  ].join("-");
}

/** A short keyed digest of a body, to tell an identical repeat from another body. */
export function bodyDigest(body: string, keys: SessionKeys): string {
  return keys.digest("state", `body ${body}`).slice(0, 32);
}

/** The same object without the keys that are undefined: absent means absent. */
export function present<T extends object>(
  fields: T,
): { [K in keyof T]?: Exclude<T[K], undefined | null> } {
  const kept: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(fields)) {
    if (value !== undefined && value !== null) kept[key] = value;
  }
  // True because exactly the keys without a value are left out.
  return kept as { [K in keyof T]?: Exclude<T[K], undefined | null> };
}
