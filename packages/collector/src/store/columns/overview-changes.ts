/** What a batch of sessions changes in the sums and in the groups of loops. */
import {
  type Contribution,
  OVERVIEW_SUMS,
  type OverviewDay,
  type OverviewFigures,
  type OverviewName,
} from "../../rows/overview-rows.ts";
import type { GroupChange } from "./overview-columns.ts";

const NOTHING = Object.fromEntries(
  OVERVIEW_SUMS.map((sum) => [sum, 0] as const),
) as unknown as OverviewFigures; // Each sum is in the list.

interface GroupDayChange {
  readonly group: string;
  readonly day: number;
  readonly loops: number;
}

export interface OverviewChanges {
  readonly days: readonly OverviewDay[];
  readonly groups: readonly GroupChange[];
  readonly groupDays: readonly GroupDayChange[];
}

/** What is in the sums of a session, and what is to be; undefined for nothing. */
export interface Moved {
  readonly key: number;
  readonly before?: Contribution | undefined;
  readonly contribution?: Contribution | undefined;
}

/** What was added of a session before is taken out as it was, and put in as it is. */
export function changesOf(sessions: readonly Moved[]): OverviewChanges {
  const days = new Map<string, OverviewDay>();
  const groups = new Map<string, GroupChange>();
  const groupDays = new Map<string, GroupDayChange>();
  const move = (key: number, contribution: Contribution, times: 1 | -1) => {
    for (const day of daysOf(contribution)) addDay(days, day, times);
    for (const group of groupsOf(key, contribution)) addGroup(groups, group, times);
    for (const { group, loops } of contribution.loops) {
      const { day } = contribution;
      const place = `${group} ${day}`;
      const before = groupDays.get(place)?.loops ?? 0;
      groupDays.set(place, { group, day, loops: before + times * loops });
    }
  };
  for (const { key, before, contribution } of sessions) {
    if (before !== undefined) move(key, before, -1);
    if (contribution !== undefined) move(key, contribution, 1);
  }
  return {
    days: [...days.values()].filter(({ figures }) => OVERVIEW_SUMS.some((sum) => figures[sum])),
    groups: [...groups.values()],
    groupDays: [...groupDays.values()].filter(({ loops }) => loops !== 0),
  };
}

/** A session under each of its names; of a tool or server, its calls are the steps. */
function* daysOf({ day, names, figures, parts }: Contribution): Generator<OverviewDay> {
  for (const name of names) yield { ...name, day, figures };
  for (const { kind, name, steps, loopSteps, failures } of parts) {
    const looped = loopSteps > 0 ? 1 : 0;
    const own = { sessions: 1, looped, steps, loopSteps, failures };
    yield { kind, name, day, figures: { ...NOTHING, ...own } };
  }
}

function* groupsOf(
  key: number,
  { loops, activeMs, figures }: Contribution,
): Generator<GroupChange> {
  const { costKnown } = figures;
  for (const loop of loops) {
    yield { ...loop, sessions: 1, costKnown, firstMs: activeMs, lastMs: activeMs, latest: key };
  }
}

function addDay(days: Map<string, OverviewDay>, day: OverviewDay, times: 1 | -1): void {
  const place = placeOf(day);
  const { figures: before } = days.get(place) ?? { figures: NOTHING };
  const sums = OVERVIEW_SUMS.map((sum) => [sum, before[sum] + times * day.figures[sum]] as const);
  const figures = Object.fromEntries(sums) as unknown as OverviewFigures; // As above.
  days.set(place, { ...day, figures });
}

function placeOf({ kind, name, day }: OverviewName & { readonly day: number }): string {
  return `${day}\n${kind}\n${name}`;
}

function addGroup(groups: Map<string, GroupChange>, group: GroupChange, times: 1 | -1): void {
  const known = groups.get(group.group);
  const isLater = known === undefined || group.lastMs >= known.lastMs;
  groups.set(group.group, {
    ...group,
    sessions: (known?.sessions ?? 0) + times * group.sessions,
    loops: (known?.loops ?? 0) + times * group.loops,
    steps: (known?.steps ?? 0) + times * group.steps,
    costNanoUsd: (known?.costNanoUsd ?? 0) + times * group.costNanoUsd,
    costKnown: (known?.costKnown ?? 0) + times * group.costKnown,
    firstMs: Math.min(known?.firstMs ?? group.firstMs, group.firstMs),
    lastMs: isLater ? group.lastMs : known.lastMs,
    latest: isLater ? group.latest : known.latest,
  });
}
