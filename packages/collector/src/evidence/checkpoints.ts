import { CompactRange, type Signer, sessionOrigin, signCheckpoint } from "@caum/core";
import type { SessionView, Store, TenantRow } from "../store/store.ts";

/** A signature of one session costs about forty hashes; so often at most. */
const SIGN_EVERY_MS = 1_000;
const MAX_KNOWN = 2_000;

/** A signed head of a session. */
export interface SignedHead {
  readonly size: number;
  readonly root: string;
  readonly note: string;
}

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
  async exact(owner: TenantRow, view: SessionView): Promise<SignedHead> {
    const place = placeOf(owner, view);
    const known = this.#known.get(place);
    if (known?.size === view.tree.size) return known;
    const { size } = view.tree;
    const { root } = CompactRange.restore(view.tree);
    const origin = sessionOrigin(this.#signer.name, owner.ulid, view.id);
    const note = signCheckpoint({ origin, size, root }, this.#signer);
    const head: Known = { size, root, note, atMs: this.#clock() };
    if (this.#known.size >= MAX_KNOWN) this.#known.clear();
    this.#known.set(place, head);
    const { tenant } = owner;
    // A head that cannot be kept is still true; the next one will be.
    await this.#store.administer({ kind: "save_note", tenant, sessionId: view.id, size, note });
    return head;
  }
}

function placeOf(owner: TenantRow, view: SessionView): string {
  return `${owner.tenant}/${view.id}`;
}
