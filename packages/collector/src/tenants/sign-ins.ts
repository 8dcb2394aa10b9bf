/** People in a browser: signed in by a key or a one-time link, known again by a cookie. */
import { randomBytes } from "node:crypto";
import { DoorError, refusalError } from "../http/door-error.ts";
import type { SignInKind, SignInRow } from "../rows/sign-in-rows.ts";
import type { KeyRow, TenantRow } from "../rows/tenant-rows.ts";
import type { Store } from "../store/store.ts";
import { Recent } from "./recent.ts";
import { formatSecret, hashSecret, isWellFormed, SECRET_BYTES } from "./secret.ts";

const LINK_MS = 60_000;
const DAY_MS = 24 * 3_600_000;
/** So long a browser stays signed in; its cookie ends with it. */
export const BROWSER_MS = 7 * DAY_MS;
/** That of a member: whoever lets a member go signs it out. */
export const MEMBER_BROWSER_MS = 30 * DAY_MS;
export const INVITATION_MS = 7 * DAY_MS;
/** A clock that is set right may move by so much: who was signed in before stays so. */
const SET_BACK_MS = DAY_MS;
/** The longest that each is made for. */
const LONGEST_MS: Readonly<Record<SignInKind, number>> = {
  link: LINK_MS,
  invitation: INVITATION_MS,
  browser: MEMBER_BROWSER_MS,
};
/** A browser that signed out is known for at most this long on other nodes; on this one not at all. */
const KEEP_MS = 30_000;
const MAX_KNOWN = 10_000;

/** Whoever may sign in: a tenant with what they may do, and with which key or as which member. */
export type Signee = TenantRow &
  Pick<KeyRow, "scopes"> &
  Partial<Pick<KeyRow, "keyExpiresMs"> & Pick<SignInRow, "memberId" | "keyId">>;

export class SignIns {
  readonly #store: Store;
  readonly #clock: () => number;
  readonly #browsers: Recent<SignInRow | undefined>;

  constructor(store: Store, clock: () => number) {
    this.#store = store;
    this.#clock = clock;
    this.#browsers = new Recent({ keepMs: KEEP_MS, limit: MAX_KNOWN, clock });
  }

  /** The secret of a link that signs one browser in, within a minute. */
  newLink(signee: Signee): Promise<string> {
    return this.#add(signee, "link", LINK_MS);
  }

  /** The secret that the browser keeps as its cookie. */
  newBrowser(signee: Signee): Promise<string> {
    return this.#add(signee, "browser", BROWSER_MS);
  }

  /** Whoever the link was made for, once; undefined when it was used or is too old. */
  async useLink(secret: string): Promise<Signee | undefined> {
    const row = await this.#find(secret, "link");
    if (row === undefined) return undefined;
    const removed = await this.#store.administer({
      kind: "remove_sign_in",
      hash: hashSecret(secret),
    });
    return removed.kind === "done" && removed.value === 1 ? row : undefined;
  }

  /** Who a link invites; it can still be used. */
  invitation(secret: string): Promise<SignInRow | undefined> {
    return this.#find(secret, "invitation");
  }

  async browser(secret: string): Promise<Signee | undefined> {
    if (!isWellFormed(secret)) return undefined;
    const row = await this.#browsers.get(secret, () => this.#find(secret, "browser"));
    return row && row.expiresMs > this.#clock() ? row : undefined;
  }

  /** After a change of keys or members. */
  forget(): void {
    this.#browsers.clear();
  }

  /** @throws {DoorError} when the store cannot be written: the browser is still signed in */
  async signOut(secret: string): Promise<void> {
    const removed = await this.#store.administer({
      kind: "remove_sign_in",
      hash: hashSecret(secret),
    });
    if (removed.kind === "refused") throw refusalError(removed.code);
    // Afterwards, so that nobody who asks meanwhile remembers it again.
    this.forget();
  }

  async #add(
    { tenant, scopes, keyId, keyExpiresMs = Number.POSITIVE_INFINITY }: Signee,
    signIn: SignInKind,
    validMs: number,
  ): Promise<string> {
    const secret = formatSecret(`caum_${signIn}_`, randomBytes(SECRET_BYTES));
    const added = await this.#store.administer({
      kind: "add_sign_in",
      hash: hashSecret(secret),
      tenant,
      signIn,
      scopes,
      keyId,
      // No longer than the key that was shown.
      expiresMs: Math.min(this.#clock() + validMs, keyExpiresMs),
    });
    if (added.kind === "done") return secret;
    if (added.code !== "NOT_FOUND") throw refusalError(added.code);
    throw new DoorError("AUTHENTICATION_FAILED", "this key was revoked");
  }

  async #find(secret: string, signIn: SignInKind): Promise<SignInRow | undefined> {
    if (!isWellFormed(secret)) return undefined;
    const row = await this.#store.reader.signIn(hashSecret(secret));
    if (row?.signIn !== signIn) return undefined;
    const leftMs = row.expiresMs - this.#clock();
    // What would last for longer than it is made for was made by a clock that ran ahead.
    return leftMs > 0 && leftMs <= LONGEST_MS[signIn] + SET_BACK_MS ? row : undefined;
  }
}
