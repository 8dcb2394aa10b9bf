import type { SessionKeys } from "@caum/core/adapter";
import type { StoreReader } from "../../store/store.ts";

const MAX_NAMES = 50_000;

/** What `GET /v1/sessions` calls the names that telemetry gives. */
const ASKED_AS: Readonly<Record<string, string>> = {
  conversation: "correlationId",
  trace: "traceId",
};

/** Who a name belongs to, and the keys that it is kept under. */
export interface NameOwner {
  readonly tenant: number;
  readonly keys: SessionKeys;
  /** The session that other writers of the conversation record into, where that is known. */
  readonly joined: string | undefined;
}

/** A session, and the digests that it can be found by. */
export interface NamedSession {
  readonly sessionId: string;
  readonly digests: readonly string[];
}

/**
 * Which session a conversation, a trace or a call belongs to. Spans come before their parents, so the
 * name of the conversation may be known late: what was begun under a trace goes on there.
 *
 * The store knows the names of every session; those that were seen last are remembered here.
 */
export class SessionNames {
  readonly #reader: Pick<StoreReader, "sessions">;
  readonly #sessions = new Map<string, string>();

  constructor(reader: Pick<StoreReader, "sessions">) {
    this.#reader = reader;
  }

  /** @param names of one session, such as `trace 4bf9...`; the conversation first */
  async sessionOf(
    names: readonly string[],
    { tenant, keys, joined }: NameOwner,
  ): Promise<NamedSession> {
    const digests = names.map((name) => keys.idOf(askedAs(name)));
    if (!this.#isRemembered(digests, tenant)) {
      const stored = await this.#stored(digests, tenant);
      // Another request may have named it meanwhile: its word stands.
      if (stored !== undefined) this.#remember(digests, tenant, stored);
    }
    const known = digests.map((digest) => this.#sessions.get(`${tenant} ${digest}`));
    const named = known.find((id) => id !== undefined);
    const sessionId = named ?? joined ?? `otlp_${digests[0]}`;
    this.#remember(digests, tenant, sessionId);
    return { sessionId, digests };
  }

  #isRemembered(digests: readonly string[], tenant: number): boolean {
    return digests.some((digest) => this.#sessions.has(`${tenant} ${digest}`));
  }

  async #stored(digests: readonly string[], tenant: number): Promise<string | undefined> {
    for (const digest of digests) {
      const [found] = await this.#reader.sessions(tenant, { limit: 1, traces: [digest] });
      if (found !== undefined) return found.id;
    }
    return undefined;
  }

  #remember(digests: readonly string[], tenant: number, session: string): void {
    for (const digest of digests) {
      const name = `${tenant} ${digest}`;
      const before = this.#sessions.get(name);
      this.#sessions.delete(name);
      this.#sessions.set(name, before ?? session);
      const [oldest] = this.#sessions.keys();
      if (this.#sessions.size > MAX_NAMES && oldest !== undefined) this.#sessions.delete(oldest);
    }
  }
}

function askedAs(name: string): string {
  const [kind = ""] = name.split(" ", 1);
  return Object.hasOwn(ASKED_AS, kind) ? `${ASKED_AS[kind]}${name.slice(kind.length)}` : name;
}
