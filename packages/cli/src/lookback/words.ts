/** Numbers as the report and the page say them. */
import { agentName, durationWords } from "@caum/core/health";
import { FORMATS } from "@caum/histories";
import type { FoundLoop } from "./judged-session.ts";

export function percent(share: number): string {
  const value = share * 100;
  return `${value > 0 && value < 1 ? value.toFixed(1) : Math.round(value)} %`;
}

export function plural(count: number, noun: string): string {
  return `${grouped(count)} ${noun}${count === 1 ? "" : "s"}`;
}

/** With a comma for each thousand. */
export function grouped(count: number): string {
  return Math.round(count).toLocaleString("en-US");
}

export function dollars(usd: number): string {
  return usd > 0 && usd < 0.01 ? "less than $0.01" : `$${usd.toFixed(2)}`;
}

function aboutDollars(usd: number): string {
  return usd < 0.01 ? dollars(usd) : `about ${dollars(usd)}`;
}

/** Tokens to three digits: a sum of many is no exact number to a person. */
export function tokenWords(tokens: number): string {
  if (tokens >= 1e9) return `${(tokens / 1e9).toPrecision(3)} billion tokens`;
  if (tokens >= 1e6) return `${(tokens / 1e6).toPrecision(3)} million tokens`;
  return plural(tokens, "token");
}

/** Of a client what its sentences say; of another format its title. */
export function clientTitle(client: string): string {
  const name = agentName(client);
  return name === client ? (FORMATS.find((format) => format.name === client)?.title ?? name) : name;
}

export function sizeWords(bytes: number): string {
  return bytes < 1e6 ? `${grouped(Math.ceil(bytes / 1e3))} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
}

/** Where and when a loop was, and what it took, as far as that is known and its sentence does not say it. */
export function loopPlace(loop: FoundLoop): readonly string[] {
  const duration = loop.durationMs === null ? undefined : durationWords(loop.durationMs);
  const said = [
    ...(duration === undefined ? [] : [duration]),
    ...(loop.costUsd === null ? [] : [aboutDollars(loop.costUsd)]),
  ];
  return [
    ...(loop.from === null ? [] : [`${loop.from.slice(0, 16).replace("T", " ")} UTC`]),
    `session ${loop.session}`,
    ...(loop.project === null ? [] : [`project ${loop.project}`]),
    plural(loop.steps, "step"),
    ...(loop.tokens > 0 ? [tokenWords(loop.tokens)] : []),
    ...said.filter((part) => !loop.sentence.includes(part)),
  ];
}

/** What the words and tags of the findings mean, for somebody who sees them for the first time. */
export const MEANINGS: readonly (readonly [string, string])[] = [
  ["loop", "an agent did the same thing again and again and learned nothing new from it"],
  ["step", "a call of a tool, an answer without one, or a message"],
  [
    "steps in loops",
    "a lower bound: a loop is known from its fourth round or so on, and weaker signs do not count",
  ],
  [
    "x-…",
    "a tag in place of a name: the same name has the same tag here, and no tag tells its name",
  ],
  ["session", "the id that the client gave it, where that is no name that somebody chose"],
];
