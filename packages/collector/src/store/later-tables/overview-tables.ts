/** The tables of the overview, of groups of loops and of saved views, as both databases make them. */
import type { LayoutWords } from "../first-tables.ts";

/** A step never changes: later columns are a step of their own. */
export function overviewTables({ create, integer, short }: LayoutWords) {
  const sums = [
    ...["sessions", "looped", "loops", "steps", "loop_steps", "failures", "denied", "unanswered"],
    ...["dropped", "dropped_in", "partial", "tokens", "tokens_known", "loop_tokens"],
    ...["cost_nano_usd", "cost_known", "loop_cost_nano_usd"],
  ];
  return {
    rounds: `${create} overview_rounds (
      tenant ${integer} primary key,
      round ${integer} not null,
      over_ms ${integer} not null,
      all_ms ${integer} not null
    )`,
    days: `${create} overview_days (
      tenant ${integer} not null,
      kind text not null,
      day ${integer} not null,
      name text not null,
      ${sums.map((name) => `${name} ${integer} not null`).join(", ")},
      primary key (tenant, kind, day, name)
    )${short}`,
    sessions: `${create} overview_sessions (
      tenant ${integer} not null,
      session ${integer} not null,
      folded_size ${integer} not null,
      contribution text not null,
      primary key (tenant, session)
    )${short}`,
    groups: `${create} loop_groups (
      tenant ${integer} not null,
      id text not null,
      agent text not null,
      rule text not null,
      period ${integer} not null,
      tools text not null,
      sessions ${integer} not null,
      loops ${integer} not null,
      steps ${integer} not null,
      cost_nano_usd ${integer} not null,
      cost_known ${integer} not null,
      first_ms ${integer} not null,
      last_ms ${integer} not null,
      latest ${integer} not null,
      acknowledged_loops ${integer} not null default 0,
      muted_until_ms ${integer} not null default 0,
      said_by text,
      said_ms ${integer},
      comments text,
      primary key (tenant, id)
    )${short}`,
    groupDays: `${create} loop_group_days (
      tenant ${integer} not null,
      id text not null,
      day ${integer} not null,
      loops ${integer} not null,
      primary key (tenant, id, day)
    )${short}`,
    views: `${create} saved_views (
      tenant ${integer} not null,
      id text not null,
      name text not null,
      address text not null,
      created_ms ${integer} not null,
      primary key (tenant, id)
    )${short}`,
  };
}
