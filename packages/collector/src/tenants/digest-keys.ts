import { type RootKey, SessionKeys } from "@caum/core";
import type { KeyFacts } from "../ingest/intake.ts";

const MAX_KNOWN = 4_000;

/** The collector's own digest keys, for what the simple and foreign doors pass through memory. */
export class DigestKeys {
  readonly #root: RootKey;
  readonly #known = new Map<string, SessionKeys>();

  constructor(root: RootKey) {
    this.#root = root;
  }

  /** Keys of one session of one tenant. */
  session(tenant: string, sessionId: string): SessionKeys {
    return this.#keys(`tenant/${tenant}/session/${sessionId}`);
  }

  /** Keys for what must be equal across the sessions of a tenant. */
  tenant(tenant: string): SessionKeys {
    return this.#keys(`tenant/${tenant}`);
  }

  /** Keys for what must be equal across tenants. */
  collector(): SessionKeys {
    return this.#keys("collector");
  }

  #keys(scope: string): SessionKeys {
    const known = this.#known.get(scope);
    if (known !== undefined) return known;
    const keys = new SessionKeys(this.#root, scope);
    if (this.#known.size >= MAX_KNOWN) this.#known.clear();
    this.#known.set(scope, keys);
    return keys;
  }
}

export function keyFactsOf(keys: SessionKeys): KeyFacts {
  return { digestKeyId: keys.id, digestKeyCommitment: keys.commitment };
}
