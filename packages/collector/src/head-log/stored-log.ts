/** The log of one tenant, as it is stored: checkpoints, entries and proofs. */
import {
  formatTlogProof,
  logOrigin,
  proveConsistency,
  proveInclusion,
  type Signer,
} from "@caum/core/collector";
import { parseNote } from "@caum/core/verify";
import { fromHex } from "@caum/core/verify/rules";
import type { LogEntry, LogReader, SignedNote } from "../rows/log-rows.ts";
import type { Store } from "../store/store.ts";
import { loadLogTree } from "./log-tree.ts";
import type { WitnessedLog } from "./witnessed-log.ts";

/** Checkpoints that are looked through for those who co-signed first. */
const NOTES_AT_ONCE = 64;
/** Proofs of one head: one for each checkpoint that somebody else co-signed. */
const MAX_PROOFS = 16;

/** A head of a session, its place in the log, and the log's checkpoint over it. */
export interface LogProof {
  readonly entry: LogEntry;
  /** C2SP tlog-proof, with the cosignatures. */
  readonly proof: string;
}

export class StoredLog implements WitnessedLog {
  readonly origin: string;
  readonly #store: Store;
  readonly #clock: () => number;
  readonly #tenant: number;

  constructor(
    store: Store,
    { signer, clock }: { readonly signer: Signer; readonly clock: () => number },
    { tenant, ulid }: { readonly tenant: number; readonly ulid: string },
  ) {
    this.origin = logOrigin(signer.name, ulid);
    this.#store = store;
    this.#clock = clock;
    this.#tenant = tenant;
  }

  latest(): Promise<SignedNote | undefined> {
    return this.#log.newestNote(this.#tenant);
  }

  async consistency(from: number, to: number): Promise<Uint8Array[]> {
    const around = [from, Math.max(0, from - 1), to, Math.max(0, to - 1)];
    const tree = await loadLogTree(this.#log, this.#tenant, to, around);
    return proveConsistency(from, to, tree).map(fromHex);
  }

  cosignedBy(cosigners: readonly string[]): Promise<number> {
    return this.#log.cosignedBy(this.#tenant, cosigners);
  }

  async keep(size: number, lines: readonly string[]): Promise<void> {
    if (lines.length === 0) return;
    const nowMs = this.#clock();
    const tenant = this.#tenant;
    await this.#store.administer({ kind: "keep_cosignatures", tenant, size, lines, nowMs });
  }

  entries(from: number, limit: number): Promise<readonly LogEntry[]> {
    return this.#log.entries(this.#tenant, from, limit);
  }

  /** Tags of deleted sessions behind the given one, in their order. */
  deleted(after: string, limit: number): Promise<readonly string[]> {
    return this.#log.deleted(this.#tenant, after, limit);
  }

  /**
   * Proofs for the newest head of a session: under the first checkpoints that others co-signed, and
   * where there is none yet under the newest one; then also for the newest head that is co-signed.
   *
   * @param tag of the session
   * @param maxSize heads over more records are left out
   */
  async proofsOf(tag: string, maxSize: number): Promise<readonly LogProof[]> {
    const of = { tag, maxSize, below: Number.MAX_SAFE_INTEGER };
    const newest = await this.#newestEntry(of);
    if (newest === undefined) return [];
    const cosigned = await this.#cosignedProofs(newest);
    if (cosigned.length > 0) return cosigned;
    const note = await this.latest();
    const plain = note === undefined ? [] : [await this.#proof(newest, note)];
    const before = (await this.#log.cosignedNotes(this.#tenant, 0, 1)).at(-1);
    if (before === undefined) return plain;
    const older = await this.#newestEntry({ ...of, below: before.size });
    return older === undefined ? plain : [...(await this.#cosignedProofs(older)), ...plain];
  }

  /** Undefined also where the collector had another key then: what it signs now has another origin. */
  async #newestEntry(of: Parameters<LogReader["newestEntry"]>[1]): Promise<LogEntry | undefined> {
    const entry = await this.#log.newestEntry(this.#tenant, of);
    const start = this.origin.slice(0, -"log".length);
    return entry?.text.startsWith(start) ? entry : undefined;
  }

  /** The earliest checkpoint of each one who co-signed. */
  async #cosignedProofs(entry: LogEntry): Promise<readonly LogProof[]> {
    const notes = await this.#log.cosignedNotes(this.#tenant, entry.position, NOTES_AT_ONCE);
    const seen = new Set<string>();
    const chosen = notes.filter(({ note }) => {
      const signers = parseNote(Buffer.from(note)).signatures.map(
        ({ name, keyId }) => `${name} ${keyId}`,
      );
      const isNew = signers.some((signer) => !seen.has(signer));
      for (const signer of signers) seen.add(signer);
      return isNew;
    });
    return Promise.all(chosen.slice(0, MAX_PROOFS).map((note) => this.#proof(entry, note)));
  }

  async #proof(entry: LogEntry, { size, note }: SignedNote): Promise<LogProof> {
    const index = entry.position;
    const tree = await loadLogTree(this.#log, this.#tenant, size, [index]);
    const hashes = proveInclusion(index, size, tree);
    return { entry, proof: formatTlogProof({ index, hashes, note }) };
  }

  get #log() {
    return this.#store.reader.log;
  }
}
