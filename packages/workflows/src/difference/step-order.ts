/** Where two sessions part. */
import { comparableName } from "../compare/comparable-name.ts";

export interface OrderDifference {
  /** How many steps both begin with the same tools, in the same order. */
  readonly sameSteps: number;
  /** What comes then; null where a session has no more steps. */
  readonly a: string | null;
  readonly b: string | null;
  /** Of the steps that are alike, those whose names are keyed on both sides: they may differ. */
  readonly unnamedSteps: number;
  readonly said: string;
}

/** What a keyed name is shown as: it is another one in every session. */
const KEYED = "a tool under a keyed name";

/** @param one tools, or who spoke, in the order of the steps */
export function compareOrder(one: readonly string[], other: readonly string[]): OrderDifference {
  const [a, b] = [one.map(nameOf), other.map(nameOf)];
  const parts = a.findIndex((name, at) => name !== b[at]);
  const sameSteps = parts < 0 ? a.length : parts;
  const order = {
    sameSteps,
    a: a[sameSteps] ?? null,
    b: b[sameSteps] ?? null,
    unnamedSteps: a.slice(0, sameSteps).filter((name) => name === KEYED).length,
  };
  return { ...order, said: said(order) };
}

/** Of steps that parted, `sameSteps` is where; behind the end of both there is nothing. */
function said({ sameSteps, a, b }: Omit<OrderDifference, "said">): string {
  const steps = `${sameSteps} step${sameSteps === 1 ? "" : "s"}`;
  if (a === null && b === null) {
    return `Both call the same tools in the same order, over ${steps}.`;
  }
  const alike = sameSteps === 1 ? "The first step is alike" : `The first ${steps} are alike`;
  const begin = sameSteps === 0 ? "They begin differently" : alike;
  const at = (name: string | null) => name ?? "nothing more";
  return `${begin}; step ${sameSteps + 1} is ${at(a)} in A and ${at(b)} in B.`;
}

function nameOf(name: string): string {
  return comparableName(name) ?? KEYED;
}

/** What a step is called by. */
interface NamedStep {
  readonly toolName?: string;
  readonly kind?: string;
}

/** Tools, or who spoke, in the order of the steps of one session, as they are judged. */
export class StepOrder {
  readonly #names: string[] = [];

  get names(): readonly string[] {
    return this.#names;
  }

  /**
   * Takes a record that was judged. What repeats a step is no other one, and where steps are counted anew,
   * because an attempt began or a fuller layer took over, so are they here.
   *
   * @param step number of the step at which the session stands with it, from 1
   */
  take(step: number, { toolName, kind }: NamedStep): void {
    const names = this.#names;
    if (step < 1 || step === names.length) return;
    if (step < names.length) names.length = step - 1;
    while (names.length < step - 1) names.push(UNKNOWN);
    names.push(toolName ?? kind ?? UNKNOWN);
  }
}

/** A step that was judged without being told. */
const UNKNOWN = "?";
