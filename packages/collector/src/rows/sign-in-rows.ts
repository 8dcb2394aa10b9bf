import type { TenantRow } from "./tenant-rows.ts";

/**
 * A `link` becomes a `browser` once, and so does an `invitation`, which is of a member; a browser stays
 * signed in until it expires or signs out.
 */
export type SignInKind = "link" | "invitation" | "browser";

/** Somebody who may look at a tenant's sessions without showing a key each time. */
export interface SignInRow extends TenantRow {
  readonly signIn: SignInKind;
  readonly scopes: readonly string[];
  readonly expiresMs: number;
  /** Whose it is; undefined where a key or a one-time link signed in. */
  readonly memberId: string | undefined;
  /** The key that signed in; undefined where a member or a one-time link did. */
  readonly keyId: string | undefined;
}

/** Changes of sign-ins, beside the other commands of a store. */
export type SignInCommand =
  | {
      /** Refused as NOT_FOUND when the key was revoked meanwhile. */
      readonly kind: "add_sign_in";
      readonly hash: string;
      readonly tenant: number;
      readonly signIn: SignInKind;
      readonly scopes: readonly string[];
      /** The key that was shown; when it is revoked, its sign-ins go as well. */
      readonly keyId?: string | undefined;
      readonly expiresMs: number;
    }
  /** Of one secret, whoever's it is. Answers 1 to the one who removed it, and 0 to all others. */
  | { readonly kind: "remove_sign_in"; readonly hash: string };
