/** What was folded is saved at once, or not at all. */
import {
  CARD_COLUMNS,
  type Columns,
  DAY_COLUMNS,
  FOLDED_COLUMNS,
} from "../../columns/memory-columns.ts";
import type { CommandAnswer } from "../../command.ts";
import { CONFLICT, type CommandOf, done } from "../../command-answers.ts";
import { addAlert } from "../alert-commands.ts";
import { change, type Program } from "../program.ts";

/** The round is the lock between nodes: who is too late has folded for nothing. */
export function* saveMemory(command: CommandOf<"save_memory">): Program<CommandAnswer> {
  const { tenant, round, overMs, idleMs, days, cards, folded, alerts } = command;
  const isFirst =
    round === 0
      ? yield* change(
          "begin_memory",
          `insert into memory_rounds (tenant, round, over_ms, idle_ms)
            select key, 1, $2, $3 from tenants where key = $1
            on conflict (tenant) do nothing`,
          [tenant, overMs, idleMs],
        )
      : yield* change(
          "go_on_memory",
          `update memory_rounds set round = round + 1, over_ms = $3, idle_ms = $4
            where tenant = $1 and round = $2`,
          [tenant, round, overMs, idleMs],
        );
  if (isFirst === 0) return CONFLICT;
  yield* saveRows("memory_days", "kind, day, name", DAY_COLUMNS, tenant, days);
  yield* saveRows("memory_cards", "kind, name", CARD_COLUMNS, tenant, cards);
  yield* saveRows("memory_sessions", "session", FOLDED_COLUMNS, tenant, folded);
  // Of a rule that is gone by now nothing is told.
  for (const alert of alerts) yield* addAlert({ alert });
  return done(1);
}

/** What a deleted session left in the sums stays there; of itself nothing is kept any more. */
const STILL_THERE = `exists (select 1 from sessions s
  where s.tenant = $1 and s.key = w.session and s.gone = 0)`;

function* saveRows(
  table: string,
  key: string,
  columns: Columns,
  tenant: number,
  values: string,
): Program<void> {
  const names = Object.keys(columns);
  const changing = names.filter((name) => !key.split(", ").includes(name));
  yield* change(
    `save_${table}`,
    ({ listedRows }) => `insert into ${table} (tenant, ${names.join(", ")})
      select $1, ${names.map((name) => `w.${name}`).join(", ")} from ${listedRows("$2", columns)} w
      where ${table === "memory_sessions" ? STILL_THERE : "true"}
      on conflict (tenant, ${key}) do update
      set ${changing.map((name) => `${name} = excluded.${name}`).join(", ")}`,
    [tenant, values],
  );
}
