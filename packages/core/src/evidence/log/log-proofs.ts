import { LOG_FOLDER, type LogProofFile } from "../bundle/parts.ts";
import { readSlice, type Slice } from "../bundle/slice.ts";
import { formatCheckpoint, logOriginOf, parseCheckpoint } from "../note/checkpoint.ts";
import { parseNote, type VerifiedSignature, verifySignatures } from "../note/note.ts";
import { MAX_PROOF_BYTES, parseTlogProof } from "../note/tlog-proof.ts";
import { keyIdOf, NOTE_SIGNATURE, type VerifierKey } from "../note/verifier-key.ts";
import { fromHex, joined, toUtf8 } from "../rules/bytes.ts";
import type { Findings } from "../rules/findings.ts";
import type { Platform } from "../rules/platform.ts";
import { isIncluded, leafOf, nodeOf } from "../tree/inclusion.ts";
import type { SignedHeads } from "../verify/signed-heads.ts";

/** Size and root of a log, and where that is said. */
export interface LogHead {
  readonly size: number;
  readonly root: string;
  readonly file: string;
}

/** What a reader has of the log beside the bundle. */
export interface KnownLog {
  /** Heads of the log that were kept from before, and are trusted. */
  readonly heads?: readonly LogHead[];
  /** Every head of this session that is in the log: roots by size. */
  readonly session?: ReadonlyMap<number, string>;
}

/**
 * Checks that heads of the session are in the log of its collector, and lets whoever co-signed the log
 * count for them.
 */
export class LogProofs {
  readonly #files: readonly LogProofFile<Slice>[];
  readonly #heads: SignedHeads;
  readonly #findings: Findings;
  readonly #platform: Platform;
  readonly #logs: Map<number, LogHead>;
  readonly #known: ReadonlyMap<number, string>;
  #next = 0;
  readonly #failed: string[] = [];
  /** The newest checkpoint of the log that is in the bundle. */
  newest: LogHead | undefined;
  /** How many hold, and how many say nothing: by other keys, or of heads that are not signed. */
  held = 0;
  ignored = 0;
  /** The largest size of the session whose head is in the log; 0 for none. */
  size = 0;

  constructor(
    files: readonly LogProofFile<Slice>[],
    heads: SignedHeads,
    findings: Findings,
    platform: Platform,
    known: KnownLog = {},
  ) {
    this.#logs = new Map(known.heads?.map((head) => [head.size, head]));
    this.#known = known.session ?? new Map();
    this.#files = files;
    this.#heads = heads;
    this.#findings = findings;
    this.#platform = platform;
  }

  /** Checks the proofs for the head of this size. @param rootOf the root that the records have */
  check(size: number, rootOf: () => string): void {
    const logged = this.#known.get(size);
    if (logged !== undefined && logged !== rootOf()) this.#failed.push(LOG_FOLDER);
    for (;;) {
      const file = this.#files[this.#next];
      if (file === undefined || file.size > size) return;
      this.#next += 1;
      this.#checkFile(file, size, rootOf());
    }
  }

  /** Looks also at heads that the records do not reach. @param size how many records there are */
  finish(size: number): void {
    let most = 0;
    for (const logged of this.#known.keys()) most = Math.max(most, logged);
    if (most > size) {
      const message = `the log holds a head of ${most} records, ${size} are there`;
      this.#findings.add("missing_records", LOG_FOLDER, message);
    }
    for (const file of this.#files.slice(this.#next)) this.#checkFile(file, undefined, "");
  }

  /** @param isExplained whether records are missing, so that sizes say nothing */
  report(isExplained: boolean): void {
    if (isExplained) return;
    for (const file of this.#failed) {
      const message = "the log of the collector holds another head of these records, or none";
      this.#findings.add("not_in_log", file, message);
    }
  }

  #checkFile(file: LogProofFile<Slice>, size: number | undefined, root: string): void {
    try {
      const origin = this.#heads.originText;
      const signed = this.#signedLog(file, origin && logOriginOf(origin));
      const isSigned =
        size !== undefined && this.#heads.at(size).some((head) => head.root === root);
      if (signed === undefined || origin === undefined || file.size !== size || !isSigned) {
        this.ignored += 1;
        return;
      }
      const { sha256 } = this.#platform;
      const leaf = leafOf(formatCheckpoint({ origin, size, root }), sha256);
      const claim = { ...signed.claim, leaf };
      if (!isIncluded(claim, (left, right) => nodeOf(left, right, sha256))) {
        this.#failed.push(file.name);
        return;
      }
      this.held += 1;
      this.size = size;
      this.#heads.attach(size, root, signed.cosigners);
    } catch (error) {
      this.#heads.reject(file.name, error, "malformed_log_proof");
    }
  }

  /** @returns undefined when the key of this log did not sign it */
  #signedLog({ name, file }: LogProofFile<Slice>, origin: string | undefined) {
    const proof = parseTlogProof(readSlice(file, MAX_PROOF_BYTES));
    const note = parseNote(toUtf8(proof.note));
    const own = origin === undefined ? [] : this.#ownKeys(origin);
    const signatures = verifySignatures(note, [...this.#heads.keys, ...own]);
    const log = parseCheckpoint(note.text);
    const isOwn = ({ key }: VerifiedSignature) => own.includes(key) || key.name === origin;
    if (log.origin !== origin || !signatures.some(isOwn)) return undefined;
    this.#compare(log.size, log.root, name);
    if (log.size > (this.newest?.size ?? 0)) {
      this.newest = { size: log.size, root: log.root, file: name };
    }
    const { index, hashes } = proof;
    return {
      claim: { index, size: log.size, proof: hashes, root: log.root },
      cosigners: signatures.filter(({ key }) => !own.includes(key)),
    };
  }

  /** One size has one root. */
  #compare(size: number, root: string, file: string): void {
    const known = this.#logs.get(size);
    if (known === undefined) this.#logs.set(size, { size, root, file });
    else if (known.root !== root) {
      const message = `the log has two roots of size ${size}: also another one in ${known.file}`;
      this.#findings.add("log_fork", file, message);
    }
  }

  #ownKeys(origin: string): readonly VerifierKey[] {
    const { keys, origin: parsed } = this.#heads;
    return keys
      .filter(({ name, type }) => name === parsed?.keyName && type === NOTE_SIGNATURE)
      .map((key) => logKeyOf(key, origin, this.#platform));
  }
}

/** The key that signs a log: its collector's, by the name of the log. */
export function logKeyOf(
  key: VerifierKey,
  origin: string,
  { sha256 }: Pick<Platform, "sha256">,
): VerifierKey {
  const typed = joined(Uint8Array.of(key.type), fromHex(key.publicKey));
  return { ...key, name: origin, id: keyIdOf(origin, typed, sha256) };
}
