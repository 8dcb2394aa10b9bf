/** Which collector a command asks, and what is told when what answers is none. */
import type { CollectorPlace } from "@caum/collector/validation";
import type { Settings } from "@caum/core";
import { reasonOf } from "../terminal/reason.ts";
import type { SharedFlags } from "./declare.ts";

/** Where `caum up` listens; the collector's own name for it needs a newer Node than this command. */
const DEFAULT_URL = "http://127.0.0.1:4070";

/** What the command line says, over the environment and the file; an empty key is none. */
export function settingsOf({ home, url, key }: SharedFlags): Settings & Pick<SharedFlags, "home"> {
  return { home, url, ...(key ? { apiKey: key } : {}) };
}

/**
 * Where to ask: what is told, else what is configured, else this machine.
 *
 * @throws {Error} when what is configured cannot be used
 */
export async function collectorOf(flags: SharedFlags): Promise<CollectorPlace> {
  const { loadConfiguration, readLocalAccount } = await import("@caum/core/settings");
  const known = loadConfiguration({ arguments: settingsOf(flags) });
  const [problem] = known.problems;
  if (problem !== undefined) throw new Error(problem);
  if (known.url === undefined) return readLocalAccount(known.home) ?? { url: DEFAULT_URL };
  return { url: known.url, apiKey: known.apiKey };
}

/** An answer of another shape than a collector's fails wherever it is looked at. */
export function reasonOfAsking(problem: unknown): string {
  const isForeign = problem instanceof SyntaxError || problem instanceof TypeError;
  return isForeign ? "what answers is no collector: name one with --url" : reasonOf(problem);
}
