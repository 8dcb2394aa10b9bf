/** What was kept on the disk. */
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

export interface KeptRecord {
  readonly sessionId: string;
  readonly runId: string;
  readonly agentId: string;
  readonly category: string;
  readonly parentEventId?: string;
  readonly traceId?: string;
  readonly sourceFramework?: string;
  readonly payload: Readonly<Record<string, unknown>>;
}

/** Waits until something is so; tests never count on how fast a machine is. */
export async function eventually(check: () => boolean): Promise<void> {
  while (!check()) await sleep(10);
}

export function filesBelow(folder: string): readonly string[] {
  return (
    readdirSync(folder, { recursive: true, encoding: "utf8" })
      .map((name) => join(folder, name))
      // A file may be renamed meanwhile.
      .filter((path) => statSync(path, { throwIfNoEntry: false })?.isFile())
  );
}

/** All records of a CAUM_HOME, run after run. */
export function recordsIn(home: string): readonly KeptRecord[] {
  return (
    filesBelow(home)
      .filter((file) => file.endsWith("records.ndjson"))
      // The last line may be about to be written.
      .flatMap((file) => readFileSync(file, "utf8").split("\n").slice(0, -1))
      .map((line) => JSON.parse(line))
  );
}

/** The records of calls. */
export function callsIn(home: string): readonly KeptRecord[] {
  return recordsIn(home).filter((record) => record.category === "tool_api");
}

/** Whether anything was written down yet. */
export function recordsAreIn(home: string): boolean {
  return existsSync(join(home, "runs")) && callsIn(home).length > 0;
}
