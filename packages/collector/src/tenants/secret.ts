/** Keys and tokens: random, shown once, stored as their SHA-256. */
import { sha256 } from "@caum/core/collector";

export const SECRET_BYTES = 24;
const CHECK_LENGTH = 4;

export type SecretPrefix =
  | "caum_live_"
  | "caum_test_"
  | "caum_admin_"
  | "caum_session_"
  | "caum_link_"
  | "caum_invitation_"
  | "caum_browser_";

/** @param random 24 random bytes: with so many a slow hash would add nothing */
export function formatSecret(prefix: SecretPrefix, random: Uint8Array): string {
  const body = Buffer.from(random).toString("base64url");
  return `${prefix}${body}${checkOf(body)}`;
}

const WELL_FORMED =
  /^caum_(?:live|test|admin|session|link|invitation|browser)_([A-Za-z0-9_-]{32})([0-9a-f]{4})$/;

/** Whether a text can be a key at all; a typing error is found without asking the store. */
export function isWellFormed(secret: string): boolean {
  const [, body = "", check] = WELL_FORMED.exec(secret) ?? [];
  return check !== undefined && check === checkOf(body);
}

/** What is stored and looked up. */
export function hashSecret(secret: string): string {
  return sha256(secret);
}

/** What may be shown of a key later. */
export function visiblePart(secret: string): string {
  return secret.slice(0, "caum_live_".length + CHECK_LENGTH);
}

function checkOf(body: string): string {
  return sha256(`caum secret ${body}`).slice(0, CHECK_LENGTH);
}
