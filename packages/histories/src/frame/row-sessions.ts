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
  readonly traces: ReadonlySet<string>;
  readonly places: readonly RowPlace[];
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
  readonly #places = new Map<string, Set<RowPlace>>();
  readonly #sessionOf = new Map<string, string>();

  add({ trace, session }: Row, place: RowPlace): void {
    if (session !== undefined) this.#sessionOf.set(trace, session);
    setIn(this.#places, trace).add(place);
  }

  sessions(): readonly FoundSession[] {
    const traces = new Map<string, Set<string>>();
    const places = new Map<string, Set<RowPlace>>();
    for (const [trace, found] of this.#places) {
      const id = this.#sessionOf.get(trace) ?? trace;
      setIn(traces, id).add(trace);
      for (const place of found) setIn(places, id).add(place);
    }
    return [...traces].map(([id, own]) => ({
      id,
      traces: own,
      places: [...(places.get(id) ?? [])],
    }));
  }
}

function setIn<T>(sets: Map<string, Set<T>>, name: string): Set<T> {
  const known = sets.get(name);
  if (known !== undefined) return known;
  const made = new Set<T>();
  sets.set(name, made);
  return made;
}
