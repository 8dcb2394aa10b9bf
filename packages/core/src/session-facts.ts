import { isIdentifier } from "./capture/identifier.ts";
import type { SessionKeys } from "./capture/keys/session-keys.ts";

/** What the user tells about a session; all of it optional, none of it content. */
export interface SessionFacts {
  readonly agentName?: string | undefined;
  readonly team?: string | undefined;
  readonly workflow?: string | undefined;
  readonly cohort?: string | undefined;
  /** Free text; only a keyed tag of it is kept. */
  readonly task?: string | undefined;
}

/** How many hex characters of the task's digest its tag keeps. */
const TASK_TAG_LENGTH = 16;

/** What of it goes into the `open` record. */
export function knownFacts(facts: SessionFacts, keys: SessionKeys) {
  const { task, ...names } = facts;
  const known: Partial<Record<keyof typeof names | "taskTag", string>> = {};
  for (const [name, text] of Object.entries(names)) {
    if (text === undefined) continue;
    // True because the entries are those of `names`.
    known[name as keyof typeof names] = isIdentifier(text) ? text : keys.tag(text);
  }
  if (task !== undefined) {
    known.taskTag = `task_${keys.digest("name", task).slice(0, TASK_TAG_LENGTH)}`;
  }
  return known;
}
