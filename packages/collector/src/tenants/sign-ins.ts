/** People in a browser: signed in by a key or a one-time link, known again by a cookie. */
import { randomBytes } from "node:crypto";
import { DoorError, refusalError } from "../http/door-error.ts";
import type { SignInKind, SignInRow } from "../rows/sign-in-rows.ts";
import type { KeyRow, TenantRow } from "../rows/tenant-rows.ts";
import type { Store } from "../store/store.ts";
import { Recent } from "./recent.ts";
import { formatSecret, hashSecret, isWellFormed, SECRET_BYTES } from "./secret.ts";

const LINK_MS = 60_000;
/** So long a browser stays signed in; its cookie ends with it. */
export const BROWSER_MS = 7 * 24 * 3_600_000;
/** A browser that signed out is known for at most this long on other nodes; on this one not at all. */
const KEEP_MS = 30_000;
const MAX_KNOWN = 10_000;

/** Whoever may sign in: a tenant with what they may do. */
export type Signee = TenantRow & Pick<KeyRow, "scopes"> & Partial<Pick<KeyRow, "keyId">>;

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

  async browser(secret: string): Promise<Signee | undefined> {
    if (!isWellFormed(secret)) return undefined;
    const row = await this.#browsers.get(secret, () => this.#find(secret, "browser"));
    return row && row.expiresMs > this.#clock() ? row : undefined;
  }

  /** After a change of keys. */
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
    { tenant, scopes, keyId }: Signee,
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
      expiresMs: this.#clock() + validMs,
    });
    if (added.kind === "done") return secret;
    if (added.code !== "NOT_FOUND") throw refusalError(added.code);
    throw new DoorError("AUTHENTICATION_FAILED", "this key was revoked");
  }

  async #find(secret: string, signIn: SignInKind): Promise<SignInRow | undefined> {
    if (!isWellFormed(secret)) return undefined;
    const row = await this.#store.reader.signIn(hashSecret(secret));
    return row?.signIn === signIn && row.expiresMs > this.#clock() ? row : undefined;
  }
}
