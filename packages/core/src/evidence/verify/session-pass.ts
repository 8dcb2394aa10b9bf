import type { Line } from "../bundle/line-reader.ts";
import { RECORDS_FILE } from "../bundle/parts.ts";
import { type RecordFacts, type UnderstoodLine, understandLine } from "../line/understand-line.ts";
import type { LogProofs } from "../log/log-proofs.ts";
import { tagOf } from "../note/checkpoint.ts";
import { readVerifierKey } from "../note/verifier-key.ts";
import { ownCopy } from "../rules/bytes.ts";
import type { Findings, LinePlace } from "../rules/findings.ts";
import type { GrowingTree, Platform } from "../rules/platform.ts";
import { type Link, Runs } from "../rules/runs.ts";
import { EMPTY_ROOT } from "../tree/inclusion.ts";
import type { Receipts } from "./receipts.ts";
import type { SignedHeads } from "./signed-heads.ts";

/** What is filled while the records are read. */
interface Watched {
  readonly heads: SignedHeads;
  readonly receipts: Receipts;
  readonly logProofs: LogProofs;
  readonly findings: Findings;
}

/**
 * One pass over the records of a session, in acceptance order.
 *
 * What is kept does not grow with the number of records: the compact tree, a few numbers per run,
 * and the signed heads.
 */
export class SessionPass {
  readonly tree: GrowingTree;
  readonly runs: Runs;
  readonly #heads: SignedHeads;
  readonly #receipts: Receipts;
  readonly #logProofs: LogProofs;
  readonly #findings: Findings;
  readonly #platform: Platform;
  #line = 0;
  /** The session that records so far are of. */
  #sessionId: string | undefined;
  /** The first record after the last head that held. */
  #firstUnproven: LinePlace | undefined;
  #firstUnsigned: LinePlace | undefined;
  /** The first signed size whose root is another one. */
  #mismatch: { readonly size: number; readonly from: LinePlace | undefined } | undefined;
  /** The largest signed head that holds. */
  proven: { readonly size: number; readonly root: string } | undefined;
  tombstones = 0;
  dropped = 0;
  /** Runs of records that were imported: nobody saw what they tell. */
  imported = 0;
  /** The root at the size that was asked for; undefined until there are so many records. */
  expectedRoot: string | undefined;
  readonly #expectedSize: number | undefined;
  #ended = false;
  #isWhole = false;
  /** The latest timestamp of a record so far, and what it was at each signed size. */
  #latest: string | undefined;
  readonly #latestAt = new Map<number, string>();

  constructor(parts: Watched, platform: Platform, expectedSize?: number) {
    const { heads, receipts, logProofs, findings } = parts;
    this.tree = platform.newTree();
    this.#platform = platform;
    this.#expectedSize = expectedSize;
    this.expectedRoot = expectedSize === 0 ? EMPTY_ROOT : undefined;
    this.#heads = heads;
    this.#receipts = receipts;
    this.#logProofs = logProofs;
    this.#findings = findings;
    this.runs = new Runs(findings, RECORDS_FILE);
  }

  /** Lines read so far, tombstones included. */
  get lines(): number {
    return this.#line;
  }

  /** Whether the records were read to their end. */
  get isWhole(): boolean {
    return this.#isWhole;
  }

