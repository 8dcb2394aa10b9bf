/** A log of session heads with all its entries, as somebody fetched it. */
import { EvidenceError } from "../error.ts";
import { logKeyNameOf, logOriginOf, parseCheckpoint } from "../note/checkpoint.ts";
import { parseNote, type VerifiedSignature, verifySignatures } from "../note/note.ts";
import { NOTE_SIGNATURE, type VerifierKey } from "../note/verifier-key.ts";
import { fromUtf8 } from "../rules/bytes.ts";
import { CompactRange } from "../tree/compact-range.ts";
import { hashLeaf } from "../tree/leaf.ts";
import { nodePlatform } from "../verify/node-platform.ts";
import { type LogHead, logKeyOf } from "./log-proofs.ts";

/** The text of a checkpoint, which is what an entry is. */
const LINES_OF_ENTRY = 3;

/** A checkpoint of a log, and who of the given keys signed it. */
export interface SignedLog extends LogHead {
  readonly origin: string;
  /** Names the collector's key. */
  readonly keyName: string;
  readonly signatures: readonly VerifiedSignature[];
  /** Whether the collector's key did. */
  readonly isOwn: boolean;
}

/**
 * Reads a signed checkpoint of a log.
 *
 * @param keys keys that are trusted; the log's own key follows from its collector's
 * @throws {EvidenceError} when it is no checkpoint of a log, or a signature of a given key is bad
 */
export function readSignedLog(
  file: string,
  bytes: Uint8Array,
  keys: readonly VerifierKey[],
): SignedLog {
  const note = parseNote(bytes);
  const { origin, size, root } = parseCheckpoint(note.text);
  const keyName = logKeyNameOf(origin);
  if (keyName === undefined) throw new EvidenceError("invalid_checkpoint", "it is of no log");
  const collectors = keys.filter(({ name, type }) => name === keyName && type === NOTE_SIGNATURE);
  const own = new Map(collectors.map((key) => [logKeyOf(key, origin, nodePlatform), key]));
  const verified = verifySignatures(note, [...own.keys(), ...keys]);
  const isOwn = verified.some(({ key }) => key.name === origin);
  // The log is the collector's, and so is its key.
  const signatures = verified.map((one) => ({ ...one, key: own.get(one.key) ?? one.key }));
  return { file, origin, keyName, size, root, signatures, isOwn };
}

/** Heads of one session in the log, roots by size. */
export type LoggedHeads = ReadonlyMap<number, string>;

/** The entries of a log: its leaves, and the heads of each session in it. */
export class LogCopy {
  readonly #leaves: string[] = [];
  readonly #sessions = new Map<string, Map<number, string>>();
  readonly #largest = new Map<string, number>();
  /** Tags of sessions of which the log holds two histories. */
  readonly forked = new Set<string>();

  /** @throws {EvidenceError} when it is no list of heads of the sessions of this log */
  constructor(entries: Uint8Array, origin: string) {
    const lines = fromUtf8(entries)?.split("\n");
    if (lines?.pop() !== "" || lines.length % LINES_OF_ENTRY !== 0) throw noEntries();
    for (let at = 0; at < lines.length; at += LINES_OF_ENTRY) {
      const text = `${lines.slice(at, at + LINES_OF_ENTRY).join("\n")}\n`;
      const head = parseCheckpoint(text);
      // The name is that of the key that the collector had then.
      if (tenantOf(logOriginOf(head.origin)) !== tenantOf(origin)) throw noEntries();
      this.#leaves.push(hashLeaf(text));
      this.#add(head.origin.slice(head.origin.lastIndexOf("/") + 1), head.size, head.root);
    }
  }

  get size(): number {
    return this.#leaves.length;
  }

  /** Heads by the tag of their session. */
  get sessions(): ReadonlyMap<string, LoggedHeads> {
    return this.#sessions;
  }

  /** How many records the largest head of a session is over. */
  recordsOf(tag: string): number {
    return this.#largest.get(tag) ?? 0;
  }

  /** The heads that the log did not have at their size, in one pass. */
  misfits(heads: readonly LogHead[]): readonly LogHead[] {
    const roots = new Map(heads.map(({ size }) => [size, ""]));
    const range = new CompactRange();
    if (roots.has(0)) roots.set(0, range.root);
    for (const leaf of this.#leaves) {
      range.append(leaf);
      if (roots.has(range.size)) roots.set(range.size, range.root);
    }
    return heads.filter(({ size, root }) => size <= this.size && roots.get(size) !== root);
  }

  /** A session only grows: a head that is not larger than the one before is another history. */
  #add(tag: string, size: number, root: string): void {
    const heads = this.#sessions.get(tag) ?? new Map<number, string>();
    if (size <= (this.#largest.get(tag) ?? -1)) this.forked.add(tag);
    else this.#largest.set(tag, size);
    this.#sessions.set(tag, heads.set(size, heads.get(size) ?? root));
  }
}

/** @param origin of a log */
function tenantOf(origin: string | undefined): string | undefined {
  return origin?.split("/").at(-2);
}

function noEntries(): EvidenceError {
  return new EvidenceError("invalid_bundle", "not the entries of this log");
}
