/** Which of the keys on this machine a session was recorded under, and its own key from that. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { SessionKeys } from "@caum/core/adapter";
import { loadRootKey, type RootKey } from "@caum/core/machine";
import { type Opening, readOpenings } from "@caum/core/verify";
import { RunFiles } from "../sessions/local/run-files.ts";

export type { Opening } from "@caum/core/verify";

/** What opens each run of a session. @param session path of a bundle, or the id of a local session */
export function openings(session: string, home: string): readonly Opening[] {
  if (existsSync(session)) return readOpenings(session);
  const opened: Opening[] = [];
  for (const { record } of new RunFiles(home).newRecords(session)) {
    const { category, payload, sessionId } = record;
    if (category !== "lifecycle" || payload.type !== "open") continue;
    const { digestKeyId, digestKeyCommitment } = payload;
    opened.push({ sessionId, tenant: undefined, digestKeyId, digestKeyCommitment });
  }
  return opened;
}

export interface KeyPlaces {
  readonly home: string;
  /** The folder of a collector, which has a key of its own for what it digests itself. */
  readonly data: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** The keys to disclose, each once, and the ids of those root keys that are not here. */
export function keysFor(
  opened: readonly Opening[],
  { home, data, env }: KeyPlaces,
): { readonly keys: readonly string[]; readonly missing: readonly string[] } {
  const roots = [rootIn(home, env), rootIn(data, {})].filter((root) => root !== undefined);
  const keys = new Set<string>();
  const missing = new Set<string>();
  for (const opening of opened) {
    const found = roots
      .flatMap((root) => candidates(root, opening))
      .find(({ commitment }) => commitment === opening.digestKeyCommitment);
    if (found === undefined) missing.add(opening.digestKeyId);
    else keys.add(found.disclose());
  }
  return { keys: [...keys], missing: [...missing] };
}

/** A writer's key is of the session; a collector's of the session of one account. */
function candidates(root: RootKey, { sessionId, tenant }: Opening): readonly SessionKeys[] {
  const scopes = tenant === undefined ? [] : [`tenant/${tenant}/session/${sessionId}`];
  return [sessionId, ...scopes].map((scope) => new SessionKeys(root, scope));
}

/** Never makes a key: one that is made now opens nothing. */
function rootIn(home: string, env: KeyPlaces["env"]): RootKey | undefined {
  const isThere = env.CAUM_DIGEST_KEY?.trim() || existsSync(join(home, "keys", "digest.key"));
  const root = isThere ? loadRootKey({ home, env }) : undefined;
  if (root?.origin === "ephemeral")
    throw new Error(root.problem ?? "the digest key cannot be read");
  return root;
}
