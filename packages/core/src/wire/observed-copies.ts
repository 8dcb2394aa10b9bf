/**
 * Tells of every copy that a client makes of itself by `withOptions()`, which may have been given
 * another way to send.
 *
 * @param onCopy what it throws stays here; the copy works as the bare one would
 */
export function observeCopies(client: object, onCopy: (copy: object) => void): void {
  const { withOptions } = client as { withOptions?: unknown };
  if (typeof withOptions !== "function") return;
  Object.defineProperty(client, "withOptions", {
    configurable: true,
    writable: true,
    value(this: unknown, ...given: unknown[]): unknown {
      const copy: unknown = withOptions.apply(this, given);
      try {
        if (typeof copy === "object" && copy !== null) onCopy(copy);
      } catch {
        // A copy that cannot be observed works as before.
      }
      return copy;
    },
  });
}
