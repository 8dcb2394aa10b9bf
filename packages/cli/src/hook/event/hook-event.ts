/** What a client hands to a hook on its standard input, before anybody knows what it means. */
import { parseJson } from "@caum/core/adapter";

type Fields = Readonly<Record<string, unknown>>;

/** Who registered the hook, as the command line says it. */
export interface Registered {
  readonly client: string;
  /** For clients whose JSON does not name the event. */
  readonly event?: string | undefined;
}

export interface HookEvent {
  /** The program that called, which is not always the one that the hook was registered for. */
  readonly client: string;
  /** As the client names it. */
  readonly name: string;
  /** The client's own id. */
  readonly sessionId: string;
  readonly fields: Fields;
}

const EVENT_NAMES = ["hook_event_name", "hookEventName", "hookName", "event"];

/**
 * @param input the JSON of one event
 * @returns undefined when the input is nothing that a hook is handed
 */
export function readHookEvent(input: string, registered: Registered): HookEvent | undefined {
  const fields = parsed(input);
  if (fields === undefined) return undefined;
  const name = registered.event ?? textIn(fields, ...EVENT_NAMES);
  const context = isFields(fields.sessionContext) ? fields.sessionContext : {};
  const sessionId =
    textIn(fields, "session_id", "sessionId", "conversation_id") ??
    textIn(context, "rootSessionId");
  if (!name || !sessionId) return undefined;
  return { client: callerOf(fields, registered.client), name, sessionId, fields };
}

/** The first of these members that is a text. Clients differ in how they spell the same member. */
export function textIn(fields: Fields, ...names: readonly string[]): string | undefined {
  for (const name of names) {
    const value = fields[name];
    if (typeof value === "string") return value;
  }
  return undefined;
}

/** The first of these members that is there. */
export function valueIn(fields: Fields, ...names: readonly string[]): unknown {
  for (const name of names) if (name in fields) return fields[name];
  return undefined;
}

/** Any JSON object. */
export function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/**
 * VS Code and grok run what is registered for Claude Code. Claude Code writes `hook_event_name`;
 * the two write `hookEventName`, VS Code with its values in PascalCase, grok in snake_case.
 */
function callerOf(fields: Fields, registered: string): string {
  if (registered !== "claude-code" || "hook_event_name" in fields) return registered;
  const name = textIn(fields, "hookEventName");
  if (name === undefined) return registered;
  return /^[A-Z]/.test(name) ? "vscode" : "grok";
}

function parsed(input: string): Fields | undefined {
  const value = parseJson(input);
  return isFields(value) ? value : undefined;
}
