import { appendFileSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { hashOf } from "@caum/histories";

/** One run of imported records. */
interface Imported {
  readonly session: string;
  /** Its events, each as 53 bits of its id. */
  readonly events: readonly string[];
}

const RADIX = 36;

/**
 * Which events were imported before, for one collector or for this machine.
 *
 * A line is written when the records of a session are safe where they go: an import that was
 * interrupted before makes the same records again.
 */
export class ImportLedger {
  readonly #path: string;
  readonly #events = new Map<string, Set<string>>();

  /** @param target names where the records go */
  constructor(home: string, target: string) {
    const folder = join(home, "imports");
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    this.#path = join(folder, `${hashOf(target).toString(RADIX)}.ndjson`);
    for (const { session, events } of linesOf(this.#path)) this.#add(session, events);
  }

  has(session: string, event: string): boolean {
    return this.#events.get(session)?.has(keyOf(event)) === true;
  }

  /** How many events of a session were imported before. */
  count(session: string): number {
    return this.#events.get(session)?.size ?? 0;
  }

  note(session: string, events: readonly string[]): void {
    const keys = events.map(keyOf);
    this.#add(session, keys);
    appendFileSync(this.#path, `${JSON.stringify({ session, events: keys })}\n`, { mode: 0o600 });
  }

  #add(session: string, keys: readonly string[]): void {
    const known = this.#events.get(session) ?? new Set<string>();
    for (const key of keys) known.add(key);
    this.#events.set(session, known);
  }
}

function keyOf(event: string): string {
  return hashOf(event).toString(RADIX);
}

/** The last line may be cut off: what it says was not noted then. */
function* linesOf(path: string): Generator<Imported> {
  let text = "";
  try {
    text = readFileSync(path, "utf8");
  } catch {
    return;
  }
  for (const line of text.split("\n")) {
    try {
      // Lines of this file are written above.
      yield JSON.parse(line) as Imported;
    } catch {
      // Cut off, or the empty end.
    }
  }
}
