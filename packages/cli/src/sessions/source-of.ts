/** Which sessions a command speaks of. */
import type { CollectorPlace } from "@caum/collector/validation";
import { loadConfiguration, readLocalAccount } from "@caum/core/machine";
import type { CollectorFlags } from "../options/collector-flags.ts";
import { BothSources } from "./both-sources.ts";
import { CollectorSource } from "./collector/collector-source.ts";
import { LocalSource } from "./local/local-source.ts";
import type { SessionSource } from "./source/session-source.ts";

export interface SourceFlags extends CollectorFlags {
  readonly home?: string | undefined;
  /** The runs on this machine, whatever is configured. */
  readonly local?: boolean | undefined;
}

/** Where to look: a collector that was named, the runs here, or both, should one run here. */
export interface Where {
  readonly home: string;
  /** Named by a flag, a variable or config.json. */
  readonly collector: CollectorPlace | undefined;
  /** The one of this machine, which may be running or not. */
  readonly nearby: CollectorPlace | undefined;
}

/** @throws {Error} when what is configured cannot be used */
export function whereOf({ home, url, key, local }: SourceFlags): Where {
  const settings = { home, url, ...(key ? { apiKey: key } : {}) };
  const known = loadConfiguration({ arguments: settings });
  if (local) return { home: known.home, collector: undefined, nearby: undefined };
  const [problem] = known.problems;
  if (problem !== undefined) throw new Error(problem);
  if (known.url !== undefined) {
    const collector = { url: known.url, apiKey: known.apiKey };
    return { home: known.home, collector, nearby: undefined };
  }
  return { home: known.home, collector: undefined, nearby: readLocalAccount(known.home) };
}

/** @throws {Error} when what is configured cannot be used */
export function sourceOf(flags: SourceFlags): SessionSource {
  const { home, collector, nearby } = whereOf(flags);
  if (collector !== undefined) return new CollectorSource(collector);
  const local = new LocalSource(home);
  return nearby === undefined ? local : new BothSources(local, new CollectorSource(nearby));
}
