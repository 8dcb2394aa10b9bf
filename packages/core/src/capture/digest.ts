import { derive } from "./keys/derive.ts";
import { Hmac } from "./keys/hmac.ts";
import type { RootKey } from "./root-key.ts";

/** What a digest is of; each has a key of its own, so that equal bytes never match across them. */
export type Purpose = "args" | "result" | "state" | "message" | "name";

/** Tags are kept for names that come again; beyond this many the memory starts afresh. */
const MAX_KNOWN_TAGS = 1_024;
const MAX_KNOWN_LENGTH = 128;

const DISCLOSURE = "caum-session-key";

/**
 * The digest keys of one session.
 *
 * They are derived from the root key, one way: who is given the key of one session can check the
 * digests of that session and of no other.
 */
export class SessionKeys {
  readonly #root: RootKey;
  readonly #sessionKey: Uint8Array;
  readonly #hmacs = new Map<Purpose, Hmac>();
  readonly #tags = new Map<string, string>();

  constructor(root: RootKey, sessionId: string) {
    this.#root = root;
    this.#sessionKey = root.sessionKey(sessionId);
  }

  /** Names the root key that the session key came from. */
  get id(): string {
    return this.#root.id;
  }

  /** Binds the session to its key without revealing it: 64 hex. */
  get commitment(): string {
    return Buffer.from(derive(this.#sessionKey, "commitment")).toString("hex");
  }

  /**
   * The keys of a session whose key was disclosed.
   *
   * @param disclosed what `disclose` answered
   * @throws {TypeError} when it is not such a text
   */
  static fromDisclosed(disclosed: string, sessionId: string): SessionKeys {
    const [label, id, hex, ...rest] = disclosed.trim().split("+");
    const isWellFormed = label === DISCLOSURE && id !== undefined && rest.length === 0;
    if (!isWellFormed || hex === undefined || !/^[0-9a-f]{64}$/.test(hex)) {
      throw new TypeError(`not a disclosed session key: expected ${DISCLOSURE}+<id>+<64 hex>`);
    }
    const key = Buffer.from(hex, "hex");
    return new SessionKeys({ id, origin: "disclosed", sessionKey: () => key }, sessionId);
  }

  /** The session key as text, for an auditor who may open this session's digests. */
  disclose(): string {
    return `${DISCLOSURE}+${this.id}+${Buffer.from(this.#sessionKey).toString("hex")}`;
  }

  /** HMAC-SHA256 under the key of the purpose: 64 hex. */
  digest(purpose: Purpose, data: Uint8Array | string): string {
    return this.#hmacOf(purpose).digest(data);
  }

  /** A short keyed name for text that must not be kept: `x-` and 8 hex. */
  tag(text: string): string {
    const known = this.#tags.get(text);
    if (known !== undefined) return known;
    const tag = `x-${this.digest("name", text).slice(0, 8)}`;
    if (text.length > MAX_KNOWN_LENGTH) return tag;
    if (this.#tags.size >= MAX_KNOWN_TAGS) this.#tags.clear();
    this.#tags.set(text, tag);
    return tag;
  }

  #hmacOf(purpose: Purpose): Hmac {
    const known = this.#hmacs.get(purpose);
    if (known !== undefined) return known;
    const hmac = new Hmac(derive(this.#sessionKey, `purpose/${purpose}`));
    this.#hmacs.set(purpose, hmac);
    return hmac;
  }
}
