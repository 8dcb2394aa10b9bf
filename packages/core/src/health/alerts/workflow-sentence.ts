/** What an alert says of a workflow. */
import { NANO_USD_PER_USD } from "../../capture/observation/nano-usd.ts";
import { plainName } from "./readable-name.ts";

/** A figure of sessions that is not what it was. */
export interface MovedFigure {
  /** As a card names it: `retries`, `tools`, and so on. */
  readonly channel: string;
  /** Which operation, transition, tool or model. */
  readonly name?: string | undefined;
  readonly unit: string;
  readonly from: number;
  readonly to: number;
}

/** Either what moved, the surest first, or how many of the latest sessions had a loop. */
export interface WorkflowStory {
  readonly name: string;
  readonly moved?: readonly MovedFigure[] | undefined;
  /** The first session that is likely to be different. */
  readonly sinceSessionId?: string | undefined;
  readonly loops?: { readonly looped: number; readonly sessions: number } | undefined;
}

/** More figures than this are counted. */
const NAMED_FIGURES = 2;

/**
 * For example "In workflow `nightly`, sessions are not what they were since session `42`: retries went
 * from 2 % to 12 %, length went from 12 to 20 steps."
 */
export function workflowSentence({ name, moved, sinceSessionId, loops }: WorkflowStory): string {
  const workflow = `In workflow \`${plainName(name)}\``;
  if (loops !== undefined) {
    return `${workflow}, ${loops.looped} of the latest ${loops.sessions} sessions had a loop.`;
  }
  const since =
    sinceSessionId === undefined ? "" : ` since session \`${plainName(sinceSessionId)}\``;
  const told = (moved ?? []).slice(0, NAMED_FIGURES).map(figurePhrase);
  const others = (moved?.length ?? 0) - told.length;
  const more = others > 0 ? `, and ${others} more` : "";
  const what = told.length === 0 ? "" : `: ${told.join(", ")}${more}`;
  return `${workflow}, sessions are not what they were${since}${what}.`;
}

function figurePhrase({ channel, name, unit, from, to }: MovedFigure): string {
  const of = name === undefined ? "" : ` of \`${plainName(name)}\``;
  return `${channel}${of} went from ${amount(from, unit)} to ${amount(to, unit)}`;
}

function amount(value: number, unit: string): string {
  if (unit.startsWith("share_of_")) return `${Math.round(100 * value)} %`;
  switch (unit) {
    case "nano_usd":
      return `$${(value / NANO_USD_PER_USD).toFixed(2)}`;
    case "ms":
      return `${(value / 1_000).toFixed(1)} s`;
    case "bits":
      return `${value.toFixed(1)} bits`;
    default:
      return `${Math.round(value)} ${unit}`;
  }
}
