/** In what two sessions, or two selections of sessions, differ, as far as structure tells. */
import { comparableStructure } from "../compare/comparable-structure.ts";
import { type StructureDistance, structureDistance } from "../compare/structure-distance.ts";
import type { SessionProfile } from "../profile/session-profile.ts";
import type { Pair } from "./pair.ts";
import { compareFigures, type FigureDifference } from "./side-figures.ts";
import {
  compareLoopKinds,
  type LoopDifference,
  otherLoopsOf,
  unnamedLoopsOf,
} from "./side-loops.ts";
import { compareShares, type ShareDifference } from "./side-shares.ts";
import { compareTools, otherCallsOf, type ToolDifference } from "./side-tools.ts";
import { compareTransitions, type TransitionDifference } from "./side-transitions.ts";
import { compareOrder, type OrderDifference } from "./step-order.ts";

/** The sessions of one side. */
export interface SideSessions {
  /** At least one. */
  readonly profiles: readonly SessionProfile[];
  /** Tools, or who spoke, in the order of the steps; where it is one session and they are known. */
  readonly order?: readonly string[] | undefined;
}

export interface ComparedSide {
  /** Those that are compared. */
  readonly sessions: number;
  /** Sessions without a step, which are left out where others have one. */
  readonly withoutSteps: number;
  /** Sessions that are not over, as far as their writers say. */
  readonly notEnded: number;
  /** Its id, where it is one session. */
  readonly session: string | null;
}

/** What `caum compare` prints as JSON. Figures are of one session, or means over those of a side. */
export interface SideComparison extends Pair<ComparedSide> {
  readonly schema: "caum.compare.v1.0";
  readonly figures: readonly FigureDifference[];
  /** Empty where both sides are one session. */
  readonly shares: readonly ShareDifference[];
  readonly tools: readonly ToolDifference[];
  /** Calls of a session of tools beyond its first 16. */
  readonly otherCalls: Pair<number>;
  readonly transitions: readonly TransitionDifference[];
  readonly loops: readonly LoopDifference[];
  /** Sessions with a loop of tools under keyed names, which cannot be told from each other. */
  readonly unnamedLoops: Pair<number>;
  /** Loops of a session that its profile does not name: of more kinds than 8, or of attempts before its last one. */
  readonly otherLoops: Pair<number>;
  /** Null where a side has more than one session, or where the order of its steps is not known. */
  readonly order: OrderDifference | null;
  /** From 0, built alike, to 1; null where a side has more than one session. */
  readonly distance: StructureDistance | null;
  /** What to bear in mind. */
  readonly notes: readonly string[];
}

/** @throws {RangeError} when a side has no session */
export function compareSides(one: SideSessions, other: SideSessions): SideComparison {
  const [a, b] = [steppedOf(one.profiles), steppedOf(other.profiles)];
  const [first] = a;
  const [second] = b;
  if (first === undefined || second === undefined) throw new RangeError("each side has a session");
  const areSingle = a.length === 1 && b.length === 1;
  const sides = { a, b };
  return {
    schema: "caum.compare.v1.0",
    a: sideOf(one.profiles, a),
    b: sideOf(other.profiles, b),
    figures: compareFigures(a, b),
    shares: areSingle ? [] : compareShares(a, b),
    tools: compareTools(sides),
    otherCalls: { a: otherCallsOf(a), b: otherCallsOf(b) },
    transitions: compareTransitions(sides),
    loops: compareLoopKinds(sides),
    unnamedLoops: { a: unnamedLoopsOf(a), b: unnamedLoopsOf(b) },
    otherLoops: { a: otherLoopsOf(a), b: otherLoopsOf(b) },
    order:
      areSingle && one.order !== undefined && other.order !== undefined
        ? compareOrder(one.order, other.order)
        : null,
    distance: areSingle
      ? structureDistance(comparableStructure(first), comparableStructure(second))
      : null,
    notes: notesOf(a, b),
  };
}

/** The newest first. */
function steppedOf(profiles: readonly SessionProfile[]): readonly SessionProfile[] {
  const stepped = profiles.filter(({ steps }) => steps > 0);
  const compared = stepped.length > 0 ? stepped : profiles;
  return compared.toSorted((one, other) => other.startedMs - one.startedMs);
}

function sideOf(all: readonly SessionProfile[], compared: readonly SessionProfile[]): ComparedSide {
  return {
    sessions: compared.length,
    withoutSteps: all.filter(({ steps }) => steps === 0).length,
    notEnded: compared.filter(({ ended }) => !ended).length,
    session: compared.length === 1 ? (compared[0]?.sessionId ?? null) : null,
  };
}

function notesOf(a: readonly SessionProfile[], b: readonly SessionProfile[]): readonly string[] {
  const notes: string[] = [];
  const ids = new Set(a.map(({ sessionId }) => sessionId));
  const shared = b.filter(({ sessionId }) => ids.has(sessionId)).length;
  if (shared > 0) notes.push(`${shared} session${shared === 1 ? " is" : "s are"} on both sides`);
  const engines = new Set([...a, ...b].map(({ engine }) => engine));
  if (engines.size > 1) {
    notes.push("different versions of the health engine judged these sessions");
  }
  return notes;
}
