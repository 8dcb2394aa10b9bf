/** What Claude Code tells a hook on its standard input, as far as we look at it. */
export interface HookEvent {
  readonly name: string;
  readonly sessionId: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

/** @returns undefined when the input is nothing a hook is told */
export function readHookEvent(input: string): HookEvent | undefined {
  try {
    const fields: unknown = JSON.parse(input);
    if (typeof fields !== "object" || fields === null) return undefined;
    // True because it is an object; every field is checked where it is used.
    const known = fields as Readonly<Record<string, unknown>>;
    const { hook_event_name: name, session_id: sessionId } = known;
    if (typeof name !== "string" || typeof sessionId !== "string") return undefined;
    return sessionId === "" ? undefined : { name, sessionId, fields: known };
  } catch {
    return undefined;
  }
}
