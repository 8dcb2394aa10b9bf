/** When an alert fires: what has to hold, joined by `and` and `or`, and of which names. */
import { ConditionError, ConditionReader, quotedName } from "./condition-reader.ts";
import { formatMeasure, type Measure, readMeasure } from "./measure.ts";

/** Names that what holds has to have; absent ones may be any. */
export interface Within {
  readonly agent?: string;
  readonly workflow?: string;
  readonly server?: string;
}

/** All of it at once. */
export interface Alternative {
  /** At least one. */
  readonly measures: readonly Measure[];
  readonly within: Within;
}

/** Any of the alternatives, of which there is at least one. */
export interface Condition {
  readonly anyOf: readonly Alternative[];
}

/** What something is called, as far as records say. */
export interface KnownNames {
  /** An agent has an id and may have a name. */
  readonly agents: readonly (string | undefined)[];
  readonly workflow: string | undefined;
  /** Of a call its server; of a session all whose tools it called. */
  readonly servers: readonly string[];
}

/** Of which no name is known, or asked for. */
export const NAMELESS: KnownNames = { agents: [], workflow: undefined, servers: [] };

const NAMES = ["agent", "workflow", "server"] as const satisfies readonly (keyof Within)[];
/** Nothing is known of a session at the moment at which these hold, so nothing is asked beside them. */
const ALONE: readonly Measure["kind"][] = ["open_call", "drift", "loop_rate"];
const OF_WORKFLOWS: readonly Measure["kind"][] = ["drift", "loop_rate"];
const NAMELESS_CHANGE: Measure["kind"] = "tool_definition_changed";
/** A rule is looked at with every record. */
const MAX_PARTS = 20;

/**
 * Reads `tier>=T4`, `tier=T5`, `regime=LOOP`, `uds<0.3`, `class=hard_alert`, `cost>5`, `steps>200`,
 * `open_call>120`, `tool_definition_changed`, `drift` or `loop_rate>0.2`; `and` between them, `or`
 * between several of these; and `agent=NAME`, `workflow=NAME` or `server=NAME` among what `and` joins.
 * Spaces around signs do not matter.
 *
 * @throws {ConditionError} naming the position and what may stand there
 */
export function parseCondition(text: string): Condition {
  const reader = new ConditionReader(text);
  const anyOf: Alternative[] = [];
  let left = MAX_PARTS;
  do {
    const alternative = readAlternative(reader, left);
    left -= alternative.measures.length + Object.keys(alternative.within).length;
    anyOf.push(alternative);
  } while (reader.word("or"));
  reader.end();
  return { anyOf };
}

function readAlternative(reader: ConditionReader, most: number): Alternative {
  const measures: Measure[] = [];
  const within: Partial<Record<keyof Within, string>> = {};
  let parts = 0;
  do {
    const { position } = reader;
    if (++parts > most) throw new ConditionError(position, `at most ${MAX_PARTS} parts`);
    const word = reader.take(/[a-z_]*/y);
    const name = NAMES.find((known) => known === word);
    if (name === undefined) measures.push(readMeasure(word, position, reader));
    else if (within[name] !== undefined) throw new ConditionError(position, `${name} only once`);
    else {
      reader.sign("=");
      within[name] = reader.name();
    }
    checkTogether(measures, within, position);
  } while (reader.word("and"));
  if (measures.length > 0) return { measures, within };
  throw new ConditionError(reader.position, '"and" and what has to hold, such as tier>=T4');
}

function checkTogether(measures: readonly Measure[], within: Within, position: number): void {
  // The record of a change names the tool alone, and comes before the first call of its server.
  if (within.server !== undefined && measures.some(({ kind }) => kind === NAMELESS_CHANGE)) {
    throw new ConditionError(position, `no server=NAME together with ${NAMELESS_CHANGE}`);
  }
  const alone = measures.find(({ kind }) => ALONE.includes(kind));
  if (alone === undefined) return;
  const isOfWorkflow = OF_WORKFLOWS.includes(alone.kind);
  const isOfOther = within.agent !== undefined || within.server !== undefined;
  if (measures.length === 1 && !(isOfWorkflow && isOfOther)) return;
  const names = isOfWorkflow ? "workflow=NAME" : "agent=NAME, workflow=NAME or server=NAME";
  throw new ConditionError(position, `nothing but ${names} together with ${alone.kind}`);
}

/** The one way of writing a condition, so that equal ones are equal texts. */
export function formatCondition({ anyOf }: Condition): string {
  return [...new Set(anyOf.map(formatAlternative))].toSorted().join(" or ");
}

export function formatAlternative({ measures, within }: Alternative): string {
  const names = NAMES.flatMap((name) => {
    const value = within[name];
    return value === undefined ? [] : [`${name}=${quotedName(value)}`];
  });
  const held = [...new Set(measures.map(formatMeasure))].toSorted();
  return [...held, ...names].join(" and ");
}

/** Whether what has these names is meant. */
export function isMeant({ agent, workflow, server }: Within, names: KnownNames): boolean {
  if (agent !== undefined && !names.agents.includes(agent)) return false;
  if (workflow !== undefined && names.workflow !== workflow) return false;
  return server === undefined || names.servers.includes(server);
}

/** Whether a part of it changes with steps only, so that it can be asked to hold for some. Asked with every record. */
export function isOfSteps({ anyOf }: Condition): boolean {
  for (const { measures } of anyOf) {
    for (const { kind } of measures) {
      if (kind === "tier" || kind === "uds" || kind === "regime") return true;
    }
  }
  return false;
}

/** The shortest time for which a call with these names may be open; undefined where none ends. */
export function openCallSeconds({ anyOf }: Condition, names: KnownNames): number | undefined {
  let shortest: number | undefined;
  for (const { measures, within } of anyOf) {
    const [measure] = measures;
    if (measure?.kind !== "open_call" || !isMeant(within, names)) continue;
    shortest = Math.min(shortest ?? measure.overSeconds, measure.overSeconds);
  }
  return shortest;
}
