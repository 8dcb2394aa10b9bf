import { type AgentStanding, assess } from "../assess.ts";
import { keyOf } from "../memory/key.ts";
import { SLOT } from "../memory/layout.ts";
import { RecentTools } from "../memory/recent-tools.ts";
import { fromBytes, newMemory, toBytes } from "../memory/saved-memory.ts";
import { withRoom } from "../memory/seen-keys.ts";
import { beginAverages } from "../signals/averages.ts";
import type { Step } from "../step/step.ts";
import { isWorse } from "./worse.ts";

/** More agents than this are not remembered: the one that was silent longest is forgotten. */
const MOST_AGENTS = 8;
/** An agent that made no step in so many turns of everybody has ended. */
const TURNS = 4;

/** What is remembered of one agent, and how it stood after its last step. */
interface Lane {
  memory: Float64Array;
  readonly tools: RecentTools;
  standing?: AgentStanding;
}

/**
 * The memories of the agents of a session, one for each: what parallel workers each do once is no
 * repetition, and the loop of one does not hide behind the work of the others.
 *
 * A session whose agents are not known has one lane.
 */
export class AgentLanes {
  /** The first one stands for the session where only one can. */
  #lanes: readonly [Lane, ...Lane[]] = [begun(0)];
  #now: Lane = this.#lanes[0];

  /** Turns to the agent of the next step; returns its memory, with room for the step. */
  turnTo(agentTag: string | undefined): Float64Array {
    const before = this.steps;
    this.#now = this.#laneOf(agentTag === undefined ? 0 : keyOf(agentTag));
    this.#now.memory = withRoom(this.#now.memory);
    this.#now.memory[SLOT.number] = before;
    return this.#now.memory;
  }

  /** Notes who made the step that was just learned. */
  noteName({ kind, tool }: Step): void {
    if (kind === "call") this.#now.tools.noteCall(tool);
    else this.#now.tools.noteSpeaker(tool);
  }

  /** Every memory, for what all of them hear. */
  get memories(): readonly Float64Array[] {
    return this.#lanes.map((lane) => {
      lane.memory = withRoom(lane.memory);
      return lane.memory;
    });
  }

  get first(): Float64Array {
    return this.#lanes[0].memory;
  }

  get count(): number {
    return this.#lanes.length;
  }

  /** Steps of all agents. */
  get steps(): number {
    return this.#now.memory[SLOT.number] ?? 0;
  }

  sum(slot: number): number {
    let sum = 0;
    for (const { memory } of this.#lanes) sum += memory[slot] ?? 0;
    return sum;
  }

  /** How the worst of the agents stands that are still at work. */
  worst(): AgentStanding {
    const now = assess(this.#now.memory, this.#now.tools);
    this.#now.standing = now;
    if (this.#lanes.length === 1) return now;
    const since = this.steps - TURNS * this.#lanes.length;
    let worst = now;
    for (const lane of this.#lanes) {
      if (lane === this.#now || (lane.memory[SLOT.number] ?? 0) < since) continue;
      lane.standing ??= assess(lane.memory, lane.tools);
      if (isWorse(lane.standing, worst)) worst = lane.standing;
    }
    return worst;
  }

  save(): Uint8Array {
    return toBytes(this.#lanes.map(({ memory, tools }) => ({ memory, names: tools.save() })));
  }

  /** @throws {RangeError} when the bytes are not a state of this version */
  static restore(bytes: Uint8Array): AgentLanes {
    const lanes = new AgentLanes();
    const [first, ...others] = fromBytes(bytes).map(({ memory, names }): Lane => {
      return { memory, tools: RecentTools.restore(names) };
    });
    if (first === undefined) return lanes;
    lanes.#lanes = [first, ...others];
    // Step numbers are those of the session: the highest is the latest.
    for (const lane of lanes.#lanes) {
      if ((lane.memory[SLOT.number] ?? 0) > lanes.steps || lane === first) lanes.#now = lane;
    }
    return lanes;
  }

  #laneOf(agent: number): Lane {
    const known = this.#lanes.find(({ memory }) => memory[SLOT.agent] === agent);
    if (known !== undefined) return known;
    const [first, ...others] = this.#lanes;
    // What was heard before any agent was known belongs to the first that is.
    if (others.length === 0 && (first.memory[SLOT.steps] ?? 0) === 0) {
      first.memory[SLOT.agent] = agent;
      return first;
    }
    const lane = begun(agent);
    this.#lanes = [first, ...withoutSilent(others), lane];
    return lane;
  }
}

function withoutSilent(lanes: readonly Lane[]): readonly Lane[] {
  if (lanes.length < MOST_AGENTS - 1) return lanes;
  const numbers = lanes.map(({ memory }) => memory[SLOT.number] ?? 0);
  const silent = numbers.indexOf(Math.min(...numbers));
  return lanes.filter((_, index) => index !== silent);
}

function begun(agent: number): Lane {
  const memory = newMemory();
  memory[SLOT.agent] = agent;
  beginAverages(memory);
  return { memory, tools: new RecentTools() };
}
