import {
  CompactRange,
  formatNote,
  type Signer,
  sessionOrigin,
  signCheckpoint,
} from "@caum/core/collector";
import {
  EvidenceError,
  parseCheckpoint,
  parseNote,
  parseVerifierKey,
  type VerifierKey,
  verifySignatures,
} from "@caum/core/verify";
import type { TenantRow } from "../rows/tenant-rows.ts";
import type { SessionView, Store } from "../store/store.ts";

/** A signature of one session costs about forty hashes; so often at most. */
const SIGN_EVERY_MS = 1_000;
const MAX_KNOWN = 2_000;

/** What evidence needs of the collector. */
export interface EvidenceParts {
  readonly store: Store;
  readonly signer: Signer;
  readonly clock: () => number;
}

/** A signed head of a session. */
export interface SignedHead {
  readonly size: number;
  readonly root: string;
  readonly note: string;
}

/** Whose a session is. */
type Owner = Pick<TenantRow, "tenant" | "ulid">;

interface Known extends SignedHead {
  readonly atMs: number;
}

/** Signs heads of sessions when somebody asks, and keeps what was signed. */
export class Checkpoints {
  readonly #store: Store;
  readonly #signer: Signer;
  readonly #clock: () => number;
  readonly #known = new Map<string, Known>();

  constructor(store: Store, signer: Signer, clock: () => number) {
    this.#store = store;
    this.#signer = signer;
    this.#clock = clock;
  }

  /** The newest head, signed at most a second ago where the session goes on meanwhile. */
  async recent(owner: TenantRow, view: SessionView): Promise<SignedHead> {
    const known = this.#known.get(placeOf(owner, view));
    const isRecent = known !== undefined && this.#clock() - known.atMs < SIGN_EVERY_MS;
    return isRecent && known.size <= view.tree.size ? known : this.exact(owner, view);
  }

  /** The head of exactly this view, as exports need it. */
  async exact(owner: Owner, view: SessionView): Promise<SignedHead> {
    const place = placeOf(owner, view);
    const known = this.#known.get(place);
    if (known?.size === view.tree.size) return known;
    const { size } = view.tree;
    const stored = (await this.#store.reader.notes(owner.tenant, view.id)).at(-1);
    if (stored?.size === size) return this.#remember(place, view, stored.note);
    const { root } = CompactRange.restore(view.tree);
    const origin = sessionOrigin(this.#signer.name, owner.ulid, view.id);
    const note = signCheckpoint({ origin, size, root }, this.#signer);
    await this.#save(owner, view.id, size, note);
    return this.#remember(place, view, note);
  }

  /**
   * Adds the signatures of the session's own writers to a head that this collector signed.
   *
   * @returns the size and how many signatures the head has now
   * @throws {EvidenceError} when the note is none, or not one of ours
   */
  async cosign(
    owner: TenantRow,
    view: SessionView,
    offered: string,
  ): Promise<{ readonly size: number; readonly signatures: number }> {
    const note = parseNote(Buffer.from(offered));
    const { origin, size } = parseCheckpoint(note.text);
    const own = parseVerifierKey(this.#signer.vkey);
    const isOurs = origin === sessionOrigin(this.#signer.name, owner.ulid, view.id);
    if (!isOurs || verifySignatures(note, [own]).length === 0) {
      throw new EvidenceError("invalid_checkpoint", "the note is not a checkpoint of this session");
    }
    const keys = [own, ...view.origins.writerKeys.flatMap(keyOf)];
    const signers = verifySignatures(note, keys).map(({ key }) => `${key.name} ${key.id}`);
    const signatures = note.signatures.filter(({ name, keyId }) =>
      signers.includes(`${name} ${keyId}`),
    );
    await this.#save(owner, view.id, size, formatNote({ text: note.text, signatures }));
    this.#known.delete(placeOf(owner, view));
    return { size, signatures: signatures.length };
  }

  /** A head that cannot be kept is still true; the next one will be. */
  async #save(owner: Owner, sessionId: string, size: number, note: string): Promise<void> {
    const { tenant } = owner;
    await this.#store.administer({ kind: "save_note", tenant, sessionId, size, note });
  }

  #remember(place: string, view: SessionView, note: string): SignedHead {
    const { root } = CompactRange.restore(view.tree);
    const head: Known = { size: view.tree.size, root, note, atMs: this.#clock() };
    if (this.#known.size >= MAX_KNOWN) this.#known.clear();
    this.#known.set(place, head);
    return head;
  }
}

/** A writer's key that is none was refused by nobody before; it cannot co-sign. */
function keyOf(text: string): VerifierKey[] {
  try {
    return [parseVerifierKey(text)];
  } catch {
    return [];
  }
}

function placeOf(owner: Owner, view: SessionView): string {
  return `${owner.tenant}/${view.id}`;
}
