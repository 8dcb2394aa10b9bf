/** When each key was used last: noted in memory, and written beside the way of requests. */
import { refusalError } from "../http/door-error.ts";
import type { KeyRow, KeyUse } from "../rows/tenant-rows.ts";
import type { Store } from "../store/store.ts";
import { TimedRounds } from "../timed-rounds.ts";

/** A key that is always in use is written this often. */
const WRITE_EVERY_MS = 3_600_000;
const ROUND_MS = 60_000;
/** Of more keys than this the ones that were noted first are forgotten. */
const MAX_KNOWN = 10_000;

export type UsedKey = Pick<KeyRow, "tenant" | "keyId">;

interface Noted extends UsedKey {
  usedMs: number;
  /** The use that the store knows of. */
  writtenMs: number;
}

interface KeyUsesParts {
  readonly store: Pick<Store, "administer">;
  readonly clock: () => number;
  readonly onFailure: (failure: Error) => void;
}

export class KeyUses {
  readonly #parts: KeyUsesParts;
  readonly #noted = new Map<string, Noted>();
  readonly #rounds: TimedRounds;

  constructor(parts: KeyUsesParts) {
    this.#parts = parts;
    const { onFailure } = parts;
    this.#rounds = new TimedRounds({
      round: () => this.write(WRITE_EVERY_MS),
      everyMs: ROUND_MS,
      onFailure,
    });
  }

  /** Costs a look into a map; nothing waits for it. */
  note({ tenant, keyId }: UsedKey): void {
    const name = `${tenant} ${keyId}`;
    const usedMs = this.#parts.clock();
    const known = this.#noted.get(name);
    if (known !== undefined) {
      known.usedMs = usedMs;
      return;
    }
    if (this.#noted.size >= MAX_KNOWN) this.#forgetFirst();
    this.#noted.set(name, { tenant, keyId, usedMs, writtenMs: Number.NEGATIVE_INFINITY });
  }

  /** As far as this process knows; undefined where it has not seen the key. */
  latest({ tenant, keyId }: UsedKey): number | undefined {
    return this.#noted.get(`${tenant} ${keyId}`)?.usedMs;
  }

  start(): void {
    this.#rounds.start();
  }

  /** Writes what is not written yet; a use that is lost by a failure is only a later time less. */
  async stop(): Promise<void> {
    await this.#rounds.stop();
    await this.write(0).catch(this.#parts.onFailure);
  }

  /** @param afterMs how much later than what the store knows a use has to be */
  async write(afterMs: number): Promise<void> {
    const due = [...this.#noted.values()].filter(
      ({ usedMs, writtenMs }) => usedMs > writtenMs && usedMs - writtenMs >= afterMs,
    );
    for (const tenant of new Set(due.map((use) => use.tenant))) {
      await this.#writeOf(
        tenant,
        due.filter((use) => use.tenant === tenant),
      );
    }
  }

  async #writeOf(tenant: number, noted: readonly Noted[]): Promise<void> {
    // As they are now: what is used while it is written is written later.
    const uses: readonly KeyUse[] = noted.map(({ keyId, usedMs }) => ({ keyId, usedMs }));
    const answer = await this.#parts.store.administer({ kind: "note_key_uses", tenant, uses });
    if (answer.kind === "refused") throw refusalError(answer.code);
    for (const [at, use] of uses.entries()) {
      const of = noted[at];
      if (of !== undefined) of.writtenMs = use.usedMs;
    }
  }

  #forgetFirst(): void {
    const [first] = this.#noted.keys();
    if (first !== undefined) this.#noted.delete(first);
  }
}
