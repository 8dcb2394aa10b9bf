/** Who a key or a token belongs to. */
export interface TenantRow {
  readonly tenant: number;
  readonly ulid: string;
  readonly kind: "account" | "demo";
  readonly plan: string;
  readonly trialEndsMs: number | undefined;
}

export interface KeyRow extends TenantRow {
  readonly keyId: string;
  readonly scopes: readonly string[];
  /** From then on it opens nothing. */
  readonly keyExpiresMs: number | undefined;
}

/** When a key was used last. */
export interface KeyUse {
  readonly keyId: string;
  readonly usedMs: number;
}

export interface TokenRow extends TenantRow {
  readonly sessionId: string;
  readonly expiresMs: number;
}

/** The first start of the collector, a registration, or whoever had this key or was this member. */
export type KeyMaker =
  | { readonly kind: "first_start" | "registration" }
  | { readonly kind: "key" | "member"; readonly id: string };

export interface KeyEntry {
  readonly keyId: string;
  readonly label: string | undefined;
  readonly prefix: string;
  readonly scopes: readonly string[];
  readonly createdMs: number;
  readonly expiresMs: number | undefined;
  readonly lastUsedMs: number | undefined;
  readonly revoked: boolean;
  /** Absent for keys from before it was kept. */
  readonly maker?: KeyMaker | undefined;
}
