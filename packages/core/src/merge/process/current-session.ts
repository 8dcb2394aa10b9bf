import { type CurrentSession, processRegistry, runningSession } from "./process-registry.ts";

/**
 * Runs `work` as part of a session: every adapter that observes something inside of it, also after
 * an await, reports it there.
 */
export function withSession<T>(id: string, work: () => T): T {
  return processRegistry().session.run({ id }, work);
}

/** The session that the running code belongs to, when somebody said so. */
export function currentSession(): CurrentSession | undefined {
  return runningSession();
}

/**
 * Makes the running code, and what it starts, a part of a session: for hosts that let us know of
 * work from inside of its own async context, and give us nothing to wrap it with.
 *
 * @returns set its `isOver` when that work ends
 */
export function enterSession(current: Pick<CurrentSession, "id" | "agent">): CurrentSession {
  const { id, agent } = current;
  const entered: CurrentSession = { id, agent, isOver: false, outer: runningSession() };
  processRegistry().session.enterWith(entered);
  return entered;
}
