/** Which rows of exports belong to one session, and where they stand. */
import type { Fields } from "../fields.ts";
import type { RowFiles, RowPlace } from "../files/row-files.ts";
import type { PartFile, Reading } from "../history.ts";

/** A row, and where it belongs. */
export interface Row {
  readonly fields: Fields;
  /** What it hangs together with. */
  readonly trace: string;
  /** Traces of one session are read together; where no row of a trace says one, it is a session. */
  readonly session?: string | undefined;
}

/** The rows in one JSON value. */
export interface RowSource {
  readonly rowsOf: (value: Fields, reading: Reading) => readonly Row[];
}

export interface FoundSession {
  readonly id: string;
  /** Where the rows of each of its traces stand. */
  readonly traces: ReadonlyMap<string, readonly RowPlace[]>;
}

/** Each place of a session once, also where rows of several traces stand in it. */
export function placesOf({ traces }: FoundSession): readonly RowPlace[] {
  const [only = []] = traces.values();
  return traces.size === 1 ? only : [...new Set([...traces.values()].flat())];
}

/** In the order in which they begin. */
export async function findSessions(
  source: RowSource,
  parts: readonly PartFile[],
  files: RowFiles,
  reading: Reading,
): Promise<readonly FoundSession[]> {
  const traces = new Traces();
  for (const { file } of parts) {
    for await (const { value, place } of files.values(file)) {
      for (const row of rowsIn(source, value, reading)) traces.add(row, place);
    }
  }
  return traces.sessions();
}

/** Rows that no reader of ours expects must not cost the others. */
export function rowsIn({ rowsOf }: RowSource, value: Fields, reading: Reading): readonly Row[] {
  try {
    return rowsOf(value, reading);
  } catch {
    reading.notes.failed += 1;
    return [];
  }
}

class Traces {
  /** An array for each: of a large export a place is most of what is in memory. */
  readonly #places = new Map<string, RowPlace[]>();
  readonly #sessionOf = new Map<string, string>();

  add({ trace, session }: Row, place: RowPlace): void {
    if (session !== undefined) this.#sessionOf.set(trace, session);
    const known = this.#places.get(trace);
    if (known === undefined) this.#places.set(trace, [place]);
    else if (known.at(-1) !== place) known.push(place);
  }

  sessions(): readonly FoundSession[] {
    const sessions = new Map<string, Map<string, readonly RowPlace[]>>();
    for (const [trace, places] of this.#places) {
      const id = this.#sessionOf.get(trace) ?? trace;
      const traces = sessions.get(id) ?? new Map();
      sessions.set(id, traces.set(trace, places));
    }
    return [...sessions].map(([id, traces]) => ({ id, traces }));
  }
}
