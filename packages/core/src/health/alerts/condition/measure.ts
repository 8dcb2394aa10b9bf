/** One thing that may hold of a session, of a call or of a workflow. */
import { NANO_USD_PER_USD } from "../../../capture/observation/nano-usd.ts";
import { REGIMES, type Regime } from "../../scores/regime.ts";
import { ConditionError, type ConditionReader } from "./condition-reader.ts";

/** Cost is in nano-dollars, as it is recorded. */
export type Measure =
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

const MAX_USD = 9_000_000;
const TIERS = ["T1", "T2", "T3", "T4", "T5"] as const;

/** What comes after its name. */
export function readMeasure(name: string, position: number, reader: ConditionReader): Measure {
  switch (name) {
    case "tier": {
      const orWorse = reader.sign(">=", "=") === ">=";
      return { kind: "tier", orWorse, rank: Number(reader.oneOf(TIERS).slice(1)) };
    }
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
      throw new ConditionError(position, `one of ${CONDITION_FORMS.join(", ")}`);
  }
}

export function formatMeasure(measure: Measure): string {
  switch (measure.kind) {
    case "tier":
      return `tier${measure.orWorse ? ">=" : "="}T${measure.rank}`;
    case "regime":
      return `regime=${measure.regime}`;
    case "uds":
      return `uds<${decimal(measure.below)}`;
    case "class":
      return `class=${measure.publicClass}`;
    case "cost":
      return `cost>${decimal(measure.overNanoUsd / NANO_USD_PER_USD)}`;
    case "steps":
      return `steps>${measure.over}`;
    case "open_call":
      return `open_call>${measure.overSeconds}`;
    case "loop_rate":
      return `loop_rate>${decimal(measure.over)}`;
    case "drift":
    case "tool_definition_changed":
      return measure.kind;
  }
}

/** Without an exponent, which the grammar does not read. */
function decimal(value: number): string {
  const text = String(value);
  return text.includes("e") ? value.toFixed(9).replace(/\.?0+$/, "") : text;
}
