/** Rows of the log of session heads: one tree over the heads of all sessions of a tenant. */
import type { CompactRangeState } from "@caum/core/collector";

/** A signed checkpoint of a tree of this size. */
export interface SignedNote {
  readonly size: number;
  readonly note: string;
}

/** Where the log of a tenant stands. */
export interface LogState {
  readonly ulid: string;
  /** Only accounts have one: a demo tenant is one session, which nobody reads after a day. */
  readonly isAccount: boolean;
  readonly tree: CompactRangeState;
}

/** A session, how far it has come, and how far the log knows. */
export interface HeadRow {
  readonly key: number;
  readonly tag: string;
  readonly tree: CompactRangeState;
  /** The largest size of it that is in the log; 0 for none. */
  readonly logged: number;
}

/** One leaf. */
export interface LogEntry {
  readonly position: number;
  /** Of the session. */
  readonly tag: string;
  readonly size: number;
  /** What is hashed: the text of the session's checkpoint. */
  readonly text: string;
}

export interface ChangedLog {
  readonly tenant: number;
  readonly ulid: string;
}

export interface LogReader {
  /** Undefined where there is no such tenant; size 0 where nothing is logged. */
  state(tenant: number): Promise<LogState | undefined>;
  /** Of those of the sessions that are there. */
  heads(tenant: number, tags: readonly string[]): Promise<readonly HeadRow[]>;
  /** Sessions by key, from behind the given one; for those that nobody told of. */
  headsAfter(tenant: number, key: number, limit: number): Promise<readonly HeadRow[]>;
  accounts(): Promise<readonly number[]>;
  changedSince(sinceMs: number): Promise<readonly ChangedLog[]>;
  entries(tenant: number, from: number, limit: number): Promise<readonly LogEntry[]>;
  /** The newest entry of a session of at most this size, below this position. */
  newestEntry(
    tenant: number,
    of: { readonly tag: string; readonly maxSize: number; readonly below: number },
  ): Promise<LogEntry | undefined>;
  /** Roots of the whole blocks of 256 leaves, in order. */
  blocks(tenant: number): Promise<readonly string[]>;
  /** The newest checkpoint. */
  newestNote(tenant: number): Promise<SignedNote | undefined>;
  /** Checkpoints with a cosignature that are larger than `above`: the first ones, and the newest. */
  cosignedNotes(tenant: number, above: number, limit: number): Promise<readonly SignedNote[]>;
  /** The largest size with a cosignature of one of these, each a name and a key id; 0 for none. */
  cosignedBy(tenant: number, cosigners: readonly string[]): Promise<number>;
  /** Tags of sessions that were deleted, and are in the log. */
  deleted(tenant: number, after: string, limit: number): Promise<readonly string[]>;
}

/** Changes of a log. Plain data: it crosses threads. */
export type LogCommand =
  | {
      /** Takes or keeps the right to ask a witness; done with 1, or with 0 where another node has it. */
      readonly kind: "lease_witness";
      readonly witness: string;
      readonly holder: string;
      readonly nowMs: number;
      readonly untilMs: number;
    }
  | {
      /** Refused with CONFLICT when the log is not of the size `from` any more. */
      readonly kind: "append_heads";
      readonly tenant: number;
      readonly from: number;
      readonly entries: readonly Omit<LogEntry, "position">[];
      /** Roots of the blocks that became whole. */
      readonly blocks: readonly { readonly block: number; readonly root: string }[];
      /** The log with the entries, and its signed checkpoint. */
      readonly tree: CompactRangeState;
      readonly note: string;
      readonly nowMs: number;
    }
  | {
      readonly kind: "keep_cosignatures";
      readonly tenant: number;
      readonly size: number;
      readonly lines: readonly string[];
      readonly nowMs: number;
    };
