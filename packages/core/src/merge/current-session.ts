import { type CurrentSession, processRegistry } from "./process-registry.ts";

/**
 * Runs `work` as part of a session: every adapter that observes something inside of it, also after
 * an await, reports it there.
 */
export function withSession<T>(id: string, work: () => T): T {
  return processRegistry().session.run({ id }, work);
}

/** The session that the running code belongs to, when somebody said so. */
export function currentSession(): CurrentSession | undefined {
  return processRegistry().session.getStore();
}
