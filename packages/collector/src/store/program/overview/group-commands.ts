/** What people say of groups of loops, and the views that they keep. */
import { type GroupComment, MAX_COMMENTS } from "../../../rows/group-rows.ts";
import { MAX_VIEWS } from "../../../rows/view-rows.ts";
import { integer, optional, text } from "../../columns/columns.ts";
import type { CommandAnswer } from "../../command.ts";
import { CONFLICT, type CommandOf, done, NOT_FOUND } from "../../command-answers.ts";
import { change, one, type Program } from "../program.ts";

/** Of one group, of which a muted time ends with it. */
export function* acknowledgeGroup(command: CommandOf<"acknowledge_group">): Program<CommandAnswer> {
  const { tenant, id, by, nowMs } = command;
  const sql = `update loop_groups set acknowledged_loops = loops, muted_until_ms = 0, said_by = $3,
    said_ms = $4 where tenant = $1 and id = $2`;
  const changed = yield* change("acknowledge_group", sql, [tenant, id, by, nowMs]);
  return changed === 0 ? NOT_FOUND : done(changed);
}

export function* muteGroup(command: CommandOf<"mute_group">): Program<CommandAnswer> {
  const { tenant, id, by, nowMs, untilMs } = command;
  const sql = `update loop_groups set muted_until_ms = $5, said_by = $3, said_ms = $4
    where tenant = $1 and id = $2`;
  const changed = yield* change("mute_group", sql, [tenant, id, by, nowMs, untilMs]);
  return changed === 0 ? NOT_FOUND : done(changed);
}

export function* commentGroup(command: CommandOf<"comment_group">): Program<CommandAnswer> {
  const { tenant, id, by, nowMs, text: comment } = command;
  const sql = "select comments from loop_groups where tenant = $1 and id = $2";
  const row = yield* one("lock_group", ({ forUpdate }) => sql + forUpdate, [tenant, id]);
  if (row === undefined) return NOT_FOUND;
  const kept = optional(row, "comments", text);
  // Only this function writes them.
  const before = kept === undefined ? [] : (JSON.parse(kept) as GroupComment[]);
  const comments = [...before, { atMs: nowMs, by, text: comment }].slice(-MAX_COMMENTS);
  const update = "update loop_groups set comments = $3 where tenant = $1 and id = $2";
  return done(yield* change("comment_group", update, [tenant, id, JSON.stringify(comments)]));
}

export function* saveView({ tenant, view }: CommandOf<"save_view">): Program<CommandAnswer> {
  // One after the other, or two nodes would both find room for the last.
  const lock = "select 1 from tenants where key = $1";
  yield* one("lock_views", ({ forUpdate }) => lock + forUpdate, [tenant]);
  const same = "delete from saved_views where tenant = $1 and name = $2";
  yield* change("replace_view", same, [tenant, view.name]);
  const count = "select count(*) as views from saved_views where tenant = $1";
  const known = yield* one("count_views", count, [tenant]);
  if (integer(known ?? {}, "views") >= MAX_VIEWS) return CONFLICT;
  const sql = `insert into saved_views (tenant, id, name, address, created_ms)
    values ($1, $2, $3, $4, $5)`;
  const values = [tenant, view.id, view.name, view.address, view.createdMs];
  return done(yield* change("save_view", sql, values));
}

export function* deleteView({ tenant, id }: CommandOf<"delete_view">): Program<CommandAnswer> {
  const sql = "delete from saved_views where tenant = $1 and id = $2";
  return (yield* change("delete_view", sql, [tenant, id])) === 0 ? NOT_FOUND : done(1);
}
