import type { AlertCursor, AlertRow } from "../alerts/alert-rows.ts";
import { DoorError } from "./door-error.ts";

/** Where the next page of history begins; null after the last one. */
export function nextAlertCursor(alerts: readonly AlertRow[], limit: number): string | null {
  const last = alerts.at(-1);
  if (last === undefined || alerts.length < limit) return null;
  return Buffer.from(`${last.firedMs}.${last.id}`).toString("base64url");
}

/** @throws {DoorError} 400 when it is none of ours */
export function decodeAlertCursor(cursor: string): AlertCursor {
  const text = Buffer.from(cursor, "base64url").toString("latin1");
  const [, firedMs, id] = /^(\d{1,15})\.(alert_[0-9a-f]{32})$/.exec(text) ?? [];
  if (firedMs === undefined || id === undefined) {
    throw new DoorError("VALIDATION_ERROR", "the cursor is none of ours: start without one");
  }
  return { firedMs: Number(firedMs), id };
}
