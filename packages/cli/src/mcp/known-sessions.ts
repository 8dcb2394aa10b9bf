/** What is known of sessions here and at the collector: structure only, as plain JSON. */
import type { CollectorPlace } from "@caum/collector/validation";
import { shellWord } from "@caum/core";
import { reasonOf } from "../reason.ts";
import { LocalSession } from "../sessions/local-session.ts";
import { LocalSessions } from "../sessions/local-sessions.ts";
import { readSessions, readSummary, type SessionSummary } from "../sessions/read-sessions.ts";

const LISTED = 20;

export class KnownSessions {
  readonly #local: LocalSessions;
  readonly #collector: CollectorPlace | undefined;

  constructor(home: string, collector?: CollectorPlace) {
    this.#local = new LocalSessions(home);
    this.#collector = collector;
  }

  /** A collector that does not answer hides nothing of what is known here. */
  async list(): Promise<object> {
    await this.#local.read();
    const local = this.#local.sessions.slice(0, LISTED).map(listed);
    try {
      const collector = this.#collector ? await readSessions(this.#collector, LISTED) : [];
      return { local, collector: collector.map(verdictAtCollector) };
    } catch (problem) {
      return { local, collector: [], collector_problem: reasonOf(problem) };
    }
  }

  /** @throws {Error} when nobody knows the session */
  async verdict(id?: string): Promise<object> {
    const found = await this.#find(id);
    return found instanceof LocalSession ? verdictHere(found) : verdictAtCollector(found);
  }

  /** @throws {Error} when nobody knows the session */
  async loop(id?: string): Promise<object> {
    const found = await this.#find(id);
    if (!(found instanceof LocalSession)) {
      return { looping: found.public_class === "hard_alert", ...verdictAtCollector(found) };
    }
    const { publicClass, pattern, reasons, coordination } = found.assessment;
    const looping = publicClass === "hard_alert";
    const { advice } = coordination;
    return { looping, advice, pattern: pattern ?? null, reasons, ...verdictHere(found) };
  }

  /** @throws {Error} when nobody knows the session */
  async evidence(id?: string): Promise<object> {
    const found = await this.#find(id);
    if (found instanceof LocalSession) {
      const verify = "caum verify CAUM_HOME/<folder> --key <one that caum keys prints>";
      return { session: found.id, source: "local", runs: found.evidence, verify };
    }
    const { merkle_root, tree_size } = await readSummary(this.#asked(), found.session_id);
    const verify = `caum export ${shellWord(found.session_id)} --out bundle`;
    return { session: found.session_id, source: "collector", merkle_root, tree_size, verify };
  }

  /** Without an id the newest that is known, here or at the collector. */
  async #find(id: string | undefined): Promise<LocalSession | SessionSummary> {
    await this.#local.read();
    const { sessions } = this.#local;
    if (id === undefined) return this.#newest(sessions[0]);
    const here = sessions.find((session) => session.id === id);
    return here ?? (await readSummary(this.#asked(), id)).session;
  }

  async #newest(here: LocalSession | undefined): Promise<LocalSession | SessionSummary> {
    const there = await this.#newestThere(here !== undefined);
    const isThere = there !== undefined && there.last_seen > (here?.lastSeen ?? "");
    const newest = isThere ? there : here;
    if (newest === undefined) throw new Error("no session is recorded yet");
    return newest;
  }

  /** @param hasOther whether there is something to say without the collector */
  async #newestThere(hasOther: boolean): Promise<SessionSummary | undefined> {
    if (this.#collector === undefined) return undefined;
    try {
      return (await readSessions(this.#collector, 1))[0];
    } catch (problem) {
      if (hasOther) return undefined;
      throw problem;
    }
  }

  #asked(): CollectorPlace {
    if (this.#collector === undefined) throw new Error("there is no such session on this machine");
    return this.#collector;
  }
}

function listed(session: LocalSession): object {
  const { agent, lastSeen } = session;
  return { ...verdictHere(session), agent, last_seen: lastSeen };
}

function verdictHere({ id, assessment }: LocalSession): object {
  const { step, regime, tier, uds, failureRisk, publicClass } = assessment;
  return {
    session: id,
    source: "local",
    steps: step,
    regime,
    tier,
    uds,
    failure_risk: failureRisk,
    public_class: publicClass,
    decision: "observe_only",
  };
}

function verdictAtCollector(summary: SessionSummary): object {
  const { session_id: session, steps, regime, tier, uds, failure_risk, public_class } = summary;
  const found = { session, source: "collector", steps, regime, tier, uds };
  return { ...found, failure_risk, public_class, decision: "observe_only" };
}
