/** What is known of sessions here and at the collector: structure only, as plain JSON. */
import type { CollectorPlace } from "@caum/collector/validation";
import { shellWord } from "@caum/core/settings";
import { CollectorSource } from "../sessions/collector/collector-source.ts";
import { Acknowledgements } from "../sessions/local/acknowledgements.ts";
import type { LocalSession } from "../sessions/local/local-session.ts";
import { LocalSessions } from "../sessions/local/local-sessions.ts";
import { newestOf } from "../sessions/local/local-source.ts";
import type { SessionSummary } from "../sessions/source/session-source.ts";
import { reasonOf } from "../terminal/reason.ts";

const LISTED = 20;

/** A session with where it is known. */
interface Known {
  readonly summary: SessionSummary;
  /** Absent where only the collector knows it. */
  readonly here?: LocalSession;
}

export class KnownSessions {
  readonly #local: LocalSessions;
  readonly #acknowledgements: Acknowledgements;
  readonly #collector: CollectorSource | undefined;

  constructor(home: string, collector?: CollectorPlace) {
    this.#local = new LocalSessions(home);
    this.#acknowledgements = new Acknowledgements(home);
    this.#collector = collector && new CollectorSource(collector);
  }

  /** A collector that does not answer hides nothing of what is known here. */
  async list(): Promise<object> {
    const here = newestOf(await this.#summariesHere(), { limit: LISTED });
    const local = here.map((summary) => listed(summary, "local"));
    try {
      const there = (await this.#collector?.list({ limit: LISTED })) ?? [];
      return { local, collector: there.map((summary) => listed(summary, "collector")) };
    } catch (problem) {
      return { local, collector: [], collector_problem: reasonOf(problem) };
    }
  }

  /** @throws {Error} when nobody knows the session */
  async verdict(id?: string): Promise<object> {
    const { summary, here } = await this.#find(id);
    return verdictOf(summary, here ? "local" : "collector");
  }

  /** @throws {Error} when nobody knows the session */
  async loop(id?: string): Promise<object> {
    const { summary, here } = await this.#find(id);
    const looping = summary.live_alert;
    const verdict = verdictOf(summary, here ? "local" : "collector");
    if (here === undefined) return { looping, ...verdict };
    const { pattern, reasons, advice } = here.standing;
    const message = looping ? { message: here.message } : {};
    return { looping, ...message, advice, pattern: pattern ?? null, reasons, ...verdict };
  }

  /** @throws {Error} when nobody knows the session */
  async evidence(id?: string): Promise<object> {
    const { summary, here } = await this.#find(id);
    const { session_id: session } = summary;
    if (here !== undefined) {
      const verify = "caum verify CAUM_HOME/<folder> --key <one that caum keys prints>";
      return { session, source: "local", runs: here.evidence, verify };
    }
    const { merkle_root, tree_size } = await this.#asked().summary(session);
    const verify = `caum export ${shellWord(session)} --out bundle`;
    return { session, source: "collector", merkle_root, tree_size, verify };
  }

  async #summariesHere(): Promise<readonly SessionSummary[]> {
    await this.#local.read();
    const known = this.#acknowledgements.read();
    return this.#local.sessions.map((session) => session.summary(known.get(session.id)));
  }

  /** Without an id the newest that is known, here or at the collector. */
  async #find(id: string | undefined): Promise<Known> {
    const summaries = await this.#summariesHere();
    if (id === undefined) return this.#newest(newestOf(summaries, { limit: 1 })[0]);
    const summary = summaries.find(({ session_id }) => session_id === id);
    return summary ? this.#known(summary) : { summary: (await this.#asked().summary(id)).session };
  }

  async #newest(here: SessionSummary | undefined): Promise<Known> {
    const there = await this.#newestThere(here !== undefined);
    if (there !== undefined && there.last_seen > (here?.last_seen ?? "")) return { summary: there };
    if (here === undefined) throw new Error("no session is recorded yet");
    return this.#known(here);
  }

  #known(summary: SessionSummary): Known {
    const here = this.#local.sessions.find(({ id }) => id === summary.session_id);
    return { summary, ...(here && { here }) };
  }

  /** @param hasOther whether there is something to say without the collector */
  async #newestThere(hasOther: boolean): Promise<SessionSummary | undefined> {
    if (this.#collector === undefined) return undefined;
    try {
      return (await this.#collector.list({ limit: 1 }))[0];
    } catch (problem) {
      if (hasOther) return undefined;
      throw problem;
    }
  }

  #asked(): CollectorSource {
    if (this.#collector === undefined) throw new Error("there is no such session on this machine");
    return this.#collector;
  }
}

type Source = "local" | "collector";

function listed(summary: SessionSummary, source: Source): object {
  const { title, agent_name: agent, last_seen } = summary;
  return { ...verdictOf(summary, source), title, agent, last_seen };
}

function verdictOf(summary: SessionSummary, source: Source): object {
  const { session_id: session, steps, regime, tier, uds, failure_risk, public_class } = summary;
  const { ended, worst_tier, loop_count, loop_steps, loop_cost_usd } = summary;
  return {
    session,
    source,
    steps,
    regime,
    tier,
    uds,
    failure_risk,
    public_class,
    ended,
    worst_tier,
    loop_count,
    loop_steps,
    loop_cost_usd,
    decision: "observe_only",
  };
}
