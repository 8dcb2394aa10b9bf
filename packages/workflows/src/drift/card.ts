/** What a person reads about a workflow. */

import { type Figures, figuresOf, nameOfColumn, UNITS } from "./figures.ts";
import type { Movement, Since } from "./movement.ts";
import type { Channel } from "./reading/channel.ts";
import {
  type BaselineChoice,
  FEWEST_SESSIONS,
  SESSIONS_FOR_WORDS,
  type StateParts,
  type WorkflowState,
} from "./workflow-state.ts";

/** `learning` until there is a baseline: nothing can be said yet. */
export const CARD_STATES = ["learning", "quiet", "drift_watch", "high_review"] as const;
export type CardState = (typeof CARD_STATES)[number];

/** What is so far over its threshold, in so many sessions, is not waited for. */
const STRONG = 2;
const STRONG_SESSIONS = 10;
/** What has been found for so many sessions in a row is there to stay. */
const PERSISTENT = 20;

/** One thing that moved, as a card says it. */
export interface Moved extends Figures {
  readonly channel: Channel;
  /** Which operation, transition, tool or model. */
  readonly name?: string;
  readonly unit: (typeof UNITS)[Channel];
  readonly direction: "up" | "down";
  /** How far over the threshold of an alarm, which is 1. */
  readonly strength: number;
  readonly since: Since;
  /** Sessions between which the first one is, in 95 of 100 cases; numbers as in `since`. */
  readonly sinceBetween: readonly [number, number];
  /** How many sessions it has been found for. */
  readonly foundFor: number;
  readonly state: "drift_watch" | "high_review";
}

/** What is said of a workflow: its state, and what moved. */
export interface WorkflowCard {
  readonly state: CardState;
  /** Sessions that were taken. */
  readonly sessions: number;
  readonly baseline: {
    readonly sessions: number;
    /** Sessions that are missing before something can be said. */
    readonly missing: number;
    /** When its first and its last session began; absent while it has none. */
    readonly sinceMs?: number;
    readonly untilMs?: number;
    /** Absent where it is the last stable stretch. */
    readonly choice?: BaselineChoice;
  };
  /** The latest sessions that are held against it. */
  readonly latest: number;
  /** Of the latest 40 sessions at most, how many had a loop; null with fewer than 20. */
  readonly loops: { readonly looped: number; readonly sessions: number } | null;
  /** The strongest first. */
  readonly moved: readonly Moved[];
}

/** A share of fewer sessions than this is none. */
const FEWEST_FOR_RATE = 20;

/** How many of the latest sessions had a loop; null while there are too few. */
export function latestLoopsOf({ parts }: Pick<WorkflowState, "parts">): WorkflowCard["loops"] {
  const sessions = parts.latestLoops.length;
  if (sessions < FEWEST_FOR_RATE) return null;
  let looped = 0;
  for (const hasLooped of parts.latestLoops) if (hasLooped) looped += 1;
  return { looped, sessions };
}

/** The card of a state as it is; the same for the same sessions. */
export function cardOf({ parts }: WorkflowState): WorkflowCard {
  const { sessions, baseline, words, choice, ring } = parts;
  const moved = parts.movements
    .map((movement) => movedOf(parts, movement))
    .sort((one, other) => other.strength - one.strength);
  const missing = Math.max(0, FEWEST_SESSIONS - baseline.sessions);
  const wordsMissing = words === undefined ? 0 : SESSIONS_FOR_WORDS - words.sessions;
  return {
    state: missing > 0 ? "learning" : worstOf(moved),
    sessions,
    baseline: {
      sessions: baseline.sessions,
      missing: missing + wordsMissing,
      ...(baseline.sessions > 0 && { sinceMs: baseline.sinceMs, untilMs: baseline.untilMs }),
      ...(choice !== undefined && { choice }),
    },
    latest: ring.length,
    loops: latestLoopsOf({ parts }),
    moved,
  };
}

/** Whether something moved, which is when a rule for `drift` holds. */
export const hasDrifted = ({ parts }: WorkflowState): boolean => parts.movements.length > 0;

function worstOf(moved: readonly Moved[]): CardState {
  if (moved.some(({ state }) => state === "high_review")) return "high_review";
  return moved.length > 0 ? "drift_watch" : "quiet";
}

function movedOf(parts: StateParts, movement: Movement): Moved {
  const { channel, isMore, strength, since, earliest, latest, found } = movement;
  const name = nameOfColumn(parts, movement);
  return {
    channel,
    ...(name !== undefined && { name }),
    unit: UNITS[channel],
    direction: isMore ? "up" : "down",
    strength,
    ...figuresOf(parts, movement),
    since,
    sinceBetween: [earliest, latest],
    foundFor: parts.sessions - found + 1,
    state: isHigh(parts, movement) ? "high_review" : "drift_watch",
  };
}

function isHigh({ sessions }: StateParts, { strength, since, found }: Movement): boolean {
  const changed = sessions - since.session + 1;
  if (strength >= STRONG && changed >= STRONG_SESSIONS) return true;
  return strength >= 1 && sessions - found + 1 >= PERSISTENT;
}
