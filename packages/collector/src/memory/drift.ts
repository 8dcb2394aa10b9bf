/** Sessions that are over, handed to the state of their workflow one by one. */
import {
  cardOf,
  decodeState,
  encodeState,
  hasDrifted,
  latestLoopsOf,
  type WorkflowCard,
  WorkflowState,
} from "@caum/workflows";
import type { FoldCandidate, MemoryCard } from "../rows/memory-rows.ts";
import { choiceOf } from "./choice.ts";

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
 */
export function takeSessions(
  cards: readonly MemoryCard[],
  found: readonly FoldCandidate[],
): { readonly cards: readonly MemoryCard[]; readonly moments: readonly WorkflowMoment[] } {
  const moments: WorkflowMoment[] = [];
  const taken = cards.map((card) => {
    const isNew = ({ before, profile }: FoldCandidate) =>
      before === undefined && profile.workflow === card.name;
    const own = card.kind === "workflow" ? found.filter(isNew) : [];
    if (own.length === 0) return card;
    const state = stateOf(card);
    for (const candidate of own) moments.push(...takeOne(state, candidate, card.name));
    const bytes = Buffer.from(encodeState(state)).toString("hex");
    return { ...card, state: bytes, card: JSON.stringify(cardOf(state)) };
  });
  return { cards: taken, moments };
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

/** One that another version wrote is learned anew. */
function stateOf(card: MemoryCard): WorkflowState {
  const choice = choiceOf(card);
  const fresh = () =>
    choice === undefined ? new WorkflowState() : WorkflowState.withChoice(choice, []);
  if (card.state === undefined) return fresh();
  try {
    return decodeState(Buffer.from(card.state, "hex"), choice);
  } catch {
    return fresh();
  }
}
