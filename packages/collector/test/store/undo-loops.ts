const COLUMNS = [
  "active_ms",
  "earlier",
  "loops",
  "loop_steps",
  "loop_cost_nano_usd",
  "worst_tier",
  "acknowledged_ms",
  "acknowledged_by",
  "acknowledged_loops",
];

/** What came last. */
const MAKERS = ["alter table keys drop column made_by"];

/** What came with chunks of records, and later. */
const CHUNKS = [
  ...MAKERS,
  "drop table usage_sums",
  "drop table usage_sessions",
  "drop table record_chunks",
  "alter table runs drop column deleted_before",
  "alter table tenants drop column buried_before_ms",
  "alter table sessions drop column buried_steps",
];

/** What came after the overview. */
export const MEMBERS = [
  ...CHUNKS,
  "drop table members",
  "alter table sign_ins drop column member_id",
  ...["label", "expires_ms", "last_used_ms"].map((name) => `alter table keys drop column ${name}`),
];

/** What came with structures, and later. */
const STRUCTURES = [
  ...MEMBERS,
  ...["overview_rounds", "overview_days", "overview_sessions", "loop_groups"].map(
    (name) => `drop table ${name}`,
  ),
  ...["loop_group_days", "saved_views"].map((name) => `drop table ${name}`),
  ...["memory_rounds", "memory_days", "memory_cards", "memory_sessions"].map(
    (name) => `drop table ${name}`,
  ),
  // Only a folder has it.
  "drop table if exists new_event_ids",
  "drop index sessions_by_start",
  "alter table sessions drop column structure",
];

/** Takes a database back to the layout before chunks. @param version that added them */
export function undoChunks(version: number): readonly string[] {
  return [...CHUNKS, `delete from schema_migrations where version >= ${version}`];
}

/** Takes a database back to the layout before structures. @param version that added them */
export function undoStructures(version: number): readonly string[] {
  return [...STRUCTURES, `delete from schema_migrations where version >= ${version}`];
}

/** Takes a database back to the layout that knew nothing of loops. @param version that added them */
export function undoLoops(version: number): readonly string[] {
  return [
    ...STRUCTURES,
    ...[
      "traces",
      "logs",
      "log_entries",
      "log_blocks",
      "log_notes",
      "time_stamps",
      "witness_leases",
    ].map((name) => `drop table ${name}`),
    "alter table alert_rules drop column dwell_steps",
    "drop index sessions_with_loops",
    ...COLUMNS.map((column) => `alter table sessions drop column ${column}`),
    `delete from schema_migrations where version >= ${version}`,
  ];
}

/** Takes a database back to the layout before it was kept who made a key. @param version that added it */
export function undoMakers(version: number): readonly string[] {
  return [...MAKERS, `delete from schema_migrations where version >= ${version}`];
}
