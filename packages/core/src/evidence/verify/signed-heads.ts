import type { Bundle } from "../bundle/parts.ts";
import { readSlice, type Slice } from "../bundle/slice.ts";
import { EvidenceError } from "../error.ts";
import {
  type Checkpoint,
  type CheckpointOrigin,
  parseCheckpoint,
  parseOrigin,
} from "../note/checkpoint.ts";
import {
  MAX_NOTE_BYTES,
  type Note,
  parseNote,
  type VerifiedSignature,
  verifySignatures,
} from "../note/note.ts";
import type { VerifierKey } from "../note/verifier-key.ts";
import type { Findings } from "../rules/findings.ts";

type MalformedKind = "malformed_note" | "malformed_receipt" | "malformed_log_proof";

/** A checkpoint that at least one of the given keys signed. */
export interface SignedHead extends Checkpoint {
  readonly file: string;
  readonly note: Note;
  readonly parsedOrigin: CheckpointOrigin;
  /** Retired keys are taken out while the records are read. */
  signatures: readonly VerifiedSignature[];
}

/** The signed sizes and roots of a bundle; sizes come from nowhere else. */
export class SignedHeads {
  readonly #required: readonly VerifierKey[];
  /** All that are trusted. */
  readonly #keys: readonly VerifierKey[];
  readonly #findings: Findings;
  /** Keys whose signature stood on a note, good or not. */
  readonly #seenNames = new Set<string>();
  #heads: readonly SignedHead[] = [];
  /** Derived from the heads when asked for, once per record; undefined when they changed. */
  #bySize: ReadonlyMap<number, readonly SignedHead[]> | undefined;
  #maxSize: number | undefined;
  #isSettled = false;
  /** Tag of the session of the first record. */
  #sessionTag: string | undefined;
  #tree: { readonly origin: string; readonly parsed: CheckpointOrigin } | undefined;

  /**
   * @param required keys that must have signed
   * @param known further keys, which may have
   */
  constructor(required: readonly VerifierKey[], known: readonly VerifierKey[], findings: Findings) {
    this.#required = required;
    const texts = new Set(required.map(({ text }) => text));
    this.#keys = [...required, ...known.filter(({ text }) => !texts.has(text))];
    this.#findings = findings;
  }

  readAll(bundle: Bundle<Slice>): void {
    for (const [file, slice] of bundle.notes) {
      try {
        this.add(file, readSlice(slice, MAX_NOTE_BYTES));
      } catch (error) {
        this.reject(file, error, "malformed_note");
      }
    }
  }

