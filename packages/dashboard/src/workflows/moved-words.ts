/** What moved of a workflow, in words and figures. */
import { NANO_USD_PER_USD } from "@caum/core/conditions";
import { count, duration, money, short } from "../parts/format.ts";
import type { Moved } from "../server/workflows.ts";

const CHANNELS: Readonly<Record<string, string>> = {
  length: "steps",
  retries: "retries",
  failures: "failures",
  tokens: "tokens",
  cost: "cost",
  duration: "time",
  operations: "operation",
  order: "unusual order of operations",
  transitions: "transition",
  tools: "tool",
  models: "model",
  loops: "looping sessions",
};

/** For a list of them, such as `more retries` or `less of the tool grep`. */
export function briefly({ channel, name, direction }: Moved): string {
  const words = CHANNELS[channel] ?? channel;
  const more = direction === "up" ? "more" : "less";
  return name === undefined ? `${more} ${words}` : `${more} of the ${words} ${name}`;
}

export function channelWords({ channel }: Moved): string {
  return CHANNELS[channel] ?? channel;
}

export function written(value: number, unit: string): string {
  if (unit.startsWith("share_of_")) return `${(100 * value).toFixed(1)} %`;
  if (unit === "nano_usd") return money(value / NANO_USD_PER_USD);
  if (unit === "ms") return duration(Math.round(value));
  if (unit === "tokens") return short(value);
  return unit === "bits" ? `${value.toFixed(2)} bits` : count(Math.round(value));
}

/** Such as `share of calls`; nothing where the figure has its unit. */
export function unitWords(unit: string): string {
  return unit.startsWith("share_of_") ? unit.replace("share_of_", "of ") : "";
}
