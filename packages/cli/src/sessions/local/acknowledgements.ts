/** Who has looked at which session of this machine: a file beside the runs, never in them. */
import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { SessionView } from "@caum/collector/local";

const FILE = "acknowledged.json";

export type Acknowledged = NonNullable<SessionView["acknowledged"]>;

export class Acknowledgements {
  readonly #home: string;

  constructor(home: string) {
    this.#home = home;
  }

  /** By session id. */
  read(): ReadonlyMap<string, Acknowledged> {
    try {
      const found: unknown = JSON.parse(readFileSync(join(this.#home, FILE), "utf8"));
      const entries = typeof found === "object" && found !== null ? Object.entries(found) : [];
      return new Map(entries.filter(([, value]) => isAcknowledged(value)));
    } catch {
      return new Map();
    }
  }

  /** @throws {Error} when CAUM_HOME cannot be written */
  add(sessionId: string, acknowledged: Acknowledged): void {
    const all = { ...Object.fromEntries(this.read()), [sessionId]: acknowledged };
    mkdirSync(this.#home, { recursive: true, mode: 0o700 });
    const path = join(this.#home, FILE);
    const whole = `${path}.${process.pid}`;
    writeFileSync(whole, `${JSON.stringify(all, undefined, 2)}\n`, { mode: 0o600 });
    renameSync(whole, path);
  }
}

function isAcknowledged(value: unknown): value is Acknowledged {
  return (
    typeof value === "object" &&
    value !== null &&
    "atMs" in value &&
    Number.isSafeInteger(value.atMs) &&
    "loops" in value &&
    Number.isSafeInteger(value.loops)
  );
}
