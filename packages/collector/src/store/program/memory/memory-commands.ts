/** What was folded is saved at once, or not at all. */
import type { MemoryDay, MemoryName } from "../../../rows/memory-rows.ts";
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
  const { tenant, round, overMs, idleMs, days, cards, folded, empty, alerts } = command;
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
  if (empty.days.length > 0) yield* dropDays(tenant, empty.days);
  if (empty.cards.length > 0) yield* dropCards(tenant, empty.cards);
  // Of a rule that is gone by now nothing is told.
  for (const alert of alerts) yield* addAlert({ alert });
  return done(1);
}

/** A session that goes takes what it added with it (withdrawFromMemory). */
const STILL_THERE = `exists (select 1 from sessions s
  where s.tenant = $1 and s.key = w.session and s.gone = 0)`;

/** @param values of its columns, as JSON */
export function* saveRows(
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

/** With the name of each, which may have been its only day. */
export function* dropDays(
  tenant: number,
  days: readonly Pick<MemoryDay, "kind" | "name" | "day">[],
): Program<number> {
  const columns: Columns = { kind: "text", name: "text", day: "integer" };
  return yield* change(
    "drop_days",
    ({ listedRows }) => `delete from memory_days where tenant = $1 and (kind, day, name) in
      (select w.kind, w.day, w.name from ${listedRows("$2", columns)} w)`,
    [tenant, JSON.stringify(days.map(({ kind, name, day }) => [kind, name, day]))],
  );
}

/** With all that was said of each name. */
export function* dropCards(tenant: number, names: readonly MemoryName[]): Program<number> {
  return yield* change(
    "drop_cards",
    ({ listedRows }) => `delete from memory_cards where tenant = $1 and (kind, name) in
      (select w.kind, w.name from ${listedRows("$2", { kind: "text", name: "text" })} w)`,
    [tenant, JSON.stringify(names.map(({ kind, name }) => [kind, name]))],
  );
}
