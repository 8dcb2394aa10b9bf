/** Notes, deletion and retention of sessions. */

import { formatTombstone } from "@caum/core/collector";
import { sessionTag } from "@caum/core/verify";
import { hex, integer, type Row, text } from "../../columns.ts";
import type { CommandAnswer } from "../../command.ts";
import { DELETED_WITH_SESSION } from "../../session-tables.ts";
import type { Transaction } from "../database.ts";
import { HotSessions } from "../ingest/hot-sessions.ts";
import { listedMs } from "../ingest/listed-ms.ts";
import { lockSessions } from "../ingest/load-sessions.ts";
import { saveJudgements } from "../ingest/write-group.ts";
import { type CommandOf, done, NOT_FOUND } from "./answers.ts";

/** Signed heads kept of one session, so that consistency with an old one can be shown. */
const MAX_NOTES = 64;
/** Records read at once, so that a long session does not fill the memory. */
const BURIED_AT_ONCE = 500;
/** Sessions of one transaction: their rows are locked until it ends. */
const EXPIRED_AT_ONCE = 20;

export async function saveNote(
  transaction: Transaction,
  { tenant, sessionId, size, note }: CommandOf<"save_note">,
): Promise<CommandAnswer> {
  const key = await lockSession(transaction, tenant, sessionId);
  if (key === undefined) return NOT_FOUND;
  await transaction.change(
    "save_note",
    `insert into notes (tenant, session, size, note) values ($1, $2, $3, $4)
      on conflict (tenant, session, size) do update set note = excluded.note`,
    [tenant, key, size, note],
  );
  await transaction.change(
    "drop_notes",
    `delete from notes where tenant = $1 and session = $2 and size not in
      (select size from notes where tenant = $1 and session = $2 order by size desc limit $3)`,
    [tenant, key, MAX_NOTES],
  );
  return done(1);
}

/** Beside the state of the session: no node needs to read it again. */
export async function acknowledge(
  transaction: Transaction,
  { tenant, sessionId, by, nowMs }: CommandOf<"acknowledge">,
): Promise<CommandAnswer> {
  const changed = await transaction.change(
    "acknowledge",
    `update sessions set acknowledged_ms = $3, acknowledged_by = $4, acknowledged_loops = loops
      where tenant = $1 and tag = $2 and gone = 0`,
    [tenant, sessionTag(sessionId), nowMs, by],
  );
  return changed === 0 ? NOT_FOUND : done(changed);
}

/** Everything goes but the head and the last note: that it was there can still be checked. */
export async function deleteSession(
  transaction: Transaction,
  { tenant, sessionId }: CommandOf<"delete_session">,
): Promise<CommandAnswer> {
  const key = await lockSession(transaction, tenant, sessionId);
  if (key === undefined) return NOT_FOUND;
  for (const table of DELETED_WITH_SESSION) {
    const sql = `delete from ${table} where tenant = $1 and session = $2`;
    await transaction.change(`delete_${table}`, sql, [tenant, key]);
  }
  const tokens = "delete from tokens where tenant = $1 and session_id = $2";
  await transaction.change("delete_tokens", tokens, [tenant, sessionId]);
  await transaction.change(
    "delete_notes",
    `delete from notes where tenant = $1 and session = $2 and size <
      (select max(size) from notes where tenant = $1 and session = $2)`,
    [tenant, key],
  );
  await transaction.change(
    "delete_session",
    `update sessions set version = version + 1, gone = 1, id = null, agent = null, workflow = null,
      cohort = null, facts = '{}', door = null, alerts = null, acknowledged_by = null where tenant = $1 and key = $2`,
    [tenant, key],
  );
  return done(1);
}

/** Records become tombstones; what opens a run stays, because the chain begins there. */
export async function expire(
  transaction: Transaction,
  { tenant, idleSinceMs }: CommandOf<"expire">,
): Promise<CommandAnswer> {
  const idle = await transaction.rows(
    "idle_sessions",
    `select id from sessions where tenant = $1 and last_ms < $2 and listed_ms <= $3 and gone = 0
      and buried < size order by listed_ms limit ${EXPIRED_AT_ONCE}`,
    [tenant, idleSinceMs, listedMs(idleSinceMs)],
  );
  const ids = new Set(idle.map((row) => text(row, "id")));
  const { sessions } = await lockSessions(transaction, tenant, ids, new HotSessions());
  let buried = 0;
  for (const session of sessions.values()) {
    // Meanwhile something may have arrived, or it was deleted.
    if (session === "gone" || session.row.lastMs >= idleSinceMs) continue;
    // The records can be judged no more, so their judgement is stored first.
    saveJudgements(transaction, tenant, [session]);
    buried += await bury(transaction, tenant, session.row.key);
  }
  return done(buried);
}

async function bury(transaction: Transaction, tenant: number, session: number): Promise<number> {
  let buried = 0;
  for (let from = 0; ; ) {
    const rows = await transaction.rows(
      "read_to_bury",
      `select position, leaf, line from records
        where tenant = $1 and session = $2 and position >= $3 order by position limit $4`,
      [tenant, session, from, BURIED_AT_ONCE],
    );
    const tombs = rows.flatMap((row) => {
      from = integer(row, "position") + 1;
      const line = tombstoneOf(row);
      return line === undefined ? [] : [{ position: integer(row, "position"), line }];
    });
    buried += tombs.length;
    await transaction.change(
      "bury",
      `update records r set line = w.line, standing = null
        from unnest($3::bigint[], $4::text[]) w (position, line)
        where r.tenant = $1 and r.session = $2 and r.position = w.position`,
      [tenant, session, tombs.map(({ position }) => position), tombs.map(({ line }) => line)],
    );
    if (rows.length < BURIED_AT_ONCE) break;
  }
  const sql = "update sessions set buried = size where tenant = $1 and key = $2";
  await transaction.change("mark_buried", sql, [tenant, session]);
  return buried;
}

function tombstoneOf(row: Row): string | undefined {
  const line = text(row, "line");
  if (line.startsWith('{"tombstone":')) return undefined;
  const { runId: run, payload } = JSON.parse(line); // A stored line is a record or a tombstone.
  return payload.seq === 0
    ? undefined
    : formatTombstone({ run, seq: payload.seq, leaf: hex(row, "leaf") });
}

/** The key of a session that is there; nobody else changes it until the transaction ends. */
async function lockSession(
  transaction: Transaction,
  tenant: number,
  sessionId: string,
): Promise<number | undefined> {
  const sql = "select key from sessions where tenant = $1 and tag = $2 and gone = 0 for update";
  const [row] = await transaction.rows("lock_session", sql, [tenant, sessionTag(sessionId)]);
  return row && integer(row, "key");
}
