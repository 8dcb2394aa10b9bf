import { readLine } from "@caum/core/verify";
import { readTraceLines } from "./trace-lines.ts";

/**
 * The files in the order in which they are named, but run files of one session together: what two
 * servers record of it is one sequence.
 */
export async function bySession(paths: readonly string[]): Promise<readonly (readonly string[])[]> {
  const groups = new Map<string, string[]>();
  for (const [index, path] of paths.entries()) {
    const session = await sessionOf(path);
    const key = session === undefined ? `file ${index}` : `session ${session}`;
    groups.set(key, [...(groups.get(key) ?? []), path]);
  }
  return [...groups.values()];
}

/** Whose records a file begins with; undefined for anything else. Standard input can be read only once. */
async function sessionOf(path: string): Promise<string | undefined> {
  if (path === "-") return undefined;
  try {
    for await (const { text } of readTraceLines(path)) {
      if (text === "") continue;
      const read = readLine(text);
      return "record" in read ? read.record.sessionId : undefined;
    }
  } catch {
    // Whoever reads it whole says why it cannot be read.
  }
  return undefined;
}
