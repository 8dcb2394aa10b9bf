/** A person says which sessions of a workflow are normal. */
import {
  type BaselineChoice,
  cardOf,
  encodeState,
  type SessionProfile,
  WorkflowState,
} from "@caum/workflows";
import type { MemoryCard, MemoryReader, ProfileFilter } from "../rows/memory-rows.ts";
import { encodeCards } from "../store/columns/memory-columns.ts";
import type { Store } from "../store/store.ts";
import { digitsOf } from "./digits.ts";

/** As many as a baseline takes. */
const MOST_CHOSEN = 200;
/** Sessions that are held against it at once, or from which the last stable stretch is learned. */
const MOST_LATEST = 400;
/** Rounds of the memory that may be faster. */
const TRIES = 5;

export type ChosenBaseline =
  | { readonly kind: "chosen"; readonly card: MemoryCard }
  /** Nothing is remembered of the workflow. */
  | { readonly kind: "unknown" }
  /** The memory is busy, or the disk is full. */
  | { readonly kind: "refused" };

/**
 * What was said of the workflow until now is forgotten; its latest sessions are held against the choice.
 *
 * @param choice undefined for the last stable stretch, learned anew
 */
export async function chooseBaseline(
  store: Store,
  of: { readonly tenant: number; readonly workflow: string },
  choice: BaselineChoice | undefined,
): Promise<ChosenBaseline> {
  const { memory } = store.reader;
  const { tenant, workflow } = of;
  for (let attempt = 0; attempt < TRIES; attempt++) {
    const round = await memory.state(tenant);
    const [row] = await memory.cardsAt(tenant, [{ kind: "workflow", name: workflow }]);
    if (round === undefined || row === undefined || row.sessions === 0) return { kind: "unknown" };
    const state = await learnState(memory, of, choice);
    const { choice: _before, ...rest } = row;
    const card: MemoryCard = {
      ...rest,
      ...(choice !== undefined && { choice: JSON.stringify(choice) }),
      state: digitsOf(encodeState(state)),
      card: JSON.stringify(cardOf(state)),
    };
    // As a round of its own: whoever folded since then is seen, and whoever kept the card reads it anew.
    const { overMs, idleMs } = round;
    const answer = await store.administer({
      kind: "save_memory",
      tenant,
      round: round.round,
      overMs,
      idleMs,
      days: "[]",
      cards: encodeCards([card]),
      folded: "[]",
      empty: { days: [], cards: [] },
      alerts: [],
    });
    if (answer.kind === "done") return { kind: "chosen", card };
    if (answer.code !== "CONFLICT") return { kind: "refused" };
  }
  return { kind: "refused" };
}

/** From the latest sessions that are there. */
export async function learnState(
  memory: Pick<MemoryReader, "profiles">,
  { tenant, workflow }: { readonly tenant: number; readonly workflow: string },
  choice: BaselineChoice | undefined,
): Promise<WorkflowState> {
  // Those that are not folded yet are taken when they are.
  const read = async (filter: Partial<ProfileFilter>, limit: number) => {
    const asked = { workflow, isFolded: true, ...filter, limit };
    return (await memory.profiles(tenant, asked)).map(({ profile }) => profile).reverse();
  };
  const latest = await read({}, MOST_LATEST);
  if (choice === undefined) {
    const state = new WorkflowState();
    for (const profile of latest) state.take(profile);
    return state;
  }
  const chosen = await read(filterOf(choice), MOST_CHOSEN);
  return WorkflowState.withChoice(choice, onceEach([...chosen, ...latest]));
}

const filterOf = (choice: BaselineChoice): Partial<ProfileFilter> =>
  choice.kind === "cohort"
    ? { cohort: choice.cohort }
    : { sinceMs: choice.sinceMs, untilMs: choice.untilMs };

function onceEach(profiles: readonly SessionProfile[]): Iterable<SessionProfile> {
  return new Map(profiles.map((profile) => [profile.sessionId, profile])).values();
}
