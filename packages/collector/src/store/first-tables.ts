/**
 * Tables that both databases make alike, as the step of their layout made them that was the first to
 * have them. A step never changes: what a table became later is a step of its own in each layout.
 */

/** The words of one database. */
export interface LayoutWords {
  readonly create: string;
  readonly integer: "integer" | "bigint";
  readonly bytes: "blob" | "bytea";
  /** The tenant of rows that name their session, before their other columns and before their key. */
  readonly tenant: string;
  readonly tenantKey: string;
  /** Behind a table of short rows. */
  readonly short: string;
  /** What only this database had in these tables from the start, in the places of these columns. */
  readonly own: {
    readonly sessionKey: string;
    readonly sessionVersion: string;
    readonly sessionLabels: string;
    readonly sessionFigures: string;
    readonly sessionUnique: string;
    readonly ruleSecrets: string;
  };
}

/** The statements that make the tables, by their names; without a semicolon. */
export function firstTables(words: LayoutWords) {
  const { create, integer, bytes, tenant, tenantKey, short, own } = words;
  return {
    tenants: `${create} tenants (
      key ${integer} primary key,
      ulid text not null unique,
      kind text not null,
      plan text not null,
      email text unique,
      created_ms ${integer} not null,
      trial_ends_ms ${integer},
      retention_days ${integer}
    )`,
    keys: `${create} keys (
      hash ${bytes} primary key,
      tenant ${integer} not null,
      key_id text not null,
      prefix text not null,
      scopes text not null,
      created_ms ${integer} not null,
      revoked ${integer} not null default 0,
      unique (tenant, key_id)
    )${short}`,
    tokens: `${create} tokens (
      hash ${bytes} primary key,
      tenant ${integer} not null,
      session_id text not null,
      expires_ms ${integer} not null
    )${short}`,
    signIns: `${create} sign_ins (
      hash ${bytes} primary key,
      tenant ${integer} not null,
      kind text not null,
      scopes text not null,
      key_id text,
      expires_ms ${integer} not null
    )${short}`,
    sessions: `${create} sessions (${own.sessionKey}
      tag text not null,
      id text,${own.sessionVersion}
      facts text not null,
      origins text not null,
      agent text,${own.sessionLabels}
      size ${integer} not null,
      tree text not null,
      door text,
      segment ${integer} not null,
      segment_start ${integer} not null,
      ended ${integer} not null,
      resolved ${integer},
      totals text not null,
      tokens ${integer} not null,
      cost_nano_usd ${integer} not null,
      steps ${integer} not null,
      runs ${integer} not null,
      last_leaf text not null,
      first_ms ${integer} not null,
      last_ms ${integer} not null,
      tier text not null,
      regime text not null,
      standing text not null,${own.sessionFigures}
      gone ${integer} not null default 0,
      buried ${integer} not null default 0,
      ${own.sessionUnique}
    )`,
    eventIds: `${create} event_ids (
      tenant ${integer} not null,
      id ${bytes} not null,
      session ${integer} not null,
      position ${integer} not null,
      body text,
      primary key (tenant, id)
    )${short}`,
    steps: `${create} steps (${tenant}
      session ${integer} not null,
      segment ${integer} not null,
      step ${integer} not null,
      body text not null,
      position ${integer} not null,
      primary key (${tenantKey}session, segment, step, body)
    )${short}`,
    runs: `${create} runs (${tenant}
      session ${integer} not null,
      run text not null,
      next ${integer} not null,
      head text,
      forked ${integer} not null,
      primary key (${tenantKey}session, run)
    )${short}`,
    forks: `${create} forks (${tenant}
      session ${integer} not null,
      run text not null,
      seq ${integer} not null,
      leaf text not null,
      reason text not null,
      received_ms ${integer} not null,
      primary key (${tenantKey}session, run, seq, leaf)
    )${short}`,
    subtrees: `${create} subtrees (${tenant}
      session ${integer} not null,
      block ${integer} not null,
      root ${bytes} not null,
      primary key (${tenantKey}session, block)
    )${short}`,
    notes: `${create} notes (${tenant}
      session ${integer} not null,
      size ${integer} not null,
      note text not null,
      primary key (${tenantKey}session, size)
    )${short}`,
    timeStamps: `${create} time_stamps (${tenant}
      session ${integer} not null,
      size ${integer} not null,
      reply text not null,
      primary key (${tenantKey}session, size)
    )${short}`,
    alertRules: `${create} alert_rules (
      tenant ${integer} not null,
      id text not null,
      condition text not null,
      action_type text not null,
      destination text not null,${own.ruleSecrets}
      created_ms ${integer} not null,
      primary key (tenant, id)
    )${short}`,
    alerts: `${create} alerts (
      tenant ${integer} not null,
      id text not null,
      rule text not null,
      session ${integer},
      status text not null,
      fired_ms ${integer} not null,
      due_ms ${integer} not null,
      attempts ${integer} not null default 0,
      settled_ms ${integer},
      problem text,
      facts text not null,
      primary key (tenant, id)
    )${short}`,
    serviceClock: `${create} service_clock (
      one ${integer} primary key check (one = 1),
      service_ms ${integer} not null,
      high_ms ${integer} not null
    )`,
    subscriptions: `${create} subscriptions (
      tenant ${integer} not null,
      id text not null,
      status text not null,
      changed_s ${integer} not null,
      primary key (tenant, id)
    )${short}`,
    checkouts: `${create} checkouts (
      tenant ${integer} primary key,
      attempt ${integer} not null,
      session text,
      url text,
      expires_ms ${integer}
    )`,
    billingEvents: `${create} billing_events (
      tenant ${integer} not null,
      id text not null,
      received_ms ${integer} not null,
      primary key (tenant, id)
    )${short}`,
    traces: `${create} traces (
      tenant ${integer} not null,
      id ${bytes} not null,
      session ${integer} not null,
      primary key (tenant, id, session)
    )${short}`,
    logs: `${create} logs (
      tenant ${integer} primary key,
      size ${integer} not null,
      tree text not null,
      changed_ms ${integer} not null
    )`,
    logEntries: `${create} log_entries (
      tenant ${integer} not null,
      position ${integer} not null,
      tag text not null,
      size ${integer} not null,
      entry text not null,
      primary key (tenant, position)
    )${short}`,
    logBlocks: `${create} log_blocks (
      tenant ${integer} not null,
      block ${integer} not null,
      root ${bytes} not null,
      primary key (tenant, block)
    )${short}`,
    logNotes: `${create} log_notes (
      tenant ${integer} not null,
      size ${integer} not null,
      note text not null,
      cosigners text not null,
      seen_minute ${integer} not null,
      primary key (tenant, size)
    )${short}`,
    memoryRounds: `${create} memory_rounds (
      tenant ${integer} primary key,
      round ${integer} not null,
      over_ms ${integer} not null,
      idle_ms ${integer} not null
    )`,
    memoryDays: `${create} memory_days (
      tenant ${integer} not null,
      kind text not null,
      name text not null,
      day ${integer} not null,
      sessions ${integer} not null,
      looped ${integer} not null,
      sketch ${bytes} not null,
      primary key (tenant, kind, day, name)
    )${short}`,
    memoryCards: `${create} memory_cards (
      tenant ${integer} not null,
      kind text not null,
      name text not null,
      sessions ${integer} not null,
      first_ms ${integer} not null,
      last_ms ${integer} not null,
      choice text,
      state ${bytes},
      card text,
      primary key (tenant, kind, name)
    )${short}`,
    memorySessions: `${create} memory_sessions (
      tenant ${integer} not null,
      session ${integer} not null,
      folded_size ${integer} not null,
      day ${integer} not null,
      names text not null,
      sketch ${bytes} not null,
      primary key (tenant, session)
    )${short}`,
    recordChunks: `${create} record_chunks (${tenant}
      session ${integer} not null,
      first ${integer} not null,
      count ${integer} not null,
      body ${bytes} not null,
      primary key (${tenantKey}session, first)
    )`,
    witnessLeases: `${create} witness_leases (
      witness text primary key,
      holder text not null,
      until_ms ${integer} not null
    )`,
  };
}
