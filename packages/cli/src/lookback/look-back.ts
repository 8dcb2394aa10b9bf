import { SessionKeys } from "@caum/core/adapter";
import type { RootKey } from "@caum/core/machine";
import {
  type FormatName,
  findHistories,
  type HistorySession,
  Notes,
  type Reading,
  readHistories,
  SeenIds,
} from "@caum/histories";
import { type JudgedSession, SessionJudge } from "./judged-session.ts";

export interface LookbackOptions {
  readonly paths: readonly string[];
  readonly sinceMs: number;
  readonly clients: ReadonlySet<FormatName> | undefined;
  readonly rootKey: RootKey;
  /** Told of how far it is, often. */
  readonly onProgress: (progress: LookbackProgress) => void;
}

export interface LookbackProgress {
  readonly doneBytes: number;
  readonly allBytes: number;
  readonly sessions: number;
  readonly loops: number;
}

export interface Lookback {
  readonly sessions: readonly JudgedSession[];
  readonly notes: Notes;
  readonly bytes: number;
}

/** Reads every history below the paths and judges each of its sessions. */
export async function lookBack(options: LookbackOptions): Promise<Lookback> {
  const { paths, sinceMs, clients, rootKey, onProgress } = options;
  let doneBytes = 0;
  let loops = 0;
  const sessions: JudgedSession[] = [];
  const tell = () => onProgress({ doneBytes, allBytes, sessions: sessions.length, loops });
  const reading: Reading = {
    notes: new Notes(),
    seen: new SeenIds(),
    onBytes: (count) => {
      doneBytes += count;
      tell();
    },
  };
  const found = findHistories(paths, reading, { sinceMs, formats: clients });
  const allBytes = found.reduce((sum, { bytes }) => sum + bytes, 0);
  const projectKeys = new SessionKeys(rootKey, "histories");
  for await (const session of readHistories(found, reading)) {
    const judged = await judgedSession(
      session,
      new SessionJudge(session, rootKey, projectKeys),
      reading,
    );
    // A file may have been written to later than the last thing that happened in it.
    if (judged === undefined || judged.atMs < sinceMs) continue;
    sessions.push(judged);
    loops += judged.loopCount;
  }
  return { sessions, notes: reading.notes, bytes: allBytes };
}

/** A session that cannot be read to its end is judged as far as it was read, and told. */
async function judgedSession(
  session: HistorySession,
  judge: SessionJudge,
  { notes }: Reading,
): Promise<JudgedSession | undefined> {
  try {
    for await (const events of session.events()) for (const event of events) judge.take(event);
  } catch {
    notes.problem(session.files[0]?.path ?? session.format, "cannot be read to its end");
  }
  return judge.end();
}
