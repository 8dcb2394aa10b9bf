import type { SessionKeys } from "@caum/core";

const MAX_NAMES = 50_000;
/** Keyed names are cut to this: half of a digest is enough to tell them apart. */
const NAME_LENGTH = 32;

/**
 * Which session a conversation, a trace or a call belongs to. Spans come before their parents, so the
 * name of the conversation may be known late: what was begun under a trace goes on there.
 *
 * The names that were seen last are remembered, keyed. After a restart, the conversation still leads
 * to its session where it was named in the first request.
 */
export class SessionNames {
  readonly #sessions = new Map<string, string>();

  /**
   * @param names of one session, the conversation first
   * @param keys the tenant's
   */
  sessionOf(names: readonly string[], tenant: string, keys: SessionKeys): string {
    const keyed = names.map((name) => keys.digest("name", `otlp ${name}`).slice(0, NAME_LENGTH));
    const known = keyed.map((name) => this.#sessions.get(`${tenant} ${name}`));
    const session = known.find((id) => id !== undefined) ?? `otlp_${keyed[0]}`;
    for (const name of keyed) this.#remember(`${tenant} ${name}`, session);
    return session;
  }

  #remember(name: string, session: string): void {
    const before = this.#sessions.get(name);
    this.#sessions.delete(name);
    this.#sessions.set(name, before ?? session);
    const [oldest] = this.#sessions.keys();
    if (this.#sessions.size > MAX_NAMES && oldest !== undefined) this.#sessions.delete(oldest);
  }
}