  /** How many of the records a signed checkpoint speaks of; the others are the unsigned tail. */
  get signedSize(): number {
    return Math.min(this.#heads.maxSize, this.tree.size);
  }

  /**
   * A session is closed by `end`, a local run by its `close`; later records open it again.
   *
   * What nobody signed closes nothing, and what was deleted may have opened it.
   */
  get isClosed(): boolean {
    if (this.signedSize < this.tree.size) return false;
    const { origin } = this.#heads;
    return origin?.kind === "run" ? this.runs.isClosed(origin.runId) : this.#ended;
  }

  /** The latest timestamp among the records of a signed size. */
  latestAt(size: number): string | undefined {
    return this.#latestAt.get(size);
  }

  get sessionId(): string | undefined {
    return this.#sessionId;
  }

  /** @returns false when nothing after this line can be judged */
  take(next: Line): boolean {
    this.#line += 1;
    const line = understandLine(next, this.#line, this.#platform);
    if ("fault" in line) {
      this.#findings.add(line.fault, RECORDS_FILE, line.message, { line: this.#line });
      return false;
    }
    if (this.#line === 1) this.#settle(line.record);
    this.#checkScope(line);
    const { record } = line;
    if (this.runs.follow(line, record?.lifecycle) !== "linked") return false;
    if (record === undefined) this.#noteDeleted();
    else if (!this.#note(record, line)) return false;
    this.#grow(line);
    return true;
  }

  /** Reports what only the end of the records tells. */
  finish(): void {
    this.#isWhole = true;
    this.#receipts.finish();
    this.#logProofs.finish(this.tree.size);
    this.runs.finish();
    const { maxSize } = this.#heads;
    // Records that are known to be missing move all others to another index.
    const isExplained = this.runs.hasGap && this.tree.size < maxSize;
    this.#receipts.report(isExplained);
    this.#logProofs.report(isExplained);
    if (!isExplained) this.#reportMismatch();
    if (this.tree.size < maxSize) {
      const message = `${maxSize} records are signed, ${this.tree.size} are there`;
      this.#findings.add("missing_records", RECORDS_FILE, message);
    } else if (this.tree.size > maxSize && this.proven?.size === maxSize) {
      const message = `the records after number ${maxSize} are under no signed checkpoint`;
      this.#findings.add("unsigned_tail", RECORDS_FILE, message, this.#firstUnsigned);
    }
  }

  #settle(record: RecordFacts | undefined): void {
    this.#heads.settle(record && this.#tagOf(record));
    this.#checkHeads();
  }

  #tagOf({ sessionId }: RecordFacts): string {
    return tagOf(sessionId, this.#platform.sha256);
  }

  /** Whether a record belongs to the tree that is signed. */
  #checkScope(line: UnderstoodLine): void {
    const { record } = line;
    const { origin } = this.#heads;
    if (origin?.kind === "run" && line.run !== origin.runId) {
      this.#findings.add("spliced", RECORDS_FILE, "the record is of another run", line);
      return;
    }
    if (record === undefined || record.sessionId === this.#sessionId) return;
    const isSigned = origin === undefined || origin.sessionTag === this.#tagOf(record);
    if (this.#sessionId === undefined && isSigned) {
      this.#sessionId = ownCopy(record.sessionId);
    } else {
      this.#findings.add("spliced", RECORDS_FILE, "the record is of another session", line);
    }
  }

  /**
   * What a record means for the session, beside its place in it.
   *
   * @returns false when it cannot be used
   */
  #note({ sourceTimestamp, lifecycle: payload }: RecordFacts, place: LinePlace): boolean {
    if (this.#latest === undefined || sourceTimestamp > this.#latest)
      this.#latest = sourceTimestamp;
    if (payload?.type === "open" && payload.layer === "import") this.imported += 1;
    if (payload === undefined || payload.type === "open") this.#ended = false;
    else if (payload.type === "end") this.#ended = true;
    else if (payload.type === "drop") this.dropped += payload.count;
    else if (payload.type === "key_rotate") return this.#retire(payload.newKey, place);
    else if (payload.type === "hole") {
      const message = `the writer lost seq ${payload.from} to ${payload.to}`;
      this.#findings.add("hole", RECORDS_FILE, message, place);
    }
    return true;
  }

  #noteDeleted(): void {
    this.tombstones += 1;
    this.#ended = false;
  }

  #retire(newKey: string, place: LinePlace): boolean {
    try {
      this.#heads.retire(readVerifierKey(newKey, this.#platform), this.tree.size + 1);
      return true;
    } catch {
      const message = "the field payload.newKey does not fit the schema";
      this.#findings.add("malformed_record", RECORDS_FILE, message, place);
      return false;
    }
  }

  #grow({ line, run, seq, leaf }: Link): void {
    const place = { line, run, seq };
    const index = this.tree.size;
    this.#firstUnproven ??= place;
    if (index === this.#heads.maxSize) this.#firstUnsigned = place;
    this.tree.append(leaf);
    if (this.tree.size === this.#expectedSize) this.expectedRoot = this.tree.root;
    this.#receipts.check(index, leaf, place);
    this.#logProofs.check(this.tree.size, () => this.tree.root);
    this.#checkHeads();
  }

  /** Compares the tree with what is signed for its present size. */
  #checkHeads(): void {
    const { size } = this.tree;
    const heads = this.#heads.at(size);
    if (heads.length === 0) return;
    if (this.#latest !== undefined) this.#latestAt.set(size, ownCopy(this.#latest));
    const { root } = this.tree;
    const file = heads[0]?.file ?? RECORDS_FILE;
    if (heads.some((head) => head.root !== heads[0]?.root)) {
      this.#findings.add("checkpoint_fork", file, `two roots are signed for size ${size}`);
    }
    if (heads.some((head) => head.root === root)) {
      this.proven = { size, root };
      this.#firstUnproven = undefined;
    } else {
      this.#mismatch ??= { size, from: this.#firstUnproven };
    }
  }

  /**
   * Reports the first signed root that the records do not have.
   *
   * Where another finding names the record, this one names none.
   */
  #reportMismatch(): void {
    const mismatch = this.#mismatch;
    if (mismatch === undefined) return;
    const isNamed = this.#findings.has("altered", "reordered", "spliced", "gap");
    const message = `the first ${mismatch.size} records are not the ones that were signed`;
    const place = isNamed ? undefined : mismatch.from;
    this.#findings.add("root_mismatch", RECORDS_FILE, message, place);
  }
}
