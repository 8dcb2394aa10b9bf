/** What is known of a workflow, session by session: what is normal, the latest, and what moved. */
import type { RememberedSession } from "../profile/session-profile.ts";
import { look, type Movement } from "./movement.ts";
import { type Reading, readingOf } from "./reading/reading.ts";
import {
  learnWords,
  nameOf,
  noWords,
  placeOf,
  type Vocabulary,
  vocabularyOf,
  type Words,
} from "./reading/vocabulary.ts";
import { Ring } from "./ring.ts";
import { Baseline } from "./statistics/baseline.ts";
import type { LoopHistory } from "./statistics/loop-test.ts";
import { WINDOW } from "./statistics/thresholds.ts";
import { WindowSums } from "./statistics/window-sums.ts";

/** Sessions whose words get columns; they are not tested and not part of what is normal. */
export const SESSIONS_FOR_WORDS = 10;
/** Sessions that a baseline needs before anything is held against it. */
export const FEWEST_SESSIONS = 40;
/** A change that has stood for so many sessions is what is normal now: it is learned anew. */
const SETTLED = 160;

/** A baseline that a person chose. Without a choice it is the last stable stretch. */
export type BaselineChoice =
  | { readonly kind: "range"; readonly sinceMs: number; readonly untilMs: number }
  | { readonly kind: "cohort"; readonly cohort: string };

/** Everything of a state; what `state-bytes.ts` keeps. */
export interface StateParts {
  readonly choice: BaselineChoice | undefined;
  /** Of the state's life. */
  readonly sessions: number;
  /** While words are learned. */
  readonly words: Words | undefined;
  readonly vocabulary: Vocabulary;
  /** The latest name without a column. */
  readonly otherTool: string | undefined;
  readonly otherModel: string | undefined;
  readonly baseline: Baseline;
  readonly loops: LoopHistory;
  /** Whether the latest sessions had a loop, the oldest first; also while nothing is known yet. */
  readonly latestLoops: readonly boolean[];
  readonly ring: Ring;
  readonly movements: readonly Movement[];
}

const NO_LOOPS: LoopHistory = { sessions: 0, looped: 0 };

/** The same, while a session is taken. */
type ChangingParts = { -readonly [Part in keyof StateParts]: StateParts[Part] } & {
  latestLoops: boolean[];
};

/**
 * What is known of one workflow. It takes sessions one by one, in the order in which they were over, and
 * the same sessions give the same state.
 */
export class WorkflowState {
  #parts: ChangingParts;
  /** Kept as soon as two looks have met the same baseline: while it grows, they would be made anew each time. */
  #sums: WindowSums | undefined;
  #baselineSessionsBefore = 0;

  constructor(parts: StateParts = beginning(undefined)) {
    this.#parts = { ...parts, latestLoops: [...parts.latestLoops] };
  }

  /** @param profiles sessions that have been; those of the choice become the baseline first */
  static withChoice(choice: BaselineChoice, profiles: Iterable<RememberedSession>): WorkflowState {
    const all = [...profiles];
    const chosen = all.filter((profile) => isChosen(choice, profile));
    const words = noWords();
    for (const profile of chosen) learnWords(words, profile);
    const state = new WorkflowState({
      ...beginning(choice),
      ...(chosen.length >= SESSIONS_FOR_WORDS && {
        words: undefined,
        vocabulary: vocabularyOf(words),
      }),
    });
    for (const profile of chosen) state.take(profile);
    for (const profile of all) if (!isChosen(choice, profile)) state.take(profile);
    return state;
  }

  /** As they are until the next session is taken. */
  get parts(): StateParts {
    return this.#parts;
  }

  /** Takes a session that is over; each once. */
  take(profile: RememberedSession): void {
    const parts = this.#parts;
    parts.sessions += 1;
    parts.latestLoops.push(profile.loops > 0);
    if (parts.latestLoops.length > WINDOW) parts.latestLoops.shift();
    noteOthers(parts, profile);
    if (parts.choice !== undefined) this.#takeWithChoice(parts.choice, profile);
    else if (parts.baseline.sessions < FEWEST_SESSIONS) this.#learn(profile);
    else this.#watch(readingOf(profile, parts.vocabulary));
  }

