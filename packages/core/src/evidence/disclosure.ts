/** Opening the digests of one session to an auditor, and of no other. */
import { SessionKeys } from "../capture/keys/session-keys.ts";
import type { OpenPayload } from "../capture/record.ts";
import { EvidenceError } from "./error.ts";

/**
 * The digest keys of a session, from what its owner disclosed.
 *
 * With them an auditor who is also given, say, the arguments of a call checks that their digest is
 * the recorded one. The `open` record holds a commitment to the key, so that nobody can disclose
 * another key later to fit other arguments.
 *
 * @param disclosed what `SessionKeys.disclose` answered to the owner
 * @throws {EvidenceError} when it is no key, or (`other_key`) not the one this session was recorded under
 */
export function openDisclosedKey(
  disclosed: string,
  sessionId: string,
  open: Pick<OpenPayload, "digestKeyCommitment">,
): SessionKeys {
  const keys = parse(disclosed, sessionId);
  if (keys.commitment !== open.digestKeyCommitment) {
    throw new EvidenceError("other_key", "the disclosed key is not the key of this session");
  }
  return keys;
}

function parse(disclosed: string, sessionId: string): SessionKeys {
  try {
    return SessionKeys.fromDisclosed(disclosed, sessionId);
  } catch {
    throw new EvidenceError("invalid_key", "the text is not a disclosed session key");
  }
}
