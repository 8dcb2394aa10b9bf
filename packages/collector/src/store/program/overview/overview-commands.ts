/** What sessions add to the overview is saved at once, or not at all. */

import { text } from "../../columns/columns.ts";
import { decodeContribution } from "../../columns/contribution.ts";
import type { Columns } from "../../columns/memory-columns.ts";
import { changesOf } from "../../columns/overview-changes.ts";
import {
  encodeGroupDays,
  encodeGroups,
  encodeSums,
  GROUP_DAY_ROW,
  GROUP_ROW,
  ROLLED_UP_ROW,
  SUM_COLUMNS,
  SUM_ROW,
} from "../../columns/overview-columns.ts";
import type { CommandAnswer } from "../../command.ts";
import { CONFLICT, type CommandOf, done } from "../../command-answers.ts";
import { change, one, type Program } from "../program.ts";

/** Sums of hostile numbers stay integers that every reader holds. */
const MOST = Number.MAX_SAFE_INTEGER;

/** The round is the lock between nodes: who is too late has added for nothing. */
export function* saveOverview(command: CommandOf<"save_overview">): Program<CommandAnswer> {
  const { tenant, round, overMs, allMs, days, groups, groupDays, sessions } = command;
  const isFirst =
    round === 0
      ? yield* change(
          "begin_overview",
          `insert into overview_rounds (tenant, round, over_ms, all_ms)
            select key, 1, $2, $3 from tenants where key = $1
            on conflict (tenant) do nothing`,
          [tenant, overMs, allMs],
        )
      : yield* change(
          "go_on_overview",
          `update overview_rounds set round = round + 1, over_ms = $3, all_ms = $4
            where tenant = $1 and round = $2`,
          [tenant, round, overMs, allMs],
        );
  if (isFirst === 0) return CONFLICT;
  yield* addSums(tenant, { days, groups, groupDays });
  yield* addRows("overview_sessions", "session", ROLLED_UP_ROW, { tenant, values: sessions }, [
    ["folded_size", "excluded.folded_size"],
    ["contribution", "excluded.contribution"],
  ]);
  return done(1);
}

/**
 * Takes a session out of the sums that goes, with all its names. A roll-up that read it before and
 * wants to save it now comes too late: the round is another one.
 */
export function* withdrawFromOverview(tenant: number, session: number): Program<void> {
  yield* change(
    "turn_overview",
    `insert into overview_rounds (tenant, round, over_ms, all_ms)
      select key, 1, 0, 0 from tenants where key = $1
      on conflict (tenant) do update set round = overview_rounds.round + 1`,
    [tenant],
  );
  const row = yield* one(
    "read_rolled_up",
    "select contribution from overview_sessions where tenant = $1 and session = $2",
    [tenant, session],
  );
  if (row === undefined) return;
  const before = decodeContribution(text(row, "contribution"));
  const { days, groups, groupDays } = changesOf([{ key: session, before }]);
  const listed = {
    days: encodeSums(days),
    groups: encodeGroups(groups),
    groupDays: encodeGroupDays(groupDays),
  };
  yield* addSums(tenant, listed);
  yield* dropEmpty("overview_days", ["kind", "day", "name"], SUM_ROW, tenant, listed.days);
  yield* dropEmpty("loop_groups", ["id"], GROUP_ROW, tenant, listed.groups);
  yield* dropEmpty("loop_group_days", ["id", "day"], GROUP_DAY_ROW, tenant, listed.groupDays);
  const own = "delete from overview_sessions where tenant = $1 and session = $2";
  yield* change("drop_rolled_up", own, [tenant, session]);
}

function* addSums(
  tenant: number,
  { days, groups, groupDays }: Pick<CommandOf<"save_overview">, "days" | "groups" | "groupDays">,
): Program<void> {
  const added = (table: string, columns: readonly string[]) =>
    columns.map((name) => [name, plus(`${table}.${name}`, `excluded.${name}`)] as const);
  yield* addRows("overview_days", "kind, day, name", SUM_ROW, { tenant, values: days }, [
    ...added("overview_days", SUM_COLUMNS),
  ]);
  yield* addRows("loop_groups", "id", GROUP_ROW, { tenant, values: groups }, [
    ...added("loop_groups", ["sessions", "loops", "steps", "cost_nano_usd", "cost_known"]),
    ["first_ms", later("first_ms", "<", "first_ms")],
    ["latest", later("last_ms", ">=", "latest")],
    ["last_ms", later("last_ms", ">=", "last_ms")],
  ]);
  const dayKey = "id, day";
  yield* addRows("loop_group_days", dayKey, GROUP_DAY_ROW, { tenant, values: groupDays }, [
    ...added("loop_group_days", ["loops"]),
  ]);
}

/** A name that nothing is summed under any more is not kept. */
function* dropEmpty(
  table: "overview_days" | "loop_groups" | "loop_group_days",
  key: readonly string[],
  columns: Columns,
  tenant: number,
  values: string,
): Program<void> {
  const counted = table === "loop_group_days" ? "loops" : "sessions";
  const listed = key.map((name) => `w.${name}`).join(", ");
  yield* change(
    `drop_empty_${table}`,
    ({ listedRows }) => `delete from ${table} where tenant = $1 and ${counted} <= 0
      and (${key.join(", ")}) in (select ${listed} from ${listedRows("$2", columns)} w)`,
    [tenant, values],
  );
}

function plus(one: string, other: string): string {
  return `case when ${one} + ${other} > ${MOST} then ${MOST} else ${one} + ${other} end`;
}

/** The new value of a column of a group where the new row is the better one, else the old. */
function later(by: string, comparison: "<" | ">=", column: string): string {
  return `case when excluded.${by} ${comparison} loop_groups.${by}
    then excluded.${column} else loop_groups.${column} end`;
}

/** A session that goes takes what it added with it (withdrawFromOverview). */
const STILL_THERE = `exists (select 1 from sessions s
  where s.tenant = $1 and s.key = w.session and s.gone = 0)`;

function* addRows(
  table: string,
  key: string,
  columns: Columns,
  { tenant, values }: { readonly tenant: number; readonly values: string },
  changes: readonly (readonly [column: string, value: string])[],
): Program<void> {
  const names = Object.keys(columns);
  yield* change(
    `add_${table}`,
    ({ listedRows }) => `insert into ${table} (tenant, ${names.join(", ")})
      select $1, ${names.map((name) => `w.${name}`).join(", ")} from ${listedRows("$2", columns)} w
      where ${table === "overview_sessions" ? STILL_THERE : "true"}
      on conflict (tenant, ${key}) do update
      set ${changes.map(([column, value]) => `${column} = ${value}`).join(", ")}`,
    [tenant, values],
  );
}