  #takeWithChoice(choice: BaselineChoice, profile: RememberedSession): void {
    if (isChosen(choice, profile)) this.#learn(profile);
    else if (choice.kind === "range" && profile.startedMs < choice.sinceMs) return;
    else if (this.#parts.baseline.sessions >= FEWEST_SESSIONS) {
      this.#watch(readingOf(profile, this.#parts.vocabulary));
    }
  }

  #learn(profile: RememberedSession): void {
    const parts = this.#parts;
    const { words } = parts;
    if (words === undefined) {
      const reading = readingOf(profile, parts.vocabulary);
      parts.baseline.add(reading);
      parts.loops = withSession(parts.loops, reading.looped);
      return;
    }
    learnWords(words, profile);
    words.sessions += 1;
    if (words.sessions < SESSIONS_FOR_WORDS) return;
    parts.words = undefined;
    parts.vocabulary = vocabularyOf(words);
  }

  #watch(reading: Reading): void {
    const parts = this.#parts;
    const { ring, baseline, choice, movements, sessions } = parts;
    const leaves = ring.length === WINDOW && choice === undefined && movements.length === 0;
    // It is normal as well, now that what came after it was.
    if (leaves) parts.loops = withSession(parts.loops, ring.loopedAt(WINDOW - 1));
    const leaving = leaves && !baseline.isFull ? ring.at(WINDOW - 1) : undefined;
    this.#sums?.push(reading.codes, ring.columns);
    ring.push(reading);
    if (leaving !== undefined) baseline.add(leaving);
    const sums = this.#sumsFor(baseline, ring);
    const moved = look({ baseline, loops: parts.loops, ring, sums, session: sessions }, movements);
    parts.movements = moved;
    const hasSettled = moved.some(({ found }) => sessions - found >= SETTLED);
    if (!hasSettled || choice !== undefined) return;
    const { latestLoops } = parts;
    this.#parts = { ...beginning(undefined), sessions, latestLoops };
    this.#sums = undefined;
  }

  #sumsFor(baseline: Baseline, ring: Ring): WindowSums | undefined {
    if (this.#sums?.holdFor(baseline)) return this.#sums;
    this.#sums = undefined;
    const isSettled = this.#baselineSessionsBefore === baseline.sessions;
    this.#baselineSessionsBefore = baseline.sessions;
    if (isSettled && ring.length === WINDOW) this.#sums = new WindowSums(baseline, ring.columns);
    return this.#sums;
  }
}

function withSession({ sessions, looped }: LoopHistory, hasLooped: boolean): LoopHistory {
  return { sessions: sessions + 1, looped: looped + (hasLooped ? 1 : 0) };
}

/** The first name that has no column, so that a card can say which one came. */
function noteOthers(parts: ChangingParts, { structure }: RememberedSession): void {
  const { tools, models } = parts.vocabulary;
  const tool = structure.tools.find((figures) => placeOf(figures.tool, tools) < 0)?.tool;
  if (tool !== undefined) parts.otherTool = nameOf(tool);
  const model = Object.keys(structure.models).find((name) => placeOf(name, models) < 0);
  if (model !== undefined) parts.otherModel = nameOf(model);
}

function beginning(choice: BaselineChoice | undefined): StateParts {
  return {
    choice,
    sessions: 0,
    words: noWords(),
    vocabulary: vocabularyOf(noWords()),
    otherTool: undefined,
    otherModel: undefined,
    baseline: new Baseline(),
    loops: NO_LOOPS,
    latestLoops: [],
    ring: new Ring(),
    movements: [],
  };
}

function isChosen(choice: BaselineChoice, { startedMs, cohort }: RememberedSession): boolean {
  if (choice.kind === "cohort") return cohort === choice.cohort;
  return startedMs >= choice.sinceMs && startedMs < choice.untilMs;
}
