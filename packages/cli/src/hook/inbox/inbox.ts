/**
 * The folder where hooks leave what they saw: a folder for each session, in it a file for each
 * event, named so that their order is that of the events. What is recorded is removed.
 */
import {
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { uptime } from "node:os";
import { join } from "node:path";
import type { InboxEntry } from "./inbox-entry.ts";

const FILE_MODE = 0o600;
const FOLDER_MODE = 0o700;
const ENDING = ".json";
/** While it is written; the recorder does not look at it. */
const UNFINISHED = ".part";
/** Twenty digits hold every number of nanoseconds. */
const ORDER_DIGITS = 20;
const MS_PER_SECOND = 1_000;
/** There once something of the session was recorded, so that its end is worth a record. */
const WORKED = "worked";
/** What the hook may show the person; there when there is something to show. */
const ALERT = "alert";

export function inboxFolder(home: string): string {
  return join(home, "inbox");
}

export function sessionFolder(home: string, session: string): string {
  return join(inboxFolder(home), session);
}

/**
 * Leaves one entry. Whoever reads sees the whole of it or nothing.
 *
 * The name is of the clock that no one can set: it goes on in every process of one boot.
 */
export function leave(home: string, entry: InboxEntry): void {
  const folder = sessionFolder(home, entry.session);
  const order = process.hrtime.bigint().toString().padStart(ORDER_DIGITS, "0");
  const path = join(folder, `${order}-${process.pid}`);
  const text = JSON.stringify(entry);
  const write = () => {
    writeFileSync(path + UNFINISHED, text, { mode: FILE_MODE });
    renameSync(path + UNFINISHED, path + ENDING);
  };
  try {
    write();
  } catch {
    // The session is new, or its folder was removed just now.
    mkdirSync(folder, { recursive: true, mode: FOLDER_MODE });
    write();
  }
}

/** Removes the folder of a session that has ended, unless a hook is about to leave something. */
export function removeIfEmpty(home: string, session: string): void {
  const folder = sessionFolder(home, session);
  try {
    for (const name of [WORKED, ALERT]) rmSync(join(folder, name), { force: true });
    rmdirSync(folder);
  } catch {
    // Something is in it; its time comes.
  }
}

export function sessionsIn(home: string): readonly string[] {
  try {
    const entries = readdirSync(inboxFolder(home), { withFileTypes: true });
    return entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  } catch {
    return [];
  }
}

/**
 * The files of a session's entries, the first first. What an earlier boot of the machine has left is
 * older than all of this one, whose clock began anew, and is in the order of the clock of the day.
 */
export function entriesIn(home: string, session: string): readonly string[] {
  const folder = sessionFolder(home, session);
  const bootedAt = Date.now() - uptime() * MS_PER_SECOND;
  try {
    const names = readdirSync(folder).filter((name) => name.endsWith(ENDING));
    const paths = names.sort().map((name) => join(folder, name));
    const leftAt = new Map(paths.map((path) => [path, leftAtMs(path)]));
    const ofBoot = (path: string) => Math.min(leftAt.get(path) ?? bootedAt, bootedAt);
    // Within this boot all are equal here, and stay in the order of their names.
    return paths.sort((a, b) => ofBoot(a) - ofBoot(b));
  } catch {
    return [];
  }
}

function leftAtMs(path: string): number | undefined {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs;
}

export function hasWorked(home: string, session: string): boolean {
  try {
    return statSync(join(sessionFolder(home, session), WORKED)).isFile();
  } catch {
    return false;
  }
}

export function noteWorked(home: string, session: string): void {
  keep(home, session, WORKED, "");
}

export function noteAlert(home: string, session: string, text: string): void {
  keep(home, session, ALERT, text);
}

/** Each alert is shown once. */
export function takeAlert(home: string, session: string): string | undefined {
  const path = join(sessionFolder(home, session), ALERT);
  try {
    const text = readFileSync(path, "utf8");
    rmSync(path, { force: true });
    return text;
  } catch {
    return undefined;
  }
}

/** What is not worth a failure when the disk refuses it. */
function keep(home: string, session: string, name: string, text: string): void {
  try {
    writeFileSync(join(sessionFolder(home, session), name), text, { mode: FILE_MODE });
  } catch {
    // The next event of the session tries again, or nobody misses it.
  }
}
