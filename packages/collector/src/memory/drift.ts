/** Sessions that are over, handed to the state of their workflow one by one. */
import {
  cardOf,
  decodeState,
  hasDrifted,
  latestLoopsOf,
  type WorkflowCard,
  WorkflowState,
} from "@caum/workflows";
import type { FoldCandidate, MemoryCard } from "../rows/memory-rows.ts";
import { choiceOf } from "./choice.ts";
import type { KeptCard } from "./kept-memory.ts";

/** A session with which something about its workflow may have begun to hold. */
export interface WorkflowMoment {
  readonly workflow: string;
  /** The session's, of its row and as its sender knows it; not all that is known of it, which is long. */
  readonly key: number;
  readonly sessionId: string;
  readonly hadDrifted: boolean;
  readonly hasDrifted: boolean;
  /** Of the latest sessions, how many had a loop before this one, and with it. */
  readonly loopsBefore: WorkflowCard["loops"];
  readonly loops: WorkflowCard["loops"];
  /** What moved, where it began to. */
  readonly moved: WorkflowCard["moved"];
}

/**
 * Each session counts once, as it was when it was over first: what goes on later is no other session.
 *
 * @param kept the card of its workflow
 * @returns undefined where nothing begins
 */
export function takeSession(kept: KeptCard, candidate: FoldCandidate): WorkflowMoment | undefined {
  kept.state ??= newState(kept.card);
  const { state } = kept;
  const [hadDrifted, loopsBefore] = [hasDrifted(state), latestLoopsOf(state)];
  state.take(candidate.profile);
  const [drifted, loops] = [hasDrifted(state), latestLoopsOf(state)];
  const begins = drifted && !hadDrifted;
  if (!begins && shareOf(loops) <= shareOf(loopsBefore)) return undefined;
  return {
    workflow: kept.card.name,
    key: candidate.key,
    sessionId: candidate.profile.sessionId,
    ...{ hadDrifted, hasDrifted: drifted, loopsBefore, loops },
    moved: begins ? cardOf(state).moved : [],
  };
}

/** Of too few sessions there is none, and no rule holds. */
export function shareOf(loops: WorkflowCard["loops"]): number {
  return loops === null ? -1 : loops.looped / loops.sessions;
}

/** A card as a round works with it. */
export function keptCardOf(row: MemoryCard): KeptCard {
  const { state: digits, ...card } = row;
  return { card, state: digits === undefined ? undefined : stateOf(card, digits) };
}

/** One that another version wrote is learned anew. */
function stateOf(card: MemoryCard, digits: string): WorkflowState {
  try {
    return decodeState(Buffer.from(digits, "hex"), choiceOf(card));
  } catch {
    return newState(card);
  }
}

function newState(card: MemoryCard): WorkflowState {
  const choice = choiceOf(card);
  return choice === undefined ? new WorkflowState() : WorkflowState.withChoice(choice, []);
}
