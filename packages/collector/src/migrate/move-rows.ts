/** Moves what belongs to tenants as such, and what belongs to nobody. */

import { integer, type Row } from "../store/columns/columns.ts";
import type { Scope } from "../store/program/program.ts";
import { SHARED_TABLES, TENANT_TABLES } from "../store/tables.ts";
import { portionsOf } from "./portions.ts";
import type { SourceFolder } from "./source-folder.ts";
import type { TargetDatabase } from "./target-database.ts";

const DIRECTORY: Scope = { everyone: "directory" };

export interface Ends {
  readonly source: SourceFolder;
  readonly target: TargetDatabase;
  /** Whether an earlier run left rows here. */
  readonly isResumed: boolean;
}

export async function moveSharedRows({ source, target, isResumed }: Ends): Promise<void> {
  for (const table of SHARED_TABLES) {
    await target.write(DIRECTORY, async (transaction) => {
      if (isResumed) await transaction.change(`clear_${table}`, `delete from ${table}`);
      for (const rows of portionsOf(source.rows(table))) {
        await target.insert(transaction, table, rows);
      }
    });
  }
}

/** A transaction sees one tenant, so that each portion is of one. */
export async function moveTenantRows({ source, target, isResumed }: Ends): Promise<void> {
  for (const table of TENANT_TABLES) {
    // They go with their records.
    if (table === "sessions") continue;
    // Ids of events never change: those of changed sessions went with the session.
    if (isResumed && table !== "event_ids") {
      await target.write({ everyone: "all" }, (transaction) =>
        transaction.change(`clear_${table}`, `delete from ${table}`),
      );
    }
    const isSameTenant = (row: Row, before: Row) => row.tenant === before.tenant;
    for (const rows of portionsOf(source.rows(table), isSameTenant)) {
      const tenant = integer(rows[0] ?? {}, "tenant");
      await target.write({ tenant }, (transaction) => target.insert(transaction, table, rows));
    }
  }
}
