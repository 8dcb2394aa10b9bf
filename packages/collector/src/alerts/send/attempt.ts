/** What became of one attempt to bring an alert out. */
export type Attempt =
  | { readonly kind: "delivered" }
  | {
      readonly kind: "failed";
      /** One of a closed list of words; never what the receiver said. */
      readonly problem: string;
      /** How long the receiver asks us to wait. */
      readonly retryAfterMs?: number | undefined;
      /** Trying again cannot help. */
      readonly isFinal?: boolean;
    };

export const DELIVERED: Attempt = { kind: "delivered" };

export function failed(
  problem: string,
  more: { readonly retryAfterMs?: number | undefined; readonly isFinal?: boolean } = {},
): Attempt {
  return { kind: "failed", problem, ...more };
}
