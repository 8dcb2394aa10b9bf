/** What is known of a workflow, session by session: what is normal, the latest, and what moved. */
import type { SessionProfile } from "../profile/session-profile.ts";
import { look, type Movement } from "./movement.ts";
import { type Reading, readingOf } from "./reading/reading.ts";
import {
  learnWords,
  nameOf,
  noWords,
  type Vocabulary,
  vocabularyOf,
  type Words,
} from "./reading/vocabulary.ts";
import { Ring } from "./ring.ts";
import { Baseline } from "./statistics/baseline.ts";
import type { LoopHistory } from "./statistics/loop-test.ts";
import { WINDOW } from "./statistics/thresholds.ts";

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

/**
 * What is known of one workflow. It takes sessions one by one, in the order in which they were over, and
 * the same sessions give the same state.
 */
export class WorkflowState {
  #parts: StateParts;

  constructor(parts: StateParts = beginning(undefined)) {
    this.#parts = parts;
  }

  /** @param profiles sessions that have been; those of the choice become the baseline first */
  static withChoice(choice: BaselineChoice, profiles: Iterable<SessionProfile>): WorkflowState {
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

  get parts(): StateParts {
    return this.#parts;
  }

  /** Takes a session that is over; each once. */
  take(profile: SessionProfile): void {
    const { choice } = this.#parts;
    const sessions = this.#parts.sessions + 1;
    const latestLoops = [...this.#parts.latestLoops, profile.loops > 0].slice(-WINDOW);
    this.#parts = { ...this.#parts, sessions, latestLoops, ...this.#others(profile) };
    if (choice !== undefined) this.#takeWithChoice(choice, profile);
    else if (this.#parts.baseline.sessions < FEWEST_SESSIONS) this.#learn(profile);
    else this.#watch(readingOf(profile, this.#parts.vocabulary));
  }

  #takeWithChoice(choice: BaselineChoice, profile: SessionProfile): void {
    if (isChosen(choice, profile)) this.#learn(profile);
    else if (choice.kind === "range" && profile.startedMs < choice.sinceMs) return;
    else if (this.#parts.baseline.sessions >= FEWEST_SESSIONS) {
      this.#watch(readingOf(profile, this.#parts.vocabulary));
    }
  }

  #learn(profile: SessionProfile): void {
    const { words } = this.#parts;
    if (words === undefined) {
      this.#becomeNormal(readingOf(profile, this.#parts.vocabulary));
      return;
    }
    learnWords(words, profile);
    words.sessions += 1;
    if (words.sessions < SESSIONS_FOR_WORDS) return;
    this.#parts = { ...this.#parts, words: undefined, vocabulary: vocabularyOf(words) };
  }

  #becomeNormal(reading: Reading): void {
    const { baseline, loops } = this.#parts;
    baseline.add(reading);
    const looped = loops.looped + (reading.looped ? 1 : 0);
    this.#parts = { ...this.#parts, loops: { sessions: loops.sessions + 1, looped } };
  }

  #watch(reading: Reading): void {
    const { ring, choice, movements, sessions } = this.#parts;
    const leaving = ring.push(reading);
    if (leaving !== undefined && choice === undefined && movements.length === 0) {
      this.#becomeNormal(leaving);
    }
    const { baseline, loops } = this.#parts;
    const moved = look({ baseline, loops, ring, session: sessions }, movements);
    this.#parts = { ...this.#parts, movements: moved };
    const hasSettled = moved.some(({ found }) => sessions - found >= SETTLED);
    const { latestLoops } = this.#parts;
    if (hasSettled && choice === undefined)
      this.#parts = { ...beginning(undefined), sessions, latestLoops };
  }

  /** Names that have no column, so that a card can say which one came. */
  #others({ structure }: SessionProfile): Pick<StateParts, "otherTool" | "otherModel"> {
    const { vocabulary, otherTool, otherModel } = this.#parts;
    const tools = structure.tools.map(({ tool }) => nameOf(tool));
    const models = Object.keys(structure.models).map(nameOf);
    return {
      otherTool: tools.find((tool) => !vocabulary.tools.includes(tool)) ?? otherTool,
      otherModel: models.find((model) => !vocabulary.models.includes(model)) ?? otherModel,
    };
  }
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

function isChosen(choice: BaselineChoice, { startedMs, cohort }: SessionProfile): boolean {
  if (choice.kind === "cohort") return cohort === choice.cohort;
  return startedMs >= choice.sinceMs && startedMs < choice.untilMs;
}
