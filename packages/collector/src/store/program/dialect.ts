import type { Columns } from "../columns/memory-columns.ts";

/** Where SQLite and PostgreSQL need other words for the same. */
export interface Dialect {
  /**
   * Before a condition on a session: on PostgreSQL every row names its tenant, and every key begins
   * with it. In a folder the rows of a session name the session alone.
   */
  readonly ofTenant: "tenant = $1 and " | "";
  /** The rows of all sessions of the tenant `$1`. */
  readonly ofAllSessions: string;
  /** Likewise before the columns of such a row, and before their values. */
  readonly tenantColumn: "tenant, " | "";
  readonly tenantValue: "$1, " | "";
  /** The key `$1` of a new row, or one that the database makes. */
  readonly newKey: "$1" | "null";
  /** Behind a read whose rows nobody else may change until the transaction ends. */
  readonly forUpdate: " for update" | "";
  /** Likewise, without those that somebody else has. */
  readonly skipLocked: " for update skip locked" | "";
  /** Before what changes in the row of a session: other nodes see by it that it did. */
  readonly nextVersion: "version = version + 1, " | "";
  readonly greatest: "greatest" | "max";
  /** How texts are ordered by their bytes. */
  readonly byBytes: string;
  /** A sum that is 0 over nothing, and never fails. */
  total(column: string): string;
  /** A text whose capitals of ASCII are like its small letters. */
  caseless(column: string): string;
  /** Before the order of a list of sessions, and before conditions on the time that orders it. */
  readonly listedFirst: string;
  /** The same, where the oldest ones come first. */
  readonly oldestListed: string;
  listed(comparison: "<=" | ">=", ms: string): string;
  /** The session whose key is in `w.session`, looked up by it whatever the planner believes. */
  readonly sessionOfKey: string;
  /** The tenant `$1`, position, tag, size and entry of each four in `$2`, a JSON array. */
  readonly newEntries: string;
  /** Rows of a JSON array of arrays, which stands at `mark`; bytes are hexadecimal digits in there. */
  listedRows(mark: string, columns: Columns): string;
  /** The texts in `$2`, a JSON array. */
  readonly listedTags: string;
  /**
   * The ids of events of the session `$2`; none in a folder, where no index leads from a session to
   * them, and a sweep deletes what belongs to records that are buried.
   */
  readonly eventsOfSession: string;
  /**
   * `with found (tenant, session)`: sessions that have rows of records, at most `$3`, in the order of
   * their index from behind the tenant `$1` and the session `$2`. Each is one look into the index.
   */
  readonly looseSessions: string;
  /** Before more conditions: the rows `r` of the session in the row `f`. */
  readonly ofFound: string;
  /** Of the tenant in the row `t`. */
  readonly hasNoToken: string;
}
