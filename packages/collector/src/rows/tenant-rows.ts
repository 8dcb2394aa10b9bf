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
}

export interface TokenRow extends TenantRow {
  readonly sessionId: string;
  readonly expiresMs: number;
}

export interface KeyEntry {
  readonly keyId: string;
  readonly prefix: string;
  readonly scopes: readonly string[];
  readonly createdMs: number;
  readonly revoked: boolean;
}
