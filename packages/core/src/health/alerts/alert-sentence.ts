/** What an alert says to a person: one sentence, the same in every channel. */
import { NANO_USD_PER_USD } from "../../capture/observation/nano-usd.ts";
import type { Assessment, Pattern } from "../assessment.ts";
import type { Regime } from "../scores/regime.ts";
import { type Alternative, parseCondition } from "./condition/condition.ts";
import { agentName, plainName } from "./readable-name.ts";
import { isWeakness, weaknessPhrase } from "./weakness-phrase.ts";
import { type WorkflowStory, workflowSentence } from "./workflow-sentence.ts";

/** Which word about a loop it is: the first, or the one that follows. */
export type Word = "begins" | "goes_on" | "ended";

/** What is known of a session that somebody is told of. */
export interface AlertStory {
  /** As the session's records name it. */
  readonly agent: string;
  readonly regime: Regime | (string & {});
  readonly step: number;
  /** What repeats; absent where nothing does. */
  readonly pattern?: Pick<Pattern, "rule" | "period" | "cycles"> | undefined;
  /** Tools of one cycle, in their order; as far as they are known. */
  readonly tools?: readonly string[] | undefined;
  /** When the pattern began and where it stands, in milliseconds since 1970. */
  readonly sinceMs?: number | undefined;
  readonly nowMs?: number | undefined;
  /** What the steps of the pattern cost; absent or 0 where nobody said. */
  readonly costNanoUsd?: number | undefined;
  readonly word?: Word | undefined;
  /** What was waited for and met: one alternative, where there are several. */
  readonly condition?: string | undefined;
  /** What the whole session cost, for a condition that asks for it. */
  readonly totalNanoUsd?: number | undefined;
  /** What is told of a workflow, where it is not about a session. */
  readonly workflow?: WorkflowStory | undefined;
}

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
const NAMED_TOOLS = 4;

/**
 * Says which agent repeats which tool, how often, for how long and what it cost, for example
 * "Claude Code has called `search_issues` 12 times in a row with the same question for 3 minutes
 * (about $0.40)."
 */
export function alertSentence(story: AlertStory): string {
  if (story.workflow !== undefined) return workflowSentence(story.workflow);
  const agent = agentName(story.agent);
  const met = metCondition(story);
  if (met !== undefined) return `${agent} ${met}.`;
  if (story.pattern === undefined) return `${agent} ${withoutPattern(story.regime)}.`;
  const clause = `${deedOf(story, story.pattern)}${durationOf(story)}${costOf(story)}`;
  switch (story.word) {
    case "goes_on":
      return `${agent} has not stopped: by now it has ${clause}.`;
    case "ended":
      return `${agent} has stopped repeating itself: it had ${clause}.`;
    default:
      return `${agent} has ${clause}.`;
  }
}

/** The story of how a session stands, as far as its assessment tells it. */
export function storyOf(
  agent: string,
  { regime, step, pattern }: Pick<Assessment, "regime" | "step" | "pattern">,
): AlertStory {
  if (pattern === undefined) return { agent, regime, step };
  const { tools, sinceMs } = pattern;
  return { agent, regime, step, pattern, tools, sinceMs };
}

/** The sentence, and what to do. */
export function alertMessage(story: AlertStory): string {
  return `${alertSentence(story)} ${adviceOf(story)}`;
}

/** What a sender adds so that a loop is told from work, sooner and more surely. */
export const WHAT_TO_SEND =
  "Send state_hash, or the arguments, with each step: then a loop is told from work after 4 steps.";

/** A pattern of which too little is known for a hard alert. */
function isScant({ pattern, regime }: AlertStory): boolean {
  const rule = pattern?.rule;
  return rule === "same_tool" || (rule === "same_content" && regime !== "LOOP");
}

function adviceOf(story: AlertStory): string {
  if (story.workflow !== undefined) return "Look at what its sessions do now.";
  if (story.word === "ended") return "Nothing needs to be done now.";
  if (isScant(story)) return WHAT_TO_SEND;
  const isLoop = story.pattern !== undefined && !isWeakness(story.pattern.rule);
  if (!isLoop || metCondition(story) !== undefined) {
    return "Look whether it still gets on.";
  }
  return "Stop it, or tell it what to do differently.";
}

type What = NonNullable<AlertStory["pattern"]>;

