import { loadRootKey } from "../../src/capture/keys/root-key.ts";
import { SessionKeys } from "../../src/capture/keys/session-keys.ts";

/** The keys of a session under a root key that is the same in every run. */
export function keysOf(sessionId: string, rootKey = "0a".repeat(32)): SessionKeys {
  return new SessionKeys(loadRootKey({ home: "", env: { CAUM_DIGEST_KEY: rootKey } }), sessionId);
}
