import { NANO_USD_PER_USD } from "../../capture/observation/observation.ts";
import { REGIMES, type Regime } from "../scores/regime.ts";

/** When an alert fires. Cost is in nano-dollars, as it is recorded. */
export type Condition =
  | { readonly kind: "tier"; readonly orWorse: boolean; readonly rank: number }
  | { readonly kind: "regime"; readonly regime: Regime }
  | { readonly kind: "uds"; readonly below: number }
  | { readonly kind: "class"; readonly publicClass: "hard_alert" }
  | { readonly kind: "cost"; readonly overNanoUsd: number }
  | { readonly kind: "steps"; readonly over: number }
  | { readonly kind: "open_call"; readonly overSeconds: number }
  | { readonly kind: "tool_definition_changed" }
  /** These two are about a workflow, not about a session of it. */
  | { readonly kind: "drift" }
  | { readonly kind: "loop_rate"; readonly over: number };

/** One line for each form, for messages and pages. */
export const CONDITION_FORMS = [
  "tier>=T1..T5",
  "tier=T1..T5",
  "regime=NAME",
  "uds<0..1",
  "class=hard_alert",
  "cost>DOLLARS",
  "steps>COUNT",
  "open_call>SECONDS",
  "tool_definition_changed",
  "drift",
  "loop_rate>0..1",
] as const;

/** A condition that is none; says where it stops being one, and never repeats what was sent. */
export class ConditionError extends Error {
  override readonly name = "ConditionError";
  /** Where in the text, from 1. */
  readonly position: number;
  readonly expected: string;

  constructor(position: number, expected: string) {
    super(`at position ${position}: expected ${expected}`);
    this.position = position;
    this.expected = expected;
  }
}

const MAX_USD = 9_000_000;
const MAX_COUNT = 999_999_999;
/** Longer than the longest condition, so that nobody makes us read a novel. */
const MAX_LENGTH = 100;

/**
 * Reads `tier>=T4`, `tier=T5`, `regime=LOOP`, `uds<0.3`, `class=hard_alert`, `cost>5`, `steps>200`,
 * `open_call>120`, `tool_definition_changed`, `drift` or `loop_rate>0.2`. Spaces around the sign do not matter.
 *
 * @throws {ConditionError} naming the position and what may stand there
 */
export function parseCondition(text: string): Condition {
  const reader = new Reader(text);
  const name = reader.take(/[a-z_]*/y);
  const condition = readAfter(name, reader);
  reader.end();
  return condition;
}

function readAfter(name: string, reader: Reader): Condition {
  switch (name) {
    case "tier":
      return readTier(reader);
    case "regime":
      reader.sign("=");
      return { kind: "regime", regime: reader.oneOf(REGIMES) };
    case "uds":
      reader.sign("<");
      return { kind: "uds", below: reader.number("a number over 0 and up to 1", 0, 1) };
    case "class":
      reader.sign("=");
      return { kind: "class", publicClass: reader.oneOf(["hard_alert"]) };
    case "cost": {
      reader.sign(">");
      const usd = reader.number("an amount in US dollars, for example 2.50", -1, MAX_USD);
      return { kind: "cost", overNanoUsd: Math.round(usd * NANO_USD_PER_USD) };
    }
    case "steps":
      reader.sign(">");
      return { kind: "steps", over: reader.count("a whole number of steps") };
    case "open_call":
      reader.sign(">");
      return { kind: "open_call", overSeconds: reader.count("a whole number of seconds") };
    case "tool_definition_changed":
      return { kind: "tool_definition_changed" };
    case "drift":
      return { kind: "drift" };
    case "loop_rate":
      reader.sign(">");
      return { kind: "loop_rate", over: reader.number("a share from 0 to 1", -1, 1) };
    default:
      throw new ConditionError(1, `one of ${CONDITION_FORMS.join(", ")}`);
  }
}

const TIERS = ["T1", "T2", "T3", "T4", "T5"] as const;

function readTier(reader: Reader): Condition {
  const orWorse = reader.sign(">=", "=") === ">=";
  return { kind: "tier", orWorse, rank: Number(reader.oneOf(TIERS).slice(1)) };
}

/** The one way of writing a condition, so that equal ones are equal texts. */
export function formatCondition(condition: Condition): string {
  switch (condition.kind) {
    case "tier":
      return `tier${condition.orWorse ? ">=" : "="}T${condition.rank}`;
    case "regime":
      return `regime=${condition.regime}`;
    case "uds":
      return `uds<${condition.below}`;
    case "class":
      return `class=${condition.publicClass}`;
    case "cost":
      return `cost>${decimal(condition.overNanoUsd / NANO_USD_PER_USD)}`;
    case "steps":
      return `steps>${condition.over}`;
    case "open_call":
      return `open_call>${condition.overSeconds}`;
    case "loop_rate":
      return `loop_rate>${decimal(condition.over)}`;
    case "drift":
    case "tool_definition_changed":
      return condition.kind;
  }
}

/** Without an exponent, which the grammar does not read. */
function decimal(value: number): string {
  const text = String(value);
  return text.includes("e") ? value.toFixed(9).replace(/\.?0+$/, "") : text;
}

class Reader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    if (text.length > MAX_LENGTH) {
      throw new ConditionError(MAX_LENGTH + 1, `at most ${MAX_LENGTH} characters`);
    }
    this.#text = text;
    this.#skipSpaces();
  }

  take(pattern: RegExp): string {
    pattern.lastIndex = this.#at;
    const [found = ""] = pattern.exec(this.#text) ?? [];
    this.#at += found.length;
    this.#skipSpaces();
    return found;
  }

  sign<S extends string>(...signs: readonly S[]): S {
    const found = signs.find((sign) => this.#text.startsWith(sign, this.#at));
    if (found === undefined) throw this.#expected(signs.map((sign) => `"${sign}"`).join(" or "));
    this.#at += found.length;
    this.#skipSpaces();
    return found;
  }

  oneOf<W extends string>(words: readonly W[]): W {
    const start = this.#at;
    const found = this.take(/\w*/y);
    const word = words.find((known) => known === found);
    if (word === undefined) throw new ConditionError(start + 1, `one of ${words.join(", ")}`);
    return word;
  }

  /** A decimal number over `over` and up to `most`. */
  number(what: string, over: number, most: number): number {
    const start = this.#at;
    const found = this.take(/\d{1,9}(?:\.\d{1,9})?|\.\d{1,9}/y);
    const value = Number(found);
    if (found === "" || value <= over || value > most) throw new ConditionError(start + 1, what);
    return value;
  }

  count(what: string): number {
    const start = this.#at;
    const found = this.take(/\d{1,9}(?![.\d])/y);
    const value = Number(found);
    if (found === "" || value > MAX_COUNT) throw new ConditionError(start + 1, what);
    return value;
  }

  end(): void {
    if (this.#at < this.#text.length) throw this.#expected("the end of the condition");
  }

  #skipSpaces(): void {
    while (this.#text[this.#at] === " ") this.#at += 1;
  }

  #expected(what: string): ConditionError {
    return new ConditionError(this.#at + 1, what);
  }
}
