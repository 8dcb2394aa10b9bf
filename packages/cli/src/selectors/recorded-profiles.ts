/** Profiles of bundles, runs and files of records. */
import { readFileSync } from "node:fs";
import { readBundleLines } from "@caum/core/verify";
import type { SessionProfile } from "@caum/workflows";
import { profileOfRecords, type RecordLine, recordLineOf } from "../profiles/recorded-session.ts";
import { reasonOf } from "../terminal/reason.ts";
import type { FoundPaths } from "./found-files.ts";
import type { OrderOfOne } from "./order-of-one.ts";

/**
 * Session by session: what lies in several files of one is one sequence.
 *
 * @param problems what could not be read is added to them
 */
export function recordedProfiles(
  { bundles, records }: Pick<FoundPaths, "bundles" | "records">,
  problems: string[],
  order?: OrderOfOne,
): readonly SessionProfile[] {
  const groups = new Map<string, RecordLine[][]>();
  const take = (path: string, lines: Iterable<string>) => {
    const parts = new Map<string, RecordLine[]>();
    try {
      for (const text of lines) {
        const read = recordLineOf(text);
        if (read === undefined) throw new Error("a line is no record: caum verify says which");
        const { sessionId } = read.record;
        parts.set(sessionId, [...(parts.get(sessionId) ?? []), read]);
      }
    } catch (problem) {
      problems.push(`${path}: ${reasonOf(problem)}`);
    }
    for (const [id, part] of parts) groups.set(id, [...(groups.get(id) ?? []), part]);
  };
  for (const path of bundles) take(path, readBundleLines(path));
  for (const path of records) take(path, wholeLines(path));
  return [...groups].flatMap(([id, parts]) => profileOfRecords(parts, order?.of(id)) ?? []);
}

function* wholeLines(path: string): Generator<string> {
  // What follows the last newline is being written.
  yield* readFileSync(path, "utf8").split("\n").slice(0, -1);
}
