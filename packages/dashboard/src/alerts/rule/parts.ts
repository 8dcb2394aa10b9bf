/** A condition in the parts that somebody chooses, and the text that it is. */
import { quotedName } from "@caum/core/conditions";
import { REGIMES } from "../../parts/regime.tsx";

/** What may be chosen, and with which value it begins. */
export interface Choice {
  /** As the condition begins; behind it comes the value. */
  readonly text: string;
  readonly words: string;
  readonly start?: string;
  /** Of which the value is one; where there are none, it is a number. */
  readonly options?: readonly string[];
  /** How a number may go. */
  readonly most?: number;
  readonly step?: string;
  readonly unit?: string;
}

const TIERS = ["T1", "T2", "T3", "T4", "T5"];

export const CHOICES: readonly [Choice, ...Choice[]] = [
  { text: "class=hard_alert", words: "a session is in a loop" },
  { text: "tier>=", words: "the tier is this one, or worse", start: "T4", options: TIERS },
  { text: "regime=", words: "the regime is", start: "LOOP", options: REGIMES },
  { text: "uds<", words: "UDS is below", start: "0.3", most: 1, step: "0.01", unit: "of 1" },
  { text: "cost>", words: "a session has cost more than", start: "5", step: "0.01", unit: "USD" },
  { text: "steps>", words: "a session has more steps than", start: "200", unit: "steps" },
  { text: "open_call>", words: "a call is open for more than", start: "300", unit: "seconds" },
  { text: "tool_definition_changed", words: "a server describes a tool differently than before" },
  { text: "drift", words: "sessions of a workflow are not what they were" },
  {
    text: "loop_rate>",
    words: "of a workflow's last 40 sessions, a larger share had a loop than",
    start: "0.2",
    most: 1,
    step: "0.01",
    unit: "of 1",
  },
];

export interface Part {
  readonly choice: Choice;
  readonly value: string;
  /** How it is joined to the one before. */
  readonly join: "and" | "or";
}

export const NAMES = ["agent", "workflow", "server"] as const;
export type Names = Readonly<Record<(typeof NAMES)[number], string>>;

/** Of each alternative, because the names are asked for once. */
export function conditionText(parts: readonly Part[], names: Names): string {
  const limits = NAMES.flatMap((name) => {
    const value = names[name].trim();
    return value === "" ? [] : [`${name}=${quotedName(value)}`];
  });
  const alternatives: string[][] = [];
  for (const { choice, value, join } of parts) {
    const text = `${choice.text}${value}`;
    const last = alternatives.at(-1);
    if (join === "and" && last !== undefined) last.push(text);
    else alternatives.push([text]);
  }
  return alternatives.map((held) => [...held, ...limits].join(" and ")).join(" or ");
}
