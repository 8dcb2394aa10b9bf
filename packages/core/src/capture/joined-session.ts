import { Hmac } from "./keys/hmac.ts";
import type { RootKey } from "./keys/root-key.ts";
import { looksLikeId } from "./label.ts";

const HEX_LENGTH = 32;

/**
 * The session that everybody who knows the client's own session id records into: the client's
 * hooks, and the proxies in front of its servers.
 *
 * Keyed, so that the id tells nothing to whoever has no key of this machine.
 *
 * @param clientSessionId as the client gives it to hooks, to its servers' environment or in `_meta`
 * @returns `s-` and 32 hex; the same on every writer of one machine
 */
export function joinedSessionId(rootKey: RootKey, clientSessionId: string): string {
  const hmac = new Hmac(rootKey.sessionKey("client sessions"));
  return `s-${hmac.digest(clientSessionId).slice(0, HEX_LENGTH)}`;
}

/** Whether a session's id was made by `joinedSessionId`, or looks like it. */
export function isJoinedSessionId(sessionId: string): boolean {
  return /^s-[0-9a-f]{32}$/.test(sessionId);
}

/** A host's id as it may be kept: a program may have put a person or a sentence there. */
export function hostSessionId(rootKey: RootKey, id: string): string {
  return looksLikeId(id) ? id : joinedSessionId(rootKey, id);
}
