import type { Scope } from "@caum/core/protocol";
import { DoorError } from "../http/door-error.ts";
import type { KeyRow, TokenRow } from "../rows/tenant-rows.ts";
import type { Store } from "../store/store.ts";
import type { KeyUses } from "./key-uses.ts";
import { Recent } from "./recent.ts";
import { hashSecret, isWellFormed } from "./secret.ts";

/** A revoked key works for at most this long on other nodes; on this one not at all. */
const KEEP_MS = 30_000;
const MAX_KNOWN = 10_000;

const BEARER = /^Bearer +(\S+)$/i;

/** Says who a key or a token belongs to. */
export class Authenticator {
  readonly #store: Store;
  readonly #clock: () => number;
  readonly #keys: Recent<KeyRow | undefined>;
  readonly #tokens: Recent<TokenRow | undefined>;
  readonly #uses: Pick<KeyUses, "note">;

  constructor(store: Store, clock: () => number, uses: Pick<KeyUses, "note">) {
    this.#store = store;
    this.#clock = clock;
    this.#uses = uses;
    this.#keys = new Recent({ keepMs: KEEP_MS, limit: MAX_KNOWN, clock });
    this.#tokens = new Recent({ keepMs: KEEP_MS, limit: MAX_KNOWN, clock });
  }

  /** The owner of the key in an `Authorization` header; undefined when there is no header. */
  async keyOwner(authorization: string | undefined): Promise<KeyRow | undefined> {
    if (authorization === undefined) return undefined;
    const key = BEARER.exec(authorization)?.[1];
    if (key === undefined || !isWellFormed(key)) throw unknownKey();
    const hash = hashSecret(key);
    const owner = await this.#keys.get(hash, () => this.#store.reader.key(hash));
    if (owner === undefined) throw unknownKey();
    if ((owner.keyExpiresMs ?? Number.POSITIVE_INFINITY) <= this.#clock()) throw expiredKey();
    this.#uses.note(owner);
    return owner;
  }

  /**
   * @param anyOf of which one is enough
   * @throws {DoorError} 401 without a known key, 403 when it may not do this
   */
  async withScope(authorization: string | undefined, ...anyOf: readonly Scope[]): Promise<KeyRow> {
    const owner = await this.keyOwner(authorization);
    if (owner === undefined) {
      throw new DoorError("AUTHENTICATION_FAILED", "send the header Authorization: Bearer KEY");
    }
    if (anyOf.some((scope) => owner.scopes.includes(scope))) return owner;
    throw new DoorError("FORBIDDEN", `this key lacks the scope ${anyOf.join(" or ")}`);
  }

  /** The session that a token opens; undefined when it opens none. */
  async tokenOwner(token: string): Promise<TokenRow | undefined> {
    if (!isWellFormed(token)) return undefined;
    const hash = hashSecret(token);
    const owner = await this.#tokens.get(hash, () => this.#store.reader.token(hash));
    return owner && owner.expiresMs > this.#clock() ? owner : undefined;
  }

  /** After a change of keys. */
  forget(): void {
    this.#keys.clear();
    this.#tokens.clear();
  }
}

function expiredKey(): DoorError {
  return new DoorError("AUTHENTICATION_FAILED", "this key has expired: use another one");
}

function unknownKey(): DoorError {
  return new DoorError("AUTHENTICATION_FAILED", "this key is not known here, or was revoked");
}
