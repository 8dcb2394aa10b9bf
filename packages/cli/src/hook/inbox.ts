/** The folder where hooks leave lines: one file a session, appended to and never moved. */
import { closeSync, mkdirSync, openSync, writeSync } from "node:fs";
import { join } from "node:path";

const FILE_MODE = 0o600;
const FOLDER_MODE = 0o700;

export interface InboxFiles {
  readonly lines: string;
  /** How far the recorder has read. */
  readonly offset: string;
  /** What the hook may tell the person; there when there is something to tell. */
  readonly alert: string;
}

export function inboxFolder(home: string): string {
  return join(home, "inbox");
}

/** @param sessionId as it stands in the lines, fit for a file name */
export function inboxFiles(home: string, sessionId: string): InboxFiles {
  const base = join(inboxFolder(home), sessionId);
  return { lines: `${base}.ndjson`, offset: `${base}.offset`, alert: `${base}.alert` };
}

/** One write with O_APPEND: lines of hooks that run at the same time stand one after the other. */
export function append(path: string, line: string, home: string): void {
  let file: number;
  try {
    file = openSync(path, "a", FILE_MODE);
  } catch {
    mkdirSync(inboxFolder(home), { recursive: true, mode: FOLDER_MODE });
    file = openSync(path, "a", FILE_MODE);
  }
  try {
    writeSync(file, line);
  } finally {
    closeSync(file);
  }
}
