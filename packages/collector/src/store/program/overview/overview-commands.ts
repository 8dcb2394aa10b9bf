/** What sessions add to the overview is saved at once, or not at all. */

import type { Columns } from "../../columns/memory-columns.ts";
import {
  GROUP_DAY_ROW,
  GROUP_ROW,
  ROLLED_UP_ROW,
  SUM_COLUMNS,
  SUM_ROW,
} from "../../columns/overview-columns.ts";
import type { CommandAnswer } from "../../command.ts";
import { CONFLICT, type CommandOf, done } from "../../command-answers.ts";
import { change, type Program } from "../program.ts";

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
  yield* addRows("overview_sessions", "session", ROLLED_UP_ROW, { tenant, values: sessions }, [
    ["folded_size", "excluded.folded_size"],
    ["contribution", "excluded.contribution"],
  ]);
  return done(1);
}

function plus(one: string, other: string): string {
  return `case when ${one} + ${other} > ${MOST} then ${MOST} else ${one} + ${other} end`;
}

/** The new value of a column of a group where the new row is the better one, else the old. */
function later(by: string, comparison: "<" | ">=", column: string): string {
  return `case when excluded.${by} ${comparison} loop_groups.${by}
    then excluded.${column} else loop_groups.${column} end`;
}

/** What a deleted session left in the sums stays there; of itself nothing is kept any more. */
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
