/** What a collector says of the sessions of a key. */
import type { SimilarSessions } from "@caum/collector/local";
import type { CollectorPlace } from "@caum/collector/validation";
import { DOCTOR_SESSION, shellWord } from "@caum/core/settings";
import { askJson, readAnswer } from "../source/ask-collector.ts";
import { cursorAfter } from "../source/next-page.ts";
import type {
  SessionQuery,
  SessionReport,
  SessionSource,
  SessionSummary,
  StepOfSession,
} from "../source/session-source.ts";

interface Page extends SessionReport {
  readonly next_cursor: string | null | undefined;
}

/** Every method throws `CollectorError` when the collector does not answer, or refuses. */
export class CollectorSource implements SessionSource {
  readonly #place: CollectorPlace;

  constructor(place: CollectorPlace) {
    this.#place = place;
  }

  async list({ limit, hadLoop, marked, worstTier }: SessionQuery) {
    const query = new URLSearchParams({ limit: String(limit) });
    const wanted = { had_loop: hadLoop, marked, worst_tier: worstTier };
    for (const [name, value] of Object.entries(wanted)) {
      if (value !== undefined) query.set(name, String(value));
    }
    const path = `/v1/sessions?${query}`;
    const { sessions } = await readAnswer<{ readonly sessions: readonly SessionSummary[] }>(
      this.#place,
      path,
      "sessions",
    );
    return sessions.filter(({ session_id: id }) => id !== DOCTOR_SESSION);
  }

  /**
   * Verdict and root are those of the moment at which the last steps were read, so that they speak
   * of the same records while the session goes on.
   */
  async report(id: string): Promise<SessionReport> {
    const { steps, last } = await this.#pages(id, 0);
    const { session, merkle_root, tree_size } = last;
    // A step that came while the page was read is not under this root.
    const covered = steps.filter(({ index }) => index < tree_size);
    return { session, merkle_root, tree_size, steps: covered };
  }

  async acknowledge(id: string, by: string): Promise<SessionSummary> {
    const path = `${pathOf(id)}/acknowledge`;
    return (await askJson<{ session: SessionSummary }>(this.#place, path, "session", { by }))
      .session;
  }

  similar(id: string, limit: number): Promise<SimilarSessions> {
    const path = `${pathOf(id)}/similar?limit=${limit}`;
    return readAnswer<SimilarSessions>(this.#place, path, "sessions");
  }

  async proofOf(id: string): Promise<string> {
    return `caum export ${shellWord(id)} --out bundle`;
  }

  /** How a session stands, without its steps. */
  summary(id: string): Promise<Omit<SessionReport, "steps">> {
    return readAnswer<SessionReport>(this.#place, `${pathOf(id)}?limit=1`, "steps");
  }

  /** The records of a session from an index on. */
  async stepsFrom(id: string, from: number): Promise<readonly StepOfSession[]> {
    return (await this.#pages(id, from)).steps;
  }

  async #pages(id: string, from: number) {
    const path = `${pathOf(id)}?limit=1000`;
    const steps: StepOfSession[] = [];
    for (let cursor = String(from); ; ) {
      const place = `${path}&cursor=${encodeURIComponent(cursor)}`;
      const last = await readAnswer<Page>(this.#place, place, "steps");
      steps.push(...last.steps);
      const next = cursorAfter(cursor, last.next_cursor);
      if (next === null) return { steps, last };
      cursor = next;
    }
  }
}

function pathOf(id: string): string {
  return `/v1/session/${encodeURIComponent(id)}`;
}
