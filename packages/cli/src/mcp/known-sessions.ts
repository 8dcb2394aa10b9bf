/** What is known of sessions here and at the collector: structure only, as plain JSON. */

import type { CollectorPlace } from "@caum/collector/validation";
import type { LocalSession } from "../sessions/local-session.ts";
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

  async list(): Promise<object> {
    await this.#local.read();
    const collector = this.#collector ? await readSessions(this.#collector, LISTED) : [];
    return {
      local: this.#local.sessions.slice(0, LISTED).map(listed),
      collector: collector.map(verdictAtCollector),
    };
  }

  /** @throws {Error} when nobody knows the session */
  async verdict(id?: string): Promise<object> {
    const session = await this.#find(id);
    if (session) return verdictHere(session);
    return verdictAtCollector((await this.#ask(id)).session);
  }

  /** @throws {Error} when nobody knows the session */
  async loop(id?: string): Promise<object> {
    const session = await this.#find(id);
    if (session) {
      const { publicClass, pattern, reasons, coordination } = session.assessment;
      const looping = publicClass === "hard_alert";
      const { advice } = coordination;
      return { looping, advice, pattern: pattern ?? null, reasons, ...verdictHere(session) };
    }
    const summary = (await this.#ask(id)).session;
    return { looping: summary.public_class === "hard_alert", ...verdictAtCollector(summary) };
  }

  /** @throws {Error} when nobody knows the session */
  async evidence(id?: string): Promise<object> {
    const session = await this.#find(id);
    if (session) {
      const verify = "caum verify CAUM_HOME/<folder>";
      return { session: session.id, source: "local", runs: session.evidence, verify };
    }
    const { session: summary, merkle_root, tree_size } = await this.#ask(id);
    const verify = `caum export ${summary.session_id} --out bundle`;
    return { session: summary.session_id, source: "collector", merkle_root, tree_size, verify };
  }

  async #find(id: string | undefined): Promise<LocalSession | undefined> {
    await this.#local.read();
    const { sessions } = this.#local;
    return id === undefined ? sessions[0] : sessions.find((session) => session.id === id);
  }

  async #ask(id: string | undefined) {
    if (id === undefined) throw new Error("no session is recorded on this machine yet");
    if (this.#collector === undefined) throw new Error("there is no such session on this machine");
    return readSummary(this.#collector, id);
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
