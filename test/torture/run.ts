/** Rounds of harm, one after the other, until the time is over. */
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { hasServer, startServer } from "../../packages/collector/test/postgres-server.ts";
import { compileSlowDisk } from "../../packages/collector/test/slow-disk.ts";
import { damagedSpool, killedAgent } from "./agent-rounds.ts";
import {
  damagedDatabase,
  killedCollector,
  killedPostgres,
  type Place,
} from "./collector-rounds.ts";
import { added, type Count, NOTHING, type Outcome, seeded } from "./count.ts";
import { killedProxy } from "./proxy-round.ts";

const ROUNDS: Readonly<Record<string, (place: Place) => Promise<Outcome>>> = {
  killedCollector,
  killedAgent,
  killedProxy,
  damagedDatabase,
  damagedSpool,
  killedPostgres,
};

export interface TortureOptions {
  readonly minutes: number;
  /** The same seed harms in the same way; what the machine does beside it differs. */
  readonly seed: number;
  /** Kinds of rounds by name; all when absent. */
  readonly kinds?: readonly string[] | undefined;
  readonly onRound?: ((kind: string, counts: Readonly<Record<string, Count>>) => void) | undefined;
}

/** @returns what each kind of round came to */
export async function torture(options: TortureOptions): Promise<Readonly<Record<string, Count>>> {
  const folder = mkdtempSync(join(tmpdir(), "caum-torture-"));
  const kinds = options.kinds ?? Object.keys(ROUNDS);
  const counts: Record<string, Count> = {};
  const random = seeded(options.seed);
  const shim = compileSlowDisk(folder);
  const needsServer = kinds.includes("killedPostgres") && hasServer;
  const postgres = needsServer ? await startServer() : undefined;
  const endsAt = performance.now() + options.minutes * 60_000;
  try {
    for (let round = 0; round < kinds.length || performance.now() < endsAt; round++) {
      const kind = kinds[round % kinds.length] ?? "";
      const place = join(folder, String(round));
      mkdirSync(place);
      const outcome = await ROUNDS[kind]?.({ folder: place, random, shim, postgres });
      counts[kind] = added(counts[kind] ?? NOTHING, outcome ?? {});
      rmSync(place, { recursive: true, force: true });
      options.onRound?.(kind, counts);
    }
  } finally {
    await postgres?.stop();
    rmSync(folder, { recursive: true, force: true });
  }
  return counts;
}
