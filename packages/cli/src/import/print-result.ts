/** What an import added, for people and as JSON. */
import type { Notes } from "@caum/histories";
import { plural } from "../lookback/words.ts";
import type { ImportedSession } from "./import-histories.ts";

export function resultOf(sessions: readonly ImportedSession[], notes: Notes) {
  const { copies, notUnderstood, links } = notes;
  return {
    added: sum(sessions, "added"),
    witnessed: sum(sessions, "witnessed"),
    copies,
    notUnderstood,
    links,
    sessions,
  };
}

export function resultText(sessions: readonly ImportedSession[], notes: Notes): readonly string[] {
  const added = sum(sessions, "added");
  return [
    ...sessions.filter((session) => session.added > 0).flatMap(sessionText),
    `${plural(added, "record")} of ${plural(sessions.length, "session")} added: imported, not witnessed`,
    ...(notes.notUnderstood === 0
      ? []
      : [`${plural(notes.notUnderstood, "line")} not understood and left out`]),
  ];
}

/** Which records they are is said by their run: it holds nothing else. */
function sessionText(session: ImportedSession): readonly string[] {
  const { calls, turns, messages, witnessed, run } = session;
  const parts = [plural(calls, "call"), plural(turns, "turn"), plural(messages, "message")];
  const beside =
    witnessed === 0 ? "" : `; ${plural(witnessed, "call")} witnessed live and left as recorded`;
  return [
    `${session.session}  ${session.client}  ${plural(session.added, "record")} added`,
    `      run ${run}: ${parts.join(", ")}${beside}`,
  ];
}

function sum(sessions: readonly ImportedSession[], name: "added" | "witnessed"): number {
  return sessions.reduce((total, session) => total + session[name], 0);
}
