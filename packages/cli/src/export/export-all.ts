/** All sessions of an account, with the log of their heads: what shows that none was left out. */
import { appendFileSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  LOG_CHECKPOINT,
  LOG_DELETED,
  LOG_ENTRIES,
  parseCheckpoint,
  SESSIONS_FOLDER,
  sessionTag,
} from "@caum/core/verify";
import { cursorAfter } from "../sessions/source/next-page.ts";

const SESSIONS_AT_ONCE = 100;
/** A session that goes on moves to the front of the list while the list is read: it is read again. */
const PASSES = 5;
const MODE = 0o600;

export interface ExportSource {
  /** The JSON that a path answers with. */
  ask(path: string): Promise<unknown>;
  fetchBundle(session: string, path: string): Promise<void>;
}

/**
 * The log is fetched before the sessions, so that each of them has at least the records that it tells of.
 *
 * @returns how many sessions; nothing is left of the folder when it throws
 */
export async function exportAll(folder: string, source: ExportSource): Promise<number> {
  mkdirSync(join(folder, "log"), { recursive: true, mode: 0o700 });
  mkdirSync(join(folder, SESSIONS_FOLDER), { mode: 0o700 });
  try {
    const missing = await fetchLog(folder, source);
    const fetched = new Set<string>();
    for (let pass = 0; pass < PASSES; pass++) {
      await fetchSessions(folder, source, fetched);
      for (const tag of fetched) missing.delete(tag);
      const deleted = await fetchDeleted(source);
      writeFileSync(join(folder, LOG_DELETED), deleted.map((tag) => `${tag}\n`).join(""), {
        mode: MODE,
      });
      for (const tag of deleted) missing.delete(tag);
      if (missing.size === 0) break;
    }
    return fetched.size;
  } catch (failure) {
    rmSync(folder, { recursive: true, force: true });
    throw failure;
  }
}

/** @returns the tags of all sessions in it */
async function fetchLog(folder: string, { ask }: ExportSource): Promise<Set<string>> {
  const { checkpoint, tree_size: size } = (await ask("/v1/log")) as {
    readonly checkpoint: string;
    readonly tree_size: number;
  }; // What the door answers with.
  writeFileSync(join(folder, LOG_CHECKPOINT), checkpoint, { mode: MODE });
  writeFileSync(join(folder, LOG_ENTRIES), "", { mode: MODE });
  const tags = new Set<string>();
  for (let from = 0; from < size; ) {
    const answer = (await ask(`/v1/log/entries?from=${from}`)) as {
      readonly entries: readonly string[];
    }; // As above.
    const entries = answer.entries.slice(0, size - from);
    if (entries.length === 0) throw new Error("the collector does not give the whole log");
    appendFileSync(join(folder, LOG_ENTRIES), entries.join(""));
    for (const text of entries) tags.add(parseCheckpoint(text).origin.split("/").at(-1) ?? "");
    from += entries.length;
  }
  return tags;
}

/** Fetches what is not there yet. */
async function fetchSessions(
  folder: string,
  { ask, fetchBundle }: ExportSource,
  fetched: Set<string>,
): Promise<void> {
  for (let cursor: string | null = ""; cursor !== null; ) {
    const query: string = cursor === "" ? "" : `&cursor=${encodeURIComponent(cursor)}`;
    const page = (await ask(`/v1/sessions?limit=${SESSIONS_AT_ONCE}${query}`)) as {
      readonly sessions: readonly { readonly session_id: string }[];
      readonly next_cursor: string | null | undefined;
    }; // As above.
    for (const { session_id: id } of page.sessions) {
      const tag = sessionTag(id);
      if (fetched.has(tag)) continue;
      await fetchBundle(id, join(folder, SESSIONS_FOLDER, `${tag}.tar`));
      fetched.add(tag);
    }
    cursor = cursorAfter(cursor, page.next_cursor);
  }
}

async function fetchDeleted({ ask }: ExportSource): Promise<readonly string[]> {
  const tags: string[] = [];
  for (;;) {
    const after = tags.at(-1) ?? "";
    const answer = (await ask(`/v1/log/deleted?after=${after}`)) as {
      readonly session_tags: readonly string[];
    }; // As above.
    if (answer.session_tags.length === 0) return tags;
    tags.push(...answer.session_tags);
  }
}
