/** Reading what a client sent, whatever it is. */

export type Members = Readonly<Record<string, unknown>>;

export function membersOf(value: unknown): Members {
  // True because nothing is known of the members.
  return typeof value === "object" && value !== null ? (value as Members) : {};
}

export function listOf(value: unknown): readonly Members[] {
  return Array.isArray(value) ? value.map(membersOf) : [];
}

export function eventStream(
  events: readonly { readonly event?: string; readonly data: unknown }[],
) {
  const body = events
    .map(({ event, data }) => {
      const text = typeof data === "string" ? data : JSON.stringify(data);
      return `${event === undefined ? "" : `event: ${event}\n`}data: ${text}\n\n`;
    })
    .join("");
  return { type: "text/event-stream" as const, body };
}

let last = 0;
/** Ids as models make them: never the same twice. */
export function newId(prefix: string): string {
  last += 1;
  return `${prefix}${last.toString(36).padStart(6, "0")}field`;
}
