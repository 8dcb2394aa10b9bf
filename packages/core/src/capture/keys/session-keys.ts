import { KnownTexts } from "../known-texts.ts";
import { derive } from "./derive.ts";
import { Hmac } from "./hmac.ts";
import type { RootKey } from "./root-key.ts";

/** What a digest is of; each has a key of its own, so that equal bytes never match across them. */
export type Purpose = "args" | "result" | "state" | "message" | "name";

/** Hex characters of a kept id. */
const ID_LENGTH = 32;

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
  readonly #tags = new KnownTexts<string>();
  #commitment: string | undefined;
  #parent: { readonly text: string; readonly id: string } | undefined;

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
    // A collector asks for it with every event: to derive it costs eight hashes and as many arrays.
    this.#commitment ??= Buffer.from(derive(this.#sessionKey, "commitment")).toString("hex");
    return this.#commitment;
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

  /** What is kept of an id: 32 hex. */
  idOf(text: string): string {
    return this.digest("name", text).slice(0, ID_LENGTH);
  }

  /** The same for a parent, which what it asked for comes with again. */
  parentIdOf(parent: string): string {
    if (this.#parent?.text !== parent) this.#parent = { text: parent, id: this.idOf(parent) };
    return this.#parent.id;
  }

  /** A short keyed name for text that must not be kept: `x-` and 8 hex. */
  tag(text: string): string {
    return this.#tags.of(text, (name) => `x-${this.digest("name", name).slice(0, 8)}`);
  }

  #hmacOf(purpose: Purpose): Hmac {
    const known = this.#hmacs.get(purpose);
    if (known !== undefined) return known;
    const hmac = new Hmac(derive(this.#sessionKey, `purpose/${purpose}`));
    this.#hmacs.set(purpose, hmac);
    return hmac;
  }
}
