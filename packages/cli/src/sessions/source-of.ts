/** Which sessions a command speaks of. */
import type { CollectorPlace } from "@caum/collector/validation";
import { loadConfiguration, readLocalAccount } from "@caum/core/settings";
import { settingsOf } from "../options/collector-of.ts";
import type { SharedFlags } from "../options/declare.ts";
import { BothSources } from "./both-sources.ts";
import { CollectorSource } from "./collector/collector-source.ts";
import { LocalSource } from "./local/local-source.ts";
import type { SessionSource } from "./source/session-source.ts";

export interface SourceFlags extends SharedFlags {
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
export function whereOf(flags: SourceFlags): Where {
  const known = loadConfiguration({ arguments: settingsOf(flags) });
  if (flags.local) return { home: known.home, collector: undefined, nearby: undefined };
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
