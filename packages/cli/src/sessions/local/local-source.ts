import { type SimilarSessions, similarAmong } from "@caum/collector/local";
import { DOCTOR_SESSION, shellWord } from "@caum/core/settings";
import { SessionGone } from "../source/ask-collector.ts";
import type {
  SessionQuery,
  SessionReport,
  SessionSource,
  SessionSummary,
} from "../source/session-source.ts";
import { Acknowledgements } from "./acknowledgements.ts";
import type { LocalSession } from "./local-session.ts";
import { LocalSessions } from "./local-sessions.ts";

/** The runs below a CAUM_HOME, judged here as a collector would judge them. */
export class LocalSource implements SessionSource {
  readonly #home: string;
  readonly #acknowledgements: Acknowledgements;

  constructor(home: string) {
    this.#home = home;
    this.#acknowledgements = new Acknowledgements(home);
  }

  async list(query: SessionQuery): Promise<readonly SessionSummary[]> {
    const sessions = new LocalSessions(this.#home);
    await sessions.read();
    const known = this.#acknowledgements.read();
    return newestOf(
      sessions.sessions.map((session) => session.summary(known.get(session.id))),
      query,
    );
  }

  async report(id: string): Promise<SessionReport> {
    const session = await this.#find(id);
    return session.report(this.#acknowledgements.read().get(id));
  }

  async acknowledge(id: string, by: string): Promise<SessionSummary> {
    const session = await this.#find(id);
    const { loop_count: loops } = session.summary(undefined);
    const acknowledged = { atMs: Date.now(), by, loops };
    this.#acknowledgements.add(id, acknowledged);
    return session.summary(acknowledged);
  }

  async similar(id: string, limit: number): Promise<SimilarSessions> {
    const sessions = new LocalSessions(this.#home);
    await sessions.read();
    const session = sessions.sessions.find((known) => known.id === id);
    if (session === undefined) throw unknownHere();
    const { profile } = session;
    const profiles = sessions.sessions.flatMap((other) => {
      const isOther = other.id !== id && other.id !== DOCTOR_SESSION;
      return isOther && other.profile !== undefined ? [other.profile] : [];
    });
    const ofWorkflow = profiles.filter(({ workflow }) => {
      return workflow !== undefined && workflow === profile?.workflow;
    });
    const ofAgent = profiles.filter(({ agent }) => agent === profile?.agent);
    return similarAmong({ id, limit }, profile, {
      profiles,
      of_workflow: ofWorkflow.length,
      of_agent: ofAgent.filter((other) => !ofWorkflow.includes(other)).length,
      complete: true,
    });
  }

  async proofOf(id: string): Promise<string> {
    const { evidence } = await this.#find(id);
    const folders = evidence.map(({ folder }) => shellWord(`${this.#home}/${folder}`));
    return folders.map((folder) => `caum verify ${folder}`).join("\n");
  }

  async #find(id: string): Promise<LocalSession> {
    const sessions = new LocalSessions(this.#home, { only: id, keepsSteps: true });
    await sessions.read();
    const [session] = sessions.sessions;
    if (session === undefined) throw unknownHere();
    return session;
  }
}

function unknownHere(): SessionGone {
  return new SessionGone("there is no such session on this machine: caum sessions lists them");
}

/** Those that are asked for, the newest first. */
export function newestOf(
  sessions: readonly SessionSummary[],
  { limit, hadLoop, marked, worstTier }: SessionQuery,
): readonly SessionSummary[] {
  return sessions
    .filter((session) => session.session_id !== DOCTOR_SESSION)
    .filter((session) => hadLoop === undefined || session.loop_count > 0 === hadLoop)
    .filter((session) => marked === undefined || session.marked === marked)
    .filter((session) => worstTier === undefined || session.worst_tier === worstTier)
    .sort((a, b) => (a.last_seen < b.last_seen ? 1 : -1))
    .slice(0, limit);
}
