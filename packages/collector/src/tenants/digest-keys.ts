import { isJoinedSessionId, joinedSessionId, SessionKeys } from "@caum/core/adapter";
import type { RootKey } from "@caum/core/machine";
import type { KeyFacts } from "../ingest/intake.ts";

const MAX_KNOWN = 4_000;

/** The key that a tenant's own hooks and proxies digest with, where the collector has it too. */
export interface SharedKey {
  readonly root: RootKey;
  /** The one account whose writers have it. */
  readonly tenant: string;
}

/** The collector's own digest keys, for what the simple and foreign doors pass through memory. */
export class DigestKeys {
  readonly #root: RootKey;
  readonly #shared: SharedKey | undefined;
  readonly #known = new Map<string, SessionKeys>();

  constructor(root: RootKey, shared?: SharedKey) {
    this.#root = root;
    this.#shared = shared;
  }

  /** Keys of one session of one tenant; of one that hooks and proxies write into, theirs. */
  session(tenant: string, sessionId: string): SessionKeys {
    const shared = this.#sharedWith(tenant);
    if (shared === undefined || !isJoinedSessionId(sessionId)) {
      return this.#keys(`tenant/${tenant}/session/${sessionId}`);
    }
    return this.#keys(sessionId, shared);
  }

  /**
   * The session that a tenant's hooks and proxies record into for a client's own session; undefined
   * where their key is not known here.
   */
  joinedSession(tenant: string, clientSessionId: string): string | undefined {
    const shared = this.#sharedWith(tenant);
    return shared && joinedSessionId(shared, clientSessionId);
  }

  /** Keys for what must be equal across the sessions of a tenant. */
  tenant(tenant: string): SessionKeys {
    return this.#keys(`tenant/${tenant}`);
  }

  /** Keys for what must be equal across tenants. */
  collector(): SessionKeys {
    return this.#keys("collector");
  }

  #sharedWith(tenant: string): RootKey | undefined {
    return this.#shared?.tenant === tenant ? this.#shared.root : undefined;
  }

  #keys(scope: string, root = this.#root): SessionKeys {
    const known = this.#known.get(scope);
    if (known !== undefined) return known;
    const keys = new SessionKeys(root, scope);
    if (this.#known.size >= MAX_KNOWN) this.#known.clear();
    this.#known.set(scope, keys);
    return keys;
  }
}

export function keyFactsOf(keys: SessionKeys): KeyFacts {
  return { digestKeyId: keys.id, digestKeyCommitment: keys.commitment };
}
