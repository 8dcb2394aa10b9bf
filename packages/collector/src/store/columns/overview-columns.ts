/** Rows of the overview and of groups of loops, as both databases hold them. */
import type { GroupComment, LoopGroup } from "../../rows/group-rows.ts";
import {
  type LoopContribution,
  OVERVIEW_SUMS,
  type OverviewDay,
  type OverviewFigures,
  type OverviewKind,
  type OverviewSum,
  type RollUpCandidate,
  type RollUpState,
} from "../../rows/overview-rows.ts";
import type { SavedView } from "../../rows/view-rows.ts";
import { integer, optional, type Row, text } from "./columns.ts";
import { contributionIn, decodeContribution, encodeContribution } from "./contribution.ts";
import type { Columns } from "./memory-columns.ts";

/** As the sums are called in the tables. */
export const SUM_COLUMNS: readonly string[] = OVERVIEW_SUMS.map(columnOf);

function columnOf(sum: OverviewSum): string {
  return sum.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/** In the order in which {@link encodeSums} writes them, and so on. */
export const SUM_ROW: Columns = {
  kind: "text",
  day: "integer",
  name: "text",
  ...Object.fromEntries(SUM_COLUMNS.map((name) => [name, "integer"] as const)),
};
export const GROUP_ROW: Columns = {
  id: "text",
  agent: "text",
  rule: "text",
  period: "integer",
  tools: "text",
  sessions: "integer",
  loops: "integer",
  steps: "integer",
  cost_nano_usd: "integer",
  cost_known: "integer",
  first_ms: "integer",
  last_ms: "integer",
  latest: "integer",
};
export const GROUP_DAY_ROW: Columns = { id: "text", day: "integer", loops: "integer" };
export const ROLLED_UP_ROW: Columns = {
  session: "integer",
  folded_size: "integer",
  contribution: "text",
};

export function encodeSums(days: readonly OverviewDay[]): string {
  return JSON.stringify(
    days.map(({ kind, day, name, figures }) => {
      return [kind, day, name, ...OVERVIEW_SUMS.map((sum) => figures[sum])];
    }),
  );
}

/** What is added to a group of loops. */
export interface GroupChange extends LoopContribution {
  readonly sessions: number;
  readonly costKnown: number;
  readonly firstMs: number;
  readonly lastMs: number;
  /** Key of the session that was active last. */
  readonly latest: number;
}

export function encodeGroups(groups: readonly GroupChange[]): string {
  return JSON.stringify(
    groups.map(({ group, agent, rule, period, tools, ...more }) => [
      ...[group, agent, rule, period, JSON.stringify(tools)],
      ...[more.sessions, more.loops, more.steps, more.costNanoUsd, more.costKnown],
      ...[more.firstMs, more.lastMs, more.latest],
    ]),
  );
}

export function encodeGroupDays(
  days: readonly { readonly group: string; readonly day: number; readonly loops: number }[],
): string {
  return JSON.stringify(days.map(({ group, day, loops }) => [group, day, loops]));
}

export function encodeRolledUp(
  sessions: readonly Pick<RollUpCandidate, "key" | "size" | "contribution">[],
): string {
  return JSON.stringify(
    sessions.map(({ key, size, contribution }) => [key, size, encodeContribution(contribution)]),
  );
}

export function rollUpStateOf(row: Row): RollUpState {
  return {
    isAccount: text(row, "kind") === "account",
    round: optional(row, "round", integer) ?? 0,
    overMs: optional(row, "over_ms", integer) ?? 0,
    allMs: optional(row, "all_ms", integer) ?? 0,
  };
}

export function rollUpCandidateOf(row: Row): RollUpCandidate {
  const before = optional(row, "contribution", text);
  return {
    key: integer(row, "key"),
    id: text(row, "id"),
    size: integer(row, "size"),
    lastMs: integer(row, "last_ms"),
    contribution: contributionIn(row),
    before: before === undefined ? undefined : decodeContribution(before),
  };
}

export function figuresIn(row: Row): OverviewFigures {
  const entries = OVERVIEW_SUMS.map((sum) => [sum, integer(row, columnOf(sum))] as const);
  return Object.fromEntries(entries) as unknown as OverviewFigures; // Each sum is in the list.
}

export function overviewDayOf(row: Row): OverviewDay {
  // The roll-up writes no other kinds.
  const kind = text(row, "kind") as OverviewKind;
  return { kind, name: text(row, "name"), day: integer(row, "day"), figures: figuresIn(row) };
}

export function loopGroupOf(row: Row): LoopGroup {
  const comments = optional(row, "comments", text);
  return {
    id: text(row, "id"),
    agent: text(row, "agent"),
    rule: text(row, "rule"),
    period: integer(row, "period"),
    // Only the encoders here write these texts.
    tools: JSON.parse(text(row, "tools")) as string[],
    sessions: integer(row, "sessions"),
    loops: integer(row, "loops"),
    steps: integer(row, "steps"),
    costNanoUsd: integer(row, "cost_nano_usd"),
    costKnown: integer(row, "cost_known"),
    firstMs: integer(row, "first_ms"),
    lastMs: integer(row, "last_ms"),
    latestSession: optional(row, "latest_session", text),
    acknowledgedLoops: integer(row, "acknowledged_loops"),
    mutedUntilMs: integer(row, "muted_until_ms"),
    by: optional(row, "said_by", text),
    atMs: optional(row, "said_ms", integer),
    comments: comments === undefined ? [] : (JSON.parse(comments) as GroupComment[]),
  };
}

export function savedViewOf(row: Row): SavedView {
  return {
    id: text(row, "id"),
    name: text(row, "name"),
    address: text(row, "address"),
    createdMs: integer(row, "created_ms"),
  };
}
