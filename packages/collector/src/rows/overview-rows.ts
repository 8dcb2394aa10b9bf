/** What the overview is told from: sums by day and name, which sessions join and leave. */

/**
 * What sessions are summed under; `all` has one name, which is empty, and `blind` what writers could not see. What a
 * session added names them by their places, so that new ones come last.
 */
export const OVERVIEW_KINDS = [
  "all",
  "agent",
  "client",
  "server",
  "tool",
  "workflow",
  "regime",
  "blind",
] as const;
export type OverviewKind = (typeof OVERVIEW_KINDS)[number];

/** The sums, in the order in which they are stored. */
export const OVERVIEW_SUMS = [
  "sessions",
  /** Sessions with a loop. */
  "looped",
  "loops",
  "steps",
  /** Steps inside loops. */
  "loopSteps",
  /** Calls that did not do what they were asked for. */
  "failures",
  /** Calls that were denied or rejected. */
  "denied",
  /** Calls that wait for an answer, and those that never got one. */
  "unanswered",
  /** Events that writers declared as lost, and sessions with any. */
  "dropped",
  "droppedIn",
  /** Sessions of which no writer sees everything. */
  "partial",
  /** Tokens and cost as far as somebody said, and sessions of which somebody did. */
  "tokens",
  "tokensKnown",
  "loopTokens",
  "costNanoUsd",
  "costKnown",
  "loopCostNanoUsd",
] as const;
export type OverviewSum = (typeof OVERVIEW_SUMS)[number];
export type OverviewFigures = Readonly<Record<OverviewSum, number>>;

export interface OverviewName {
  readonly kind: OverviewKind;
  readonly name: string;
}

/** What the sessions of one name that began on one day came to. */
export interface OverviewDay extends OverviewName {
  /** Days since 1970, in UTC. */
  readonly day: number;
  readonly figures: OverviewFigures;
}

/** Loops of one kind of one agent in one session. */
export interface LoopContribution {
  /** Of the group: the same for the same structure, in whichever session. */
  readonly group: string;
  readonly agent: string;
  readonly rule: string;
  readonly period: number;
  readonly tools: readonly string[];
  readonly loops: number;
  readonly steps: number;
  readonly costNanoUsd: number;
}

/** What the calls of one tool or server came to in one session. */
export interface ContributionPart extends OverviewName {
  readonly steps: number;
  readonly loopSteps: number;
  readonly failures: number;
}

/** What one session adds to the sums, so that it can be taken out again. */
export interface Contribution {
  readonly day: number;
  /** When something happened in it last, in milliseconds since 1970. */
  readonly activeMs: number;
  /** Added under each of these names. */
  readonly figures: OverviewFigures;
  readonly names: readonly OverviewName[];
  readonly parts: readonly ContributionPart[];
  readonly loops: readonly LoopContribution[];
}

/** A session that is to be rolled up, with what was rolled up of it before. */
export interface RollUpCandidate {
  /** Of the session's row. */
  readonly key: number;
  readonly id: string;
  readonly size: number;
  /** When something arrived last. */
  readonly lastMs: number;
  readonly contribution: Contribution;
  readonly before: Contribution | undefined;
}

/** How far the sums of a tenant have come. */
export interface RollUpState {
  /** Only accounts have any. */
  readonly isAccount: boolean;
  /** How often something was saved. */
  readonly round: number;
  /** Sessions that are over were looked at up to here, and all sessions up to there. */
  readonly overMs: number;
  readonly allMs: number;
}

/** Days from one to another, both with. */
export interface DayRange {
  readonly fromDay: number;
  readonly toDay: number;
}

export interface OverviewReader {
  /** Undefined where there is no such tenant. */
  state(tenant: number): Promise<RollUpState | undefined>;
  /** Sessions that are not rolled up as they are now, in the order in which something arrived last. */
  candidates(
    tenant: number,
    filter: {
      readonly isOver: boolean;
      readonly fromMs: number;
      readonly toMs: number;
      readonly limit: number;
    },
  ): Promise<readonly RollUpCandidate[]>;
  /** The days of one name that are there, the earliest first. */
  days(tenant: number, of: OverviewName, range: DayRange): Promise<readonly OverviewDay[]>;
  /** Sums over the days by name, those with the most steps in loops first. */
  names(
    tenant: number,
    kind: OverviewKind,
    range: DayRange,
    limit: number,
  ): Promise<readonly (OverviewName & { readonly figures: OverviewFigures })[]>;
  /** How many sessions have loops that nobody has acknowledged, counted up to the limit. */
  marked(tenant: number, sinceMs: number, limit: number): Promise<number>;
}

/** Plain data: it crosses threads. Rows are JSON, as `overview-columns.ts` writes them. */
export interface OverviewCommand {
  /** All of it or nothing; refused with CONFLICT when another node saved since the round was read. */
  readonly kind: "save_overview";
  readonly tenant: number;
  readonly round: number;
  readonly overMs: number;
  readonly allMs: number;
  /** What is added to days, to groups of loops and to their days; below 0 it is taken out. */
  readonly days: string;
  readonly groups: string;
  readonly groupDays: string;
  /** What each session added. */
  readonly sessions: string;
}
