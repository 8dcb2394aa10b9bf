import { CompactRange, type CompactRangeState } from "../../evidence/tree/compact-range.ts";
import { hashLeaf } from "../../evidence/tree/leaf.ts";
import type { Entry, TreeStanding } from "../upstream/upstream.ts";

/** How far one run has come, as it is kept beside the spool. */
export interface RunProgress {
  readonly sessionId: string;
  readonly runId: string;
  /** Who writes the run: a run of a dead writer is what the next one continues. */
  readonly owner: string;
  /** Milliseconds since 1970; tells which of several runs was the last. */
  readonly openedAt: number;
  /** Last seq that is safe, on this disk or in the collector; -1 when none is. */
  readonly seq: number;
  /** Its leaf. */
  readonly head: string;
  /** Last seq that the collector has answered for; -1 when none is. */
  readonly acked: number;
  /** The tree over what the collector took, while it can be compared with the collector's. */
  readonly tree?: CompactRangeState;
  readonly closed: boolean;
}

const NOTHING = -1;

type RunStart = Pick<RunProgress, "sessionId" | "runId" | "owner" | "openedAt"> &
  Partial<RunProgress>;

/** What the collector took of one run, and what its tree must therefore be. */
export class DeliveredRun {
  readonly sessionId: string;
  readonly runId: string;
  readonly #owner: string;
  readonly #openedAt: number;
  #seq: number;
  #head: string;
  #acked: number;
  #tree: CompactRange | undefined;
  #closed: boolean;
  /** Records that were set aside and for which no hole was taken yet. */
  #aside = 0;

  constructor(start: RunStart) {
    this.sessionId = start.sessionId;
    this.runId = start.runId;
    this.#owner = start.owner;
    this.#openedAt = start.openedAt;
    this.#seq = start.seq ?? NOTHING;
    this.#head = start.head ?? "";
    this.#acked = start.acked ?? NOTHING;
    const isNew = this.#acked === NOTHING;
    this.#tree = isNew ? new CompactRange() : restored(start.tree);
    this.#closed = start.closed ?? false;
  }

  get acked(): number {
    return this.#acked;
  }

  /** Leaf of the last safe record. */
  get head(): string {
    return this.#head;
  }

  get seq(): number {
    return this.#seq;
  }

  /** Where its last record stands in the tree of the session, as the collector said. */
  headIndex: number | undefined;

  get closed(): boolean {
    return this.#closed;
  }

  /** Size and root of what the collector took; undefined once they cannot be compared any more. */
  get tree(): { readonly size: number; readonly root: string } | undefined {
    return this.#tree;
  }

  get progress(): RunProgress {
    const { sessionId, runId } = this;
    const tree = this.#tree?.state;
    return {
      sessionId,
      runId,
      owner: this.#owner,
      openedAt: this.#openedAt,
      seq: this.#seq,
      head: this.#head,
      acked: this.#acked,
      ...(tree && { tree }),
      closed: this.#closed,
    };
  }

  /** The record is on this disk. */
  kept({ seq, line }: Entry): void {
    if (seq <= this.#seq) return;
    this.#seq = seq;
    this.#head = hashLeaf(line);
  }

  /** The collector has the record. @returns how many before it, or in it, are lost */
  taken(entry: Entry): number {
    const leaf = hashLeaf(entry.line);
    // What came before this process saw the run is not known, so nothing can be compared.
    if (this.#acked === NOTHING && entry.seq !== 0) this.#tree = undefined;
    this.#tree?.append(leaf);
    const lost = this.#lostWith(entry);
    this.#acked = lastSeqOf(entry);
    if (this.#acked >= this.#seq) {
      this.#seq = this.#acked;
      this.#head = leaf;
    }
    this.#closed ||= entry.line.includes(CLOSE_MARK) && isClose(entry.line);
    return lost;
  }

  /** The collector holds another record in its place. @returns how many before it are lost */
  forked(entry: Entry): number {
    const lost = this.#lostWith(entry);
    this.givenUp(entry.seq);
    return lost;
  }

  /** The collector does not take this record: a hole will stand in its place. */
  setAside({ seq }: Entry): void {
    this.#aside += 1;
    this.givenUp(seq);
  }

  /** Nothing up to this seq can be brought any more. */
  givenUp(seq: number): void {
    this.#acked = seq;
    this.#tree = undefined;
  }

  #lostWith(entry: Entry): number {
    if (entry.origin === "declared") {
      const lost = lastSeqOf(entry) - entry.seq + 1 - this.#aside;
      this.#aside = 0;
      return Math.max(0, lost);
    }
    // A door without holes takes what follows a gap.
    return this.#acked === NOTHING ? 0 : Math.max(0, entry.seq - this.#acked - 1);
  }

  /**
   * Whether the collector's tree contradicts ours.
   *
   * It can be told only while the session has this one run, and both sides count as many records:
   * an answer may come late, and then the collector is ahead.
   */
  isContradictedBy({ treeSize, merkleRoot, runCount }: TreeStanding): boolean {
    const tree = this.#tree;
    if (!tree || runCount !== 1 || treeSize > tree.size) return false;
    return treeSize < tree.size || merkleRoot !== tree.root;
  }
}

/** A note that does not fit leaves nothing to compare with. */
function restored(state: CompactRangeState | undefined): CompactRange | undefined {
  try {
    return state && CompactRange.restore(state);
  } catch {
    return undefined;
  }
}

/** Written by our own encoder, which fixes the bytes. */
const CLOSE_MARK = '"type":"close"';
const HOLE_MARK = '"type":"hole"';

function isClose(line: string): boolean {
  const record: unknown = JSON.parse(line);
  return isLifecycle(record) && record.payload.type === "close";
}

function lastSeqOf({ line, seq }: Entry): number {
  if (!line.includes(HOLE_MARK)) return seq;
  const record: unknown = JSON.parse(line);
  return isLifecycle(record) && record.payload.type === "hole" ? Number(record.payload.to) : seq;
}

function isLifecycle(
  record: unknown,
): record is { payload: { readonly type: unknown; readonly to?: unknown } } {
  // True because an entry's line is a canonical record, which has both fields.
  return (record as { category: unknown }).category === "lifecycle";
}
