/** Profiles of packed traces. */
import { Health } from "@caum/core/health";
import type { SessionProfile } from "@caum/workflows";
import { parseObject, TraceError, traceEventOf } from "../check/trace-event.ts";
import { readTraceLines, TraceFileError, type TraceLine } from "../check/trace-lines.ts";
import { draftOfStep, ProfileCounter } from "../profiles/profile-counter.ts";
import type { OrderOfOne } from "./order-of-one.ts";

/** @param problems what could not be read is added to them */
export async function tracedProfiles(
  paths: readonly string[],
  problems: string[],
  order?: OrderOfOne,
): Promise<readonly SessionProfile[]> {
  const sessions = new TracedSessions(order);
  for (const path of paths) {
    const before = sessions.damaged;
    try {
      for await (const line of readTraceLines(path)) sessions.take(line);
    } catch (problem) {
      if (!(problem instanceof TraceFileError)) throw problem;
      problems.push(`${path}: ${problem.message}`);
    }
    const damaged = sessions.damaged - before;
    if (damaged > 0) problems.push(`${path}: lines that are no event of a trace: ${damaged}`);
  }
  return sessions.profiles;
}

class TracedSessions {
  readonly #sessions = new Map<string, { health: Health; counter: ProfileCounter }>();
  readonly #order: OrderOfOne | undefined;
  /** Lines that are no event. */
  damaged = 0;

  constructor(order: OrderOfOne | undefined) {
    this.#order = order;
  }

  get profiles(): readonly SessionProfile[] {
    const sessions = [...this.#sessions];
    return sessions.map(([id, { counter }]) => counter.profile(id, { ended: true }, 0));
  }

  take({ text, tooLong }: TraceLine): void {
    if (tooLong) this.damaged += 1;
    if (text === "") return;
    try {
      const { sessionId, observed: step, tokens } = traceEventOf(parseObject(text));
      const known = this.#sessions.get(sessionId);
      const session = known ?? this.#begun(sessionId);
      if (known === undefined) this.#sessions.set(sessionId, session);
      const assessment = session.health.observe(step);
      session.counter.take(draftOfStep(step), assessment, { atMs: step.atMs, tokens });
    } catch (problem) {
      if (!(problem instanceof TraceError)) throw problem;
      this.damaged += 1;
    }
  }

  #begun(id: string) {
    return { health: new Health(), counter: new ProfileCounter(this.#order?.of(id)) };
  }
}
