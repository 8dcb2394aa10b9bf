/** From one machine's folder to a database of many nodes, with all evidence intact. */
import { troubleOf } from "../store/postgres/sql-state.ts";
import { ALL_TABLES, type TableName } from "../store/tables.ts";
import { checkTarget } from "./check-target.ts";
import { MigrationError } from "./migration-error.ts";
import { moveSharedRows, moveTenantRows } from "./move-rows.ts";
import { moveSessions } from "./move-sessions.ts";
import { SourceFolder } from "./source-folder.ts";
import { type NodeSetting, readSourceKeys, type SourceKeys } from "./source-keys.ts";
import { TargetDatabase } from "./target-database.ts";

export interface MigrationOptions {
  /** Data folder of a collector that does not run. */
  readonly from: string;
  /** URL of an empty PostgreSQL database. */
  readonly to: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Reads the folder and leaves the database alone. */
  readonly isDryRun?: boolean | undefined;
  readonly onProgress?: ((progress: MigrationProgress) => void) | undefined;
}

export interface MigrationProgress {
  readonly step: "move" | "check";
  /** Records while moving, sessions while checking. */
  readonly done: number;
  readonly all: number;
}

export interface Migration {
  /** How many rows there are to move, or were moved. */
  readonly rows: Readonly<Record<TableName, number>>;
  readonly verifierKey: string;
  /** What all nodes on the database need. */
  readonly settings: readonly NodeSetting[];
  /** Whether an earlier run that was interrupted was brought to its end. */
  readonly isResumed: boolean;
}

/**
 * Moves a data folder to a database and checks it there; the folder is only read.
 *
 * Until everything is there and checked, no node starts on the database. A run that is interrupted
 * is completed by the next one.
 *
 * @throws {FolderInUseError} when a collector runs on the folder
 * @throws {MigrationError} when folder or database do not fit, or the database came to hold something else
 */
export async function migrateFolder(options: MigrationOptions): Promise<Migration> {
  const source = new SourceFolder(options.from);
  try {
    const keys = readSourceKeys(options.from, options.env);
    const isResumed =
      options.isDryRun === true ? false : await reach(() => move(source, keys, options));
    const counts = ALL_TABLES.map((table) => [table, source.count(table)] as const);
    return {
      // There is an entry for every table.
      rows: Object.fromEntries(counts) as Record<TableName, number>,
      verifierKey: keys.verifierKey,
      settings: keys.settings,
      isResumed,
    };
  } finally {
    source.close();
  }
}

/** A database that goes away is no reason to start over. */
async function reach<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (failure) {
    if (troubleOf(failure) !== "lost") throw failure;
    const message = "the database cannot be reached: run it again, and it goes on from there";
    throw new MigrationError("unreachable", message);
  }
}

/** @returns whether an earlier run was there */
async function move(
  source: SourceFolder,
  keys: SourceKeys,
  { to, onProgress = () => {} }: MigrationOptions,
): Promise<boolean> {
  const target = await TargetDatabase.open(to);
  try {
    const isResumed = await target.claim(keys);
    const ends = { source, target, isResumed };
    const records = { done: 0, all: source.countRecords() };
    const sessions = { done: 0, all: source.count("sessions") };
    await moveSharedRows(ends);
    await moveSessions(ends, (moved) => {
      records.done += moved;
      onProgress({ step: "move", ...records });
    });
    await moveTenantRows(ends);
    await checkTarget(ends, () => {
      sessions.done += 1;
      onProgress({ step: "check", ...sessions });
    });
    await target.release(keys);
    return isResumed;
  } finally {
    await target.close();
  }
}