/** In the participle, so that "has" and "had" both fit before it. */
function deedOf({ tools = [] }: AlertStory, { rule, period, cycles }: What): string {
  const names = tools.map(plainName).filter((name) => name !== "");
  const [first] = names;
  if (period > 1) return `repeated the same ${period} calls ${times(cycles)}${listed(names)}`;
  const tool = first === undefined ? "the same tool" : `\`${first}\``;
  switch (rule) {
    case "periodic":
      return `called ${tool} ${times(cycles)} in a row with the same question`;
    case "jitter":
      return `called ${tool} ${times(cycles)} in a row and got the same answer, with questions that differ in a number only`;
    case "numeric":
      return `called ${tool} ${times(cycles)} in a row with the same question, and only numbers in the answers moved`;
    case "error_run":
      return `made ${cycles} calls in a row that failed${last(first)}`;
    case "failing_write":
      return `tried a change with ${tool} ${times(cycles)} in a row, and each failed`;
    case "failing_call":
      return `made the same call of ${tool} ${times(cycles)}, and each failed`;
    case "refused":
      return `been refused ${times(cycles)}${last(first)}`;
    case "all_failing":
      return `made ${cycles} calls in a row that failed, whatever the tool`;
    case "ping_pong":
      return `handed on ${times(cycles)} and got it back, with nothing done in between`;
    case "idle_talk":
      return `answered ${times(cycles)} with nothing but words`;
    case "blind_write":
      return `made the same change with ${tool} ${times(cycles)} in a row`;
    case "same_content":
      return `called ${tool} ${times(cycles)} in a row and reported the same each time`;
    case "same_tool":
      return `called ${tool} ${times(cycles)} in a row, of which nothing but the name is known`;
    case "same_message":
      return `said the same thing ${times(cycles)} in a row`;
    case "recurrence":
      return `done nothing but repeat earlier calls for ${cycles} steps${listed(names)}`;
    case "leaky":
      return `repeated earlier calls in ${cycles} of its latest steps${listed(names)}`;
    default:
      return weaknessPhrase(rule, cycles, tool);
  }
}

function times(count: number): string {
  return count === 1 ? "once" : `${count} times`;
}

function last(tool: string | undefined): string {
  return tool === undefined ? "" : `, the last of \`${tool}\``;
}

function listed(names: readonly string[]): string {
  const distinct = [...new Set(names)];
  if (distinct.length === 0) return "";
  const shown = distinct.slice(0, NAMED_TOOLS).map((name) => `\`${name}\``);
  const more = distinct.length > NAMED_TOOLS ? " and others" : "";
  return ` (${shown.join(", ")}${more})`;
}

/** Less than a few seconds says nothing; a clock that ran backwards neither. */
function durationOf({ sinceMs, nowMs }: AlertStory): string {
  if (sinceMs === undefined || nowMs === undefined || sinceMs <= 0) return "";
  const words = durationWords(nowMs - sinceMs);
  return words === undefined ? "" : ` for ${words}`;
}

const SHORTEST_MS = 5 * SECOND_MS;

/** @returns undefined where it is too short to be of interest */
export function durationWords(milliseconds: number): string | undefined {
  if (!(milliseconds >= SHORTEST_MS)) return undefined;
  if (milliseconds < 2 * MINUTE_MS) return counted(milliseconds / SECOND_MS, "second");
  if (milliseconds < 2 * HOUR_MS) return counted(milliseconds / MINUTE_MS, "minute");
  if (milliseconds < 2 * DAY_MS) return counted(milliseconds / HOUR_MS, "hour");
  return counted(milliseconds / DAY_MS, "day");
}

function counted(amount: number, unit: string): string {
  const count = Math.round(amount);
  return `${count} ${unit}${count === 1 ? "" : "s"}`;
}

function costOf({ costNanoUsd = 0 }: AlertStory): string {
  if (!(costNanoUsd > 0)) return "";
  return costNanoUsd < NANO_USD_PER_USD / 100
    ? " (less than $0.01)"
    : ` (about ${dollars(costNanoUsd)})`;
}

function dollars(nanoUsd: number): string {
  return `$${(nanoUsd / NANO_USD_PER_USD).toFixed(2)}`;
}

/** Conditions that a person has set for something else than the structure, after the agent's name. */
function metCondition({ condition, step, tools = [], totalNanoUsd = 0 }: AlertStory) {
  for (const met of condition === undefined ? [] : measuresOf(condition)) {
    switch (met.kind) {
      case "cost":
        return `has cost ${dollars(totalNanoUsd)} so far, more than ${dollars(met.overNanoUsd)}`;
      case "steps":
        return `has made ${step} steps, more than ${met.over}`;
      case "open_call":
        return `waits for an answer${from(tools)} for more than ${met.overSeconds} seconds`;
      case "tool_definition_changed":
        return "has a tool server that describes a tool differently than before";
    }
  }
  return undefined;
}

function from([tool]: readonly string[]): string {
  return tool === undefined ? "" : ` of \`${plainName(tool)}\``;
}

/** Of several alternatives nobody knows which one was met; one of another version may be unknown here. */
function measuresOf(text: string): Alternative["measures"] {
  try {
    const { anyOf } = parseCondition(text);
    return anyOf.length === 1 ? (anyOf[0]?.measures ?? []) : [];
  } catch {
    return [];
  }
}

/** After the agent's name, where no rule found a loop. */
function withoutPattern(regime: string): string {
  switch (regime) {
    case "GRIND":
      return "works on with little that is new in it";
    case "STAGNATION":
      return "does not get on: hardly anything it does is new";
    case "FUNNEL_TRAP":
      return "uses fewer and fewer tools and learns little from them";
    case "LOOP":
    case "REASONING_LOOP":
      return "seems to repeat itself";
    default:
      return "gets less done than it did";
  }
}
