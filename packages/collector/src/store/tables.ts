/**
 * Every table with rows that are kept for somebody, and whose they are: what is deleted, purged,
 * fenced and moved is read from here.
 */
interface Table {
  /**
   * How its rows say whose they are: by their tenant, or, in a folder, by the key of their session
   * alone. On PostgreSQL the rows of both name their tenant.
   */
  readonly of: "tenant" | "session" | "everybody";
  /** Its rows go when their session is deleted; what is left of a session stands in two others. */
  readonly goesWithSession?: true;
  /** Its rows are also found by the hash of a secret, before the tenant is known. */
  readonly opensBySecret?: true;
}

const TABLES = {
  tenants: { of: "everybody" },
  service_clock: { of: "everybody" },
  witness_leases: { of: "everybody" },
  keys: { of: "tenant", opensBySecret: true },
  tokens: { of: "tenant", opensBySecret: true },
  sign_ins: { of: "tenant", opensBySecret: true },
  members: { of: "tenant" },
  alert_rules: { of: "tenant" },
  alerts: { of: "tenant", goesWithSession: true },
  subscriptions: { of: "tenant" },
  checkouts: { of: "tenant" },
  billing_events: { of: "tenant" },
  event_ids: { of: "tenant", goesWithSession: true },
  traces: { of: "tenant", goesWithSession: true },
  logs: { of: "tenant" },
  log_entries: { of: "tenant" },
  log_blocks: { of: "tenant" },
  log_notes: { of: "tenant" },
  memory_rounds: { of: "tenant" },
  memory_days: { of: "tenant" },
  memory_cards: { of: "tenant" },
  memory_sessions: { of: "tenant", goesWithSession: true },
  overview_rounds: { of: "tenant" },
  overview_days: { of: "tenant" },
  overview_sessions: { of: "tenant", goesWithSession: true },
  loop_groups: { of: "tenant" },
  loop_group_days: { of: "tenant" },
  saved_views: { of: "tenant" },
  usage_sums: { of: "tenant" },
  usage_sessions: { of: "tenant", goesWithSession: true },
  sessions: { of: "tenant" },
  records: { of: "session", goesWithSession: true },
  record_chunks: { of: "session", goesWithSession: true },
  steps: { of: "session", goesWithSession: true },
  runs: { of: "session", goesWithSession: true },
  forks: { of: "session", goesWithSession: true },
  subtrees: { of: "session", goesWithSession: true },
  judgements: { of: "session", goesWithSession: true },
  notes: { of: "session" },
  time_stamps: { of: "session", goesWithSession: true },
} as const satisfies Readonly<Record<string, Table>>;

export type TableName = keyof typeof TABLES;

function tablesWhere(fits: (table: Table) => boolean): readonly TableName[] {
  const names = Object.keys(TABLES) as TableName[]; // The keys of the list.
  return names.filter((name) => fits(TABLES[name]));
}

export const ALL_TABLES = tablesWhere(() => true);
/** Belong to nobody or to everybody. */
export const SHARED_TABLES = tablesWhere((table) => table.of === "everybody");
/** Name their tenant in every store. */
export const TENANT_TABLES = tablesWhere((table) => table.of === "tenant");
/** Name their session, and in a folder nothing else. */
export const SESSION_TABLES = tablesWhere((table) => table.of === "session");
export const GOES_WITH_SESSION = tablesWhere((table) => table.goesWithSession === true);
export const OPENS_BY_SECRET = tablesWhere((table) => table.opensBySecret === true);
