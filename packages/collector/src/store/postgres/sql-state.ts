/** What a failure of the database means for whoever asked. */

/** What a row is locked by may be a transaction that nobody will end soon: lock_not_available. */
const LOCKED = "55P03";

/** Give up waiting for the other transaction and start over from what stands now. */
const CONFLICTS: ReadonlySet<string> = new Set([
  "40001", // serialization_failure
  "40P01", // deadlock_detected
  LOCKED,
  "23505", // unique_violation: another node was first, and is found on the next attempt
  "26000", // invalid_sql_statement_name: nothing is prepared by name in the next attempt
]);

/** The server is going, coming or full: the work was not done, or nobody can say. */
const LOST: ReadonlySet<string> = new Set([
  "57P01", // admin_shutdown
  "57P02", // crash_shutdown
  "57P03", // cannot_connect_now
  "57014", // query_canceled
  "53300", // too_many_connections
  "25P03", // idle_in_transaction_session_timeout
  "25006", // read_only_sql_transaction: a standby that is not promoted yet
]);

/** disk_full, and the same told by the file system as an I/O error. */
const FULL: ReadonlySet<string> = new Set(["53100"]);

/** The connection broke during a commit: it is done or undone, and nobody can say which. */
export class CommitLost extends Error {
  override readonly name = "CommitLost";

  constructor(cause: unknown) {
    super("the connection broke", { cause });
  }
}

/** The server has written it and waits for a standby that does not confirm it. */
export class StandbyAway extends Error {
  override readonly name = "StandbyAway";

  constructor() {
    super("the database waits for its synchronous standby");
  }
}

/** No server that is wanted can be reached; asking again may find one. */
export class ServerAway extends Error {
  override readonly name = "ServerAway";

  constructor(message: string, cause: unknown) {
    super(message, { cause });
  }
}

export type Trouble = "conflict" | "lost" | "full" | "other";

const LOSSES = [CommitLost, StandbyAway, ServerAway];

export function troubleOf(failure: unknown): Trouble {
  if (LOSSES.some((loss) => failure instanceof loss)) return "lost";
  const state = sqlStateOf(failure);
  if (state === undefined) return isConnectionFailure(failure) ? "lost" : "other";
  if (CONFLICTS.has(state)) return "conflict";
  if (FULL.has(state)) return "full";
  return LOST.has(state) || state.startsWith("08") ? "lost" : "other";
}

export function isOfLock(failure: unknown): boolean {
  return sqlStateOf(failure) === LOCKED;
}

/** Whether it is a standby that is waited for, as far as anybody knows. */
export function isOfStandby(failure: unknown): boolean {
  const cause = failure instanceof CommitLost ? failure.cause : failure;
  return cause instanceof StandbyAway;
}

/** The five characters by which PostgreSQL names a failure; undefined when it was not the server. */
export function sqlStateOf(failure: unknown): string | undefined {
  if (!(failure instanceof Error) || !("code" in failure) || "syscall" in failure) return undefined;
  const { code } = failure;
  return typeof code === "string" && /^[0-9A-Z]{5}$/.test(code) ? code : undefined;
}

/** The driver names system errors by their code and its own by their text alone. */
function isConnectionFailure(failure: unknown): boolean {
  if (!(failure instanceof Error)) return false;
  if ("syscall" in failure) return true;
  if ("errors" in failure) return true;
  if ("code" in failure && typeof failure.code === "string") return /^E[A-Z]+$/.test(failure.code);
  return /connection|timeout|client (was closed|has encountered)/i.test(failure.message);
}
