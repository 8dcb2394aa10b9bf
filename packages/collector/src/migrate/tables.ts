/** Which tables are moved, and in which portions. */

/** Reached by session, because in the folder these rows do not say whose they are. */
export const SESSION_TABLES = [
  "records",
  "steps",
  "runs",
  "forks",
  "subtrees",
  "judgements",
  "notes",
] as const;

/** Reached by tenant. They are small, but for `event_ids`, which the folder cannot find by session. */
export const TENANT_TABLES = [
  "keys",
  "tokens",
  "sign_ins",
  "alert_rules",
  "alerts",
  "subscriptions",
  "checkouts",
  "billing_events",
  "event_ids",
  "traces",
] as const;

/** Belong to nobody or to everybody. */
export const SHARED_TABLES = ["tenants", "service_clock"] as const;

export const MOVED_TABLES = [
  ...SHARED_TABLES,
  ...TENANT_TABLES,
  "sessions",
  ...SESSION_TABLES,
] as const;

export type MovedTable = (typeof MOVED_TABLES)[number];
