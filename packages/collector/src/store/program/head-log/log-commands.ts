/** The log of session heads grows, and keeps who co-signed it. */
import { formatNote } from "@caum/core/collector";
import { parseNote } from "@caum/core/verify";
import { bytes, integer, text } from "../../columns/columns.ts";
import type { CommandAnswer } from "../../command.ts";
import { CONFLICT, type CommandOf, done, NOT_FOUND } from "../../command-answers.ts";
import { change, one, type Program } from "../program.ts";

/** Checkpoints without a cosignature that wait for one; a witness that takes longer sees a newer one. */
const WAITING_NOTES = 64;
/** Signatures under one checkpoint: beyond that nothing is kept. */
const MAX_SIGNATURES = 64;
const MINUTE_MS = 60_000;

/** All of it or nothing, and only behind the size that was read: two nodes cannot both append. */
export function* appendHeads(command: CommandOf<"append_heads">): Program<CommandAnswer> {
  const { tenant, from, entries, blocks, tree, note, nowMs } = command;
  const isGrown =
    from === 0
      ? yield* change(
          "begin_log",
          `insert into logs (tenant, size, tree, changed_ms) values ($1, $2, $3, $4)
            on conflict (tenant) do nothing`,
          [tenant, tree.size, tree.hashes, nowMs],
        )
      : yield* change(
          "grow_log",
          `update logs set size = $2, tree = $3, changed_ms = $4
            where tenant = $1 and size = $5`,
          [tenant, tree.size, tree.hashes, nowMs, from],
        );
  if (isGrown === 0) return CONFLICT;
  const rows = entries.map(({ tag, size, text: leaf }, at) => [from + at, tag, size, leaf]);
  yield* change(
    "add_log_entries",
    ({ newEntries }) => `insert into log_entries (tenant, position, tag, size, entry)
      select w.tenant, w.position, w.tag, w.size, w.entry from ${newEntries} w`,
    [tenant, JSON.stringify(rows)],
  );
  for (const { block, root } of blocks) {
    const sql = "insert into log_blocks (tenant, block, root) values ($1, $2, $3)";
    yield* change("add_log_block", sql, [tenant, block, bytes(root)]);
  }
  yield* change(
    "add_log_note",
    `insert into log_notes (tenant, size, note, cosigners, seen_minute)
      values ($1, $2, $3, '', 0)`,
    [tenant, tree.size, note],
  );
  yield* change(
    "drop_log_notes",
    `delete from log_notes where tenant = $1 and cosigners = '' and size not in
      (select size from log_notes where tenant = $1 order by size desc limit $2)`,
    [tenant, WAITING_NOTES],
  );
  return done(entries.length);
}

export function* keepCosignatures(command: CommandOf<"keep_cosignatures">): Program<CommandAnswer> {
  const { tenant, size, lines, nowMs } = command;
  // The row of the log is the lock between nodes.
  yield* one("lock_log", ({ forUpdate }) => `select size from logs where tenant = $1${forUpdate}`, [
    tenant,
  ]);
  const row = yield* one(
    "log_note",
    "select note, cosigners, seen_minute from log_notes where tenant = $1 and size = $2",
    [tenant, size],
  );
  if (row === undefined) return NOT_FOUND;
  const added = withLines(text(row, "note"), lines);
  if (added === undefined) return done(0);
  const minute = integer(row, "seen_minute") || Math.floor(nowMs / MINUTE_MS);
  const sql = `update log_notes set note = $3, cosigners = $4, seen_minute = $5
    where tenant = $1 and size = $2`;
  const values = [tenant, size, added.note, added.cosigners, minute];
  yield* change("cosign_log", sql, values);
  // Of one minute and the same witnesses the first one tells the most, and the newest covers the most.
  yield* change(
    "thin_log_notes",
    `delete from log_notes where tenant = $1 and cosigners = $2 and seen_minute = $3
      and size > (select min(size) from log_notes
        where tenant = $1 and cosigners = $2 and seen_minute = $3)
      and size < (select max(size) from log_notes
        where tenant = $1 and cosigners = $2 and seen_minute = $3)`,
    [tenant, added.cosigners, minute],
  );
  return done(added.count);
}

/** @returns undefined when none of the lines is new */
function withLines(note: string, lines: readonly string[]) {
  const { text: signed, signatures } = parseNote(Buffer.from(note));
  const placeOf = ({ name, keyId }: { readonly name: string; readonly keyId: string }) =>
    `${name} ${keyId}`;
  const known = new Set(signatures.map(placeOf));
  const fresh = parseNote(Buffer.from(`${signed}\n${lines.map(ended).join("")}`)).signatures.filter(
    (line) => !known.has(placeOf(line)) && known.add(placeOf(line)),
  );
  const all = [...signatures, ...fresh].slice(0, MAX_SIGNATURES);
  const count = all.length - signatures.length;
  if (count <= 0) return undefined;
  // The first signature is the log's own.
  const cosigners = all.slice(1).map(placeOf).toSorted().join(", ");
  return { note: formatNote({ text: signed, signatures: all }), cosigners, count };
}

function ended(line: string): string {
  return line.endsWith("\n") ? line : `${line}\n`;
}
