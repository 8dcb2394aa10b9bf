/** The tables of usage that was added up, as both databases make them. */
import type { LayoutWords } from "../first-tables.ts";

/** A step never changes: later columns are a step of their own. */
export function usageTables({ create, integer, short }: LayoutWords) {
  const figures = ["steps", "tokens", "cost_nano_usd", "dropped"]
    .map((name) => `${name} ${integer} not null`)
    .join(", ");
  return {
    sums: `${create} usage_sums (
      tenant ${integer} primary key,
      counted_ms ${integer} not null,
      next_ms ${integer} not null,
      next_key ${integer} not null,
      sessions ${integer} not null,
      size ${integer} not null,
      ${figures}
    )`,
    sessions: `${create} usage_sessions (
      tenant ${integer} not null,
      session ${integer} not null,
      size ${integer} not null,
      ${figures},
      primary key (tenant, session)
    )${short}`,
  };
}
