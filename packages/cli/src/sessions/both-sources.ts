import type { SimilarSessions } from "@caum/collector/local";
import { CollectorError } from "@caum/collector/validation";
import { newestOf } from "./local/local-source.ts";
import { SessionGone } from "./source/ask-collector.ts";
import type {
  SessionQuery,
  SessionReport,
  SessionSource,
  SessionSummary,
} from "./source/session-source.ts";

/**
 * Where nothing is configured: what is recorded here, and what a collector of this machine has, should
 * one run. It took over the runs that were there when it started; those that came later are here only.
 */
export class BothSources implements SessionSource {
  readonly #local: SessionSource;
  readonly #collector: SessionSource;

  constructor(local: SessionSource, collector: SessionSource) {
    this.#local = local;
    this.#collector = collector;
  }

  async list(query: SessionQuery): Promise<readonly SessionSummary[]> {
    const here = await this.#local.list({ limit: Number.POSITIVE_INFINITY });
    const there = await orNothing(this.#collector.list(query));
    const known = new Map(here.map((session) => [session.session_id, session]));
    for (const session of there ?? []) {
      const mine = known.get(session.session_id);
      if (mine === undefined || mine.events <= session.events)
        known.set(session.session_id, session);
    }
    return newestOf([...known.values()], query);
  }

  async report(id: string): Promise<SessionReport> {
    const there = await orNothing(this.#collector.report(id));
    const here = await orNothing(this.#local.report(id));
    return whole(there, here);
  }

  async acknowledge(id: string, by: string): Promise<SessionSummary> {
    const there = await orNothing(this.#collector.acknowledge(id, by));
    const here = await orNothing(this.#local.acknowledge(id, by));
    return there ?? known(here);
  }

  /** Where more sessions are known to compare with. */
  async similar(id: string, limit: number): Promise<SimilarSessions> {
    const there = await orNothing(this.#collector.similar(id, limit));
    const here = await orNothing(this.#local.similar(id, limit));
    if (there === undefined || here === undefined) return known(there ?? here);
    return here.compared.sessions > there.compared.sessions ? here : there;
  }

  async proofOf(id: string): Promise<string> {
    return known((await orNothing(this.#collector.proofOf(id))) ?? (await this.#local.proofOf(id)));
  }
}

/** The one with more records; they have the same beginning. */
function whole(there: SessionReport | undefined, here: SessionReport | undefined): SessionReport {
  if (there === undefined || here === undefined) return known(there ?? here);
  return here.tree_size > there.tree_size ? here : there;
}

function known<T>(found: T | undefined): T {
  if (found !== undefined) return found;
  throw new SessionGone("there is no such session: caum sessions lists them");
}

/** Nobody named this collector: that it does not run, or is none, is no failure here. */
async function orNothing<T>(asked: Promise<T>): Promise<T | undefined> {
  try {
    return await asked;
  } catch (problem) {
    if (problem instanceof CollectorError) return undefined;
    throw problem;
  }
}