  /**
   * Takes a signed note in when one of the keys signed it.
   *
   * @returns undefined when none of them did
   * @throws {EvidenceError} when it is no checkpoint, or a given key's signature is bad
   */
  add(file: string, bytes: Uint8Array): SignedHead | undefined {
    const note = parseNote(bytes);
    this.#noteSigners(note);
    const signatures = verifySignatures(note, this.#keys);
    const checkpoint = parseCheckpoint(note.text);
    if (signatures.length === 0) return undefined;
    const parsedOrigin = parseOrigin(checkpoint.origin);
    if (parsedOrigin === undefined) {
      this.#findings.add("wrong_origin", file, "the signed origin names neither session nor run");
      return undefined;
    }
    const head = { ...checkpoint, file, note, parsedOrigin, signatures };
    if (this.#isSettled && !this.#fits(head)) return undefined;
    this.#setHeads([...this.#heads, head]);
    return head;
  }

  /** Lets signatures on something that holds this head count for it. */
  attach(size: number, root: string, more: readonly VerifiedSignature[]): void {
    const head = this.at(size).find((one) => one.root === root);
    if (head !== undefined) head.signatures = [...head.signatures, ...more];
  }

  /** Reports a note, or what holds one, that cannot be used. */
  reject(file: string, error: unknown, kind: MalformedKind): void {
    if (!(error instanceof EvidenceError)) throw error;
    const isForged = error.fault === "bad_signature";
    this.#findings.add(isForged ? "bad_signature" : kind, file, error.message);
  }

  /**
   * Settles which tree the bundle is of: the one that names the session of the first record, and
   * the first signed one when none does. Heads of another tree are findings.
   */
  settle(sessionTag: string | undefined): void {
    const fitting = this.#heads.find(({ parsedOrigin }) => parsedOrigin.sessionTag === sessionTag);
    const chosen = fitting ?? this.#heads[0];
    this.#isSettled = true;
    this.#sessionTag = sessionTag;
    this.#tree = chosen && { origin: chosen.origin, parsed: chosen.parsedOrigin };
    this.#keep((head) => this.#fits(head));
  }

  /** The text that names the tree in every head. */
  get originText(): string | undefined {
    return this.#heads.length > 0 ? this.#tree?.origin : undefined;
  }

  /** Which tree the signed heads are of; undefined while nothing signed was found. */
  get origin(): CheckpointOrigin | undefined {
    return this.#tree?.parsed;
  }

  #fits({ file, origin, parsedOrigin: parsed }: SignedHead): boolean {
    if (this.#tree === undefined && parsed.sessionTag === this.#sessionTag) {
      this.#tree = { origin, parsed };
    }
    if (origin === this.#tree?.origin) return true;
    this.#findings.add("wrong_origin", file, "the checkpoint is of another session or run");
    return false;
  }

  /** The signed heads of one size. */
  at(size: number): readonly SignedHead[] {
    this.#bySize ??= groupBySize(this.#heads);
    return this.#bySize.get(size) ?? [];
  }

  /** Largest signed size; 0 when nothing is signed. */
  get maxSize(): number {
    this.#maxSize ??= this.#heads.reduce((most, { size }) => Math.max(most, size), 0);
    return this.#maxSize;
  }

  get count(): number {
    return this.#heads.length;
  }

  /**
   * From here on an older key of the same name counts only beside the new one.
   *
   * @param size how many records there are, the rotating one included
   */
  retire(newKey: VerifierKey, size: number): void {
    for (const head of this.#heads) {
      const isOld = ({ key }: VerifiedSignature) =>
        key.name === newKey.name && key.id !== newKey.id;
      if (head.size < size || !head.signatures.some(isOld) || isSignedBy(head, newKey)) continue;
      head.signatures = head.signatures.filter((signature) => !isOld(signature));
      const message = `${newKey.name} signed with a key that was replaced before this size`;
      this.#findings.add("retired_key", head.file, message);
    }
    this.#keep(({ signatures }) => signatures.length > 0);
  }

  /** Reports each given name that signed nothing here. */
  checkSigners(): void {
    const checkable = this.#required.filter(({ isCheckable }) => isCheckable);
    const isSigned = this.#heads.some(({ size }) => size > 0);
    // Where no given key must have signed, some key has to.
    const asked = checkable.length > 0 || isSigned ? checkable : this.#keys;
    const names = new Set(asked.map(({ name }) => name));
    for (const { size, signatures } of this.#heads) {
      for (const { key } of size > 0 ? signatures : []) names.delete(key.name);
    }
    for (const name of names) {
      if (this.#seenNames.has(name)) continue;
      this.#findings.add("no_note", "checkpoints", `no checkpoint is signed by ${name}`);
    }
  }

  /** All keys that are trusted. */
  get keys(): readonly VerifierKey[] {
    return this.#keys;
  }

  /** All that is signed, in the order of the files. */
  get all(): readonly SignedHead[] {
    return this.#heads;
  }

  /** Given keys that cannot be checked here. */
  get uncheckable(): readonly VerifierKey[] {
    return this.#keys.filter(({ isCheckable }) => !isCheckable);
  }

  #keep(isKept: (head: SignedHead) => boolean): void {
    this.#setHeads(this.#heads.filter(isKept));
  }

  #setHeads(heads: readonly SignedHead[]): void {
    this.#heads = heads;
    this.#bySize = undefined;
    this.#maxSize = undefined;
  }

  /** A checkpoint of no records at all signs nothing. */
  #noteSigners(note: Note): void {
    if (note.text.split("\n", 2)[1] === "0") return;
    for (const { name, keyId } of note.signatures) {
      const isOfKey = (key: VerifierKey) => key.name === name && key.id === keyId;
      if (this.#keys.some((key) => key.isCheckable && isOfKey(key))) this.#seenNames.add(name);
    }
  }
}

function groupBySize(heads: readonly SignedHead[]): ReadonlyMap<number, readonly SignedHead[]> {
  const groups = new Map<number, SignedHead[]>();
  for (const head of heads) {
    const group = groups.get(head.size);
    if (group === undefined) groups.set(head.size, [head]);
    else group.push(head);
  }
  return groups;
}

function isSignedBy(head: SignedHead, key: VerifierKey): boolean {
  try {
    return verifySignatures(head.note, [key]).length > 0;
  } catch {
    return false;
  }
}
