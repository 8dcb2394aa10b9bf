/** Sessions that are over, handed to the state of their workflow one by one. */
import {
  bytesOfState,
  cardOf,
  decodeState,
  hasDrifted,
  latestLoopsOf,
  type WorkflowCard,
  WorkflowState,
} from "@caum/workflows";
import type { FoldCandidate, MemoryCard } from "../rows/memory-rows.ts";
import { choiceOf } from "./choice.ts";
import { digitsOf } from "./digits.ts";
import { mapInTurns } from "./in-turns.ts";
import { type KeptCard, type KeptRows, keyOfCard } from "./kept-memory.ts";

/** A session with which something about its workflow may have begun to hold. */
export interface WorkflowMoment {
  readonly workflow: string;
  readonly candidate: FoldCandidate;
  readonly hadDrifted: boolean;
  readonly hasDrifted: boolean;
  /** Of the latest sessions, how many had a loop before this one, and with it. */
  readonly loopsBefore: WorkflowCard["loops"];
  readonly loops: WorkflowCard["loops"];
  readonly card: WorkflowCard;
}

/**
 * Each session counts once, as it was when it was over first: what goes on later is no other session.
 *
 * @param cards those that change; the ones of workflows get a state and a card
 * @param kept has the states that are known, and those of all these cards afterwards
 */
export async function takeSessions(
  cards: readonly MemoryCard[],
  found: readonly FoldCandidate[],
  kept: KeptRows,
): Promise<{
  readonly cards: readonly MemoryCard[];
  readonly moments: readonly WorkflowMoment[];
}> {
  const moments: WorkflowMoment[] = [];
  const byWorkflow = newOnes(found);
  const taken = await mapInTurns(cards, (card) => {
    const own = card.kind === "workflow" ? byWorkflow.get(card.name) : undefined;
    const known = kept.cards.get(keyOfCard(card))?.state;
    const state = own === undefined ? known : (known ?? newState(card));
    if (state === undefined) {
      kept.setCard({ card, state });
      return card;
    }
    for (const candidate of own ?? []) moments.push(...takeOne(state, candidate, card.name));
    const { bytes, isWhole } = bytesOfState(state);
    const told = { ...card, card: JSON.stringify(cardOf(state)) };
    // What does not come back as it is must be read again, as another node has to.
    if (isWhole) kept.setCard({ card: told, state });
    else kept.cards.delete(keyOfCard(card));
    return { ...told, state: digitsOf(bytes) };
  });
  return { cards: taken, moments };
}

function newOnes(found: readonly FoldCandidate[]): ReadonlyMap<string, FoldCandidate[]> {
  const byWorkflow = new Map<string, FoldCandidate[]>();
  for (const candidate of found) {
    const { workflow } = candidate.profile;
    if (candidate.before !== undefined || workflow === undefined) continue;
    const own = byWorkflow.get(workflow);
    if (own === undefined) byWorkflow.set(workflow, [candidate]);
    else own.push(candidate);
  }
  return byWorkflow;
}

function takeOne(
  state: WorkflowState,
  candidate: FoldCandidate,
  workflow: string,
): readonly WorkflowMoment[] {
  const [hadDrifted, loopsBefore] = [hasDrifted(state), latestLoopsOf(state)];
  state.take(candidate.profile);
  const [drifted, loops] = [hasDrifted(state), latestLoopsOf(state)];
  const begins = drifted && !hadDrifted;
  if (!begins && shareOf(loops) <= shareOf(loopsBefore)) return [];
  const card = cardOf(state);
  return [{ workflow, candidate, hadDrifted, hasDrifted: drifted, loopsBefore, loops, card }];
}

/** Of too few sessions there is none, and no rule holds. */
export function shareOf(loops: WorkflowCard["loops"]): number {
  return loops === null ? -1 : loops.looped / loops.sessions;
}

/** Cards as a round works with them. */
export function readCards(cards: readonly MemoryCard[]): readonly KeptCard[] {
  return cards.map((row) => {
    const { state: digits, ...card } = row;
    return { card, state: digits === undefined ? undefined : stateOf(card, digits) };
  });
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
