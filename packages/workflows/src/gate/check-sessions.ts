/** Looks at sessions one by one, and adds up what they have in common. */
import type { SessionProfile } from "../profile/session-profile.ts";
import type { GateCheck, GateFinding, GateRule } from "./gate-limits.ts";
import { sessionsOf } from "./words.ts";

/** Something that one session has; what is added up over sessions is `amount`. */
export interface Sighting {
  /** What it is, without the session: equal in all sessions that have it. */
  readonly what: string;
  readonly amount: number;
}

/** One limit, as it is held against each session. */
export interface SessionRule {
  readonly rule: GateRule;
  /** What a session has; undefined where that is not known of it. */
  readonly look: (session: SessionProfile) => readonly Sighting[] | undefined;
  /** What is said of all sightings of one kind. */
  readonly found: (what: string, amount: number, sessions: number) => string;
  /** What is not known of a session, and what to do. */
  readonly unknown?: string;
  /** It is not judged where nothing was found and not all sessions are known. */
  readonly needsAll?: boolean;
}

/** All that is of one kind. */
interface Kind {
  readonly what: string;
  readonly subject: string;
  readonly ids: Set<string>;
  amount: number;
}

/** Ids that a finding names. */
const NAMED_SESSIONS = 10;

/** What is not known of some sessions is reported; what is known of none is not judged. */
export function checkSessions(sessions: readonly SessionProfile[], asked: SessionRule): GateCheck {
  const { rule, unknown = "not known", needsAll = false } = asked;
  const kinds = new Map<string, Kind>();
  let unknownCount = 0;
  for (const session of sessions) {
    const seen = asked.look(session);
    if (seen === undefined) unknownCount += 1;
    else for (const sighting of seen) add(kinds, session, sighting);
  }
  const all = sessionsOf(sessions.length);
  const gap = unknownCount > 0 ? `; of ${unknownCount}: ${unknown}` : "";
  if (kinds.size > 0) {
    const hits = new Set([...kinds.values()].flatMap(({ ids }) => [...ids]));
    const findings = [...kinds.values()].sort(byFrequency).map((kind) => findingOf(kind, asked));
    return { rule, outcome: "found", said: `${hits.size} of ${all}${gap}`, findings };
  }
  if (unknownCount === sessions.length || (needsAll && unknownCount > 0)) {
    const said = `of ${sessionsOf(unknownCount)}: ${unknown}`;
    return { rule, outcome: "not_judged", said, findings: [] };
  }
  return { rule, outcome: "passed", said: `none of ${all}${gap}`, findings: [] };
}

function add(kinds: Map<string, Kind>, session: SessionProfile, { what, amount }: Sighting): void {
  const subject = [session.workflow ?? "", what].join("\n");
  const kind = kinds.get(subject) ?? { what, subject, ids: new Set(), amount: 0 };
  kinds.set(subject, kind);
  kind.amount += amount;
  kind.ids.add(session.sessionId);
}

function findingOf({ what, subject, ids, amount }: Kind, { found }: SessionRule): GateFinding {
  return {
    subject,
    message: found(what, amount, ids.size),
    sessions: [...ids].sort().slice(0, NAMED_SESSIONS),
    sessionCount: ids.size,
  };
}

/** The most frequent first. */
function byFrequency(one: Kind, other: Kind): number {
  return other.ids.size - one.ids.size || (one.subject < other.subject ? -1 : 1);
}
