/** Whether the database holds what the folder holds: every root is computed again from its records. */
import { CompactRange } from "@caum/core/collector";
import { parseCheckpoint } from "@caum/core/verify";
import { integer, type Row, text } from "../store/columns/columns.ts";
import { type KeptRecord, leafOf } from "../store/columns/ledger-columns.ts";
import { treeStateOf } from "../store/columns/session-rows.ts";
import { play } from "../store/postgres/play-program.ts";
import { recordsBetween } from "../store/program/records/stored-records.ts";
import { ALL_TABLES } from "../store/tables.ts";
import { MigrationError } from "./migration-error.ts";
import type { Ends } from "./move-rows.ts";

const SESSIONS_AT_ONCE = 500;
const RECORDS_AT_ONCE = 2_000;

const SESSIONS = `select key, size, tree, last_leaf, gone from sessions
  where tenant = $1 and key = any($2::bigint[])`;
/**
 * @param onChecked is told of every session
 * @throws {MigrationError} when anything is missing, added or altered
 */
export async function checkTarget(ends: Ends, onChecked: () => void): Promise<void> {
  const counts = await ends.target.counts();
  for (const table of ALL_TABLES) {
    const [there, here] = [counts.get(table), ends.source.count(table)];
    if (there !== here) throw differs(`${there} rows of ${here} in ${table}`);
  }
  for (const tenant of ends.source.tenants()) {
    for (let after = -1; ; ) {
      const page = ends.source.sessions(tenant, after, SESSIONS_AT_ONCE);
      if (page.length === 0) break;
      const present = await presentSessions(ends, tenant, page);
      for (const row of page) {
        await checkSession(ends, row, present.get(integer(row, "key")));
        onChecked();
      }
      after = integer(page.at(-1) ?? {}, "key");
    }
  }
}

async function presentSessions(
  { target }: Ends,
  tenant: number,
  page: readonly Row[],
): Promise<ReadonlyMap<unknown, Row>> {
  const keys = page.map((row) => integer(row, "key"));
  const rows = await target.read({ tenant }, (transaction) =>
    transaction.rows("check_sessions", SESSIONS, [tenant, keys]),
  );
  return new Map(rows.map((row) => [row.key, row]));
}

async function* recordsOf({ target }: Ends, row: Row): AsyncGenerator<KeptRecord, undefined> {
  const [tenant, session] = [integer(row, "tenant"), integer(row, "key")];
  const of = { by: "key", tenant, session } as const;
  for (let from = 0; from < integer(row, "size"); from += RECORDS_AT_ONCE) {
    yield* await target.read({ tenant }, (transaction) => {
      return play(recordsBetween(of, from, from + RECORDS_AT_ONCE), transaction);
    });
  }
}

async function checkSession(ends: Ends, row: Row, present: Row | undefined): Promise<void> {
  const key = integer(row, "key");
  const state = treeStateOf(row);
  const isSame = ["size", "tree", "last_leaf", "gone"].every(
    (name) => row[name] === present?.[name],
  );
  if (!isSame) throw differs(`the head of session ${key}`);
  // What is left of a deleted session is its head.
  if (integer(row, "gone") === 1) return;
  const signed = new Map<number, string>();
  for (const note of ends.source.ofSession("notes", key)) {
    const { size, root } = parseCheckpoint(signedText(text(note, "note")));
    signed.set(size, root);
  }
  const tree = new CompactRange();
  let position = 0;
  for await (const { index, line } of recordsOf(ends, row)) {
    if (index !== position) break;
    tree.append(leafOf({ line }));
    position += 1;
    const root = signed.get(position);
    if (root !== undefined && root !== tree.root) throw differs(`a checkpoint of session ${key}`);
  }
  if (position < state.size) throw differs(`record ${position} of session ${key}`);
  if (tree.root !== CompactRange.restore(state).root) throw differs(`the root of session ${key}`);
}

/** The signatures follow behind an empty line. */
function signedText(note: string): string {
  return note.slice(0, note.indexOf("\n\n") + 1);
}

function differs(what: string): MigrationError {
  return new MigrationError(
    "differs",
    `${what} is not in the database as it is in the folder: empty the database and run it again`,
  );
}
