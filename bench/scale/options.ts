import { parseArgs } from "node:util";

/** What is measured; every number on the command line as `--name value`. */
export interface ScaleOptions {
  readonly nodes: number;
  readonly events: number;
  /** Percent of the events that are posted one by one; the others come in batches of 100 lines. */
  readonly single: number;
  /** Milliseconds each way between a node and the database. */
  readonly latency: number;
  /** Milliseconds by which the nodes' clocks are wrong, every other one into the past. */
  readonly skew: number;
  /** Seconds between faults; 0 for none. */
  readonly "kill-every": number;
  readonly "cut-every": number;
  readonly "postgres-every": number;
  /** Stop sending after so many seconds; 0 for when all is sent. */
  readonly seconds: number;
}

const DEFAULTS: ScaleOptions = {
  nodes: 2,
  events: 40_000,
  single: 25,
  latency: 1,
  skew: 90_000,
  "kill-every": 7,
  "cut-every": 3,
  "postgres-every": 5,
  seconds: 25,
};

/** @throws {TypeError} for what is no option or no number */
export function readOptions(words: readonly string[]): ScaleOptions {
  const names = Object.keys(DEFAULTS);
  const options = Object.fromEntries(names.map((name) => [name, { type: "string" as const }]));
  const { values } = parseArgs({ args: [...words], options });
  const given = Object.entries(values).map(([name, text]) => [name, numberOf(name, text)]);
  return { ...DEFAULTS, ...Object.fromEntries(given) };
}

function numberOf(name: string, text: string | boolean | undefined): number {
  const number = Number(text);
  if (Number.isFinite(number) && number >= 0) return number;
  throw new TypeError(`--${name} takes a number`);
}
