import type { SessionState } from "../../../ingest/session-state.ts";

/** Sessions that stay in memory between groups. */
const LIMIT = 2_000;

export interface HotSession {
  readonly state: SessionState;
  /** Version of the row that the state is of: another node's group makes it a later one. */
  readonly version: number;
}

/**
 * States of sessions as this node last wrote them. Whoever takes one owns it, and puts it back once
 * its changes are committed; what is not put back is read anew.
 */
export class HotSessions {
  readonly #sessions = new Map<string, HotSession>();
  #areShared = false;

  /** Whether another node changed what this one remembered, when it last looked. */
  get areShared(): boolean {
    return this.#areShared;
  }

  noteShared(wereChanged: boolean, wereTheSame: boolean): void {
    if (wereChanged || wereTheSame) this.#areShared = wereChanged;
  }

  take(tenant: number, id: string): HotSession | undefined {
    const place = `${tenant}/${id}`;
    const session = this.#sessions.get(place);
    this.#sessions.delete(place);
    return session;
  }

  put(tenant: number, id: string, session: HotSession): void {
    this.#sessions.set(`${tenant}/${id}`, session);
    for (const place of this.#sessions.keys()) {
      if (this.#sessions.size <= LIMIT) break;
      this.#sessions.delete(place);
    }
  }
}
