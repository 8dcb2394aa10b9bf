/** Notes and deletion of sessions. */
import { sessionTag } from "@caum/core/verify";
import { integer } from "../columns/columns.ts";
import type { CommandAnswer } from "../command.ts";
import { type CommandOf, done, NOT_FOUND } from "../command-answers.ts";
import { GOES_WITH_SESSION } from "../tables.ts";
import type { Dialect } from "./dialect.ts";
import { withdrawFromMemory } from "./memory/withdraw.ts";
import { withdrawFromOverview } from "./overview/overview-commands.ts";
import { change, one, type Program } from "./program.ts";
import { expire } from "./records/bury.ts";
import { countSession } from "./usage.ts";

/** Signed heads kept of one session, so that consistency with an old one can be shown. */
const MAX_NOTES = 64;

type SessionCommand = CommandOf<
  "acknowledge" | "delete_session" | "expire" | "save_note" | "save_time_stamp"
>;

export function obeySessionCommand(command: SessionCommand): Program<CommandAnswer> {
  switch (command.kind) {
    case "acknowledge":
      return acknowledge(command);
    case "delete_session":
      return deleteSession(command);
    case "expire":
      return expire(command);
    case "save_note":
      return saveNote(command);
    case "save_time_stamp":
      return saveTimeStamp(command);
  }
}

const ofSession = ({ ofTenant }: Dialect) => `${ofTenant}session = $2`;

function* saveNote(command: CommandOf<"save_note">): Program<CommandAnswer> {
  const { tenant, size, note } = command;
  const key = yield* lockSession(command);
  if (key === undefined) return NOT_FOUND;
  yield* change(
    "save_note",
    ({ tenantColumn, tenantValue }) => `insert into notes (${tenantColumn}session, size, note)
      values (${tenantValue}$2, $3, $4)
      on conflict (${tenantColumn}session, size) do update set note = excluded.note`,
    [tenant, key, size, note],
  );
  yield* change(
    "drop_notes",
    (dialect) => `delete from notes where ${ofSession(dialect)} and size not in
      (select size from notes where ${ofSession(dialect)} order by size desc limit $3)`,
    [tenant, key, MAX_NOTES],
  );
  return done(1);
}

/** The first one stays: it is the earliest. */
function* saveTimeStamp(command: CommandOf<"save_time_stamp">): Program<CommandAnswer> {
  const { tenant, size, reply } = command;
  const key = yield* lockSession(command);
  if (key === undefined) return NOT_FOUND;
  const kept = yield* change(
    "save_time_stamp",
    ({ tenantColumn, tenantValue }) => `insert into time_stamps
      (${tenantColumn}session, size, reply) values (${tenantValue}$2, $3, $4)
      on conflict (${tenantColumn}session, size) do nothing`,
    [tenant, key, size, reply],
  );
  return done(kept);
}

/** Beside the state of the session: nobody needs to read that again. */
function* acknowledge(command: CommandOf<"acknowledge">): Program<CommandAnswer> {
  const { tenant, sessionId, by, nowMs } = command;
  const changed = yield* change(
    "acknowledge",
    `update sessions set acknowledged_ms = $3, acknowledged_by = $4, acknowledged_loops = loops
      where tenant = $1 and tag = $2 and gone = 0`,
    [tenant, sessionTag(sessionId), nowMs, by],
  );
  return changed === 0 ? NOT_FOUND : done(changed);
}

/** Everything goes but the head and the last note: that it was there can still be checked. */
function* deleteSession(command: CommandOf<"delete_session">): Program<CommandAnswer> {
  const { tenant, sessionId } = command;
  const key = yield* lockSession(command);
  if (key === undefined) return NOT_FOUND;
  yield* withdrawFromOverview(tenant, key);
  yield* withdrawFromMemory(tenant, key, true);
  yield* countSession(tenant, key);
  for (const table of GOES_WITH_SESSION) {
    const sql = (dialect: Dialect) => `delete from ${table} where ${ofSession(dialect)}`;
    yield* change(`delete_${table}`, sql, [tenant, key]);
  }
  const tokens = "delete from tokens where tenant = $1 and session_id = $2";
  yield* change("delete_tokens", tokens, [tenant, sessionId]);
  yield* change(
    "delete_notes",
    (dialect) => `delete from notes where ${ofSession(dialect)} and size <
      (select max(size) from notes where ${ofSession(dialect)})`,
    [tenant, key],
  );
  yield* change(
    "delete_session",
    ({ nextVersion }) => `update sessions set ${nextVersion}gone = 1, id = null, agent = null,
      workflow = null, cohort = null, facts = '{}', door = null, alerts = null,
      structure = null, acknowledged_by = null where tenant = $1 and key = $2`,
    [tenant, key],
  );
  return done(1);
}

/** The key of a session that is there; nobody else changes it until the transaction ends. */
function* lockSession(of: {
  readonly tenant: number;
  readonly sessionId: string;
}): Program<number | undefined> {
  const row = yield* one(
    "lock_session",
    ({ forUpdate }) =>
      `select key from sessions where tenant = $1 and tag = $2 and gone = 0${forUpdate}`,
    [of.tenant, sessionTag(of.sessionId)],
  );
  return row && integer(row, "key");
}
