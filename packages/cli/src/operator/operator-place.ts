/** Which collector an operator asks, and with which key. */
import type { CollectorPlace } from "@caum/collector/validation";
import { collectorOf } from "../options/collector-of.ts";
import type { SharedFlags } from "../options/declare.ts";
import { readSettings } from "../up/settings.ts";

export interface OperatorFlags extends SharedFlags {
  /** The collector's data folder, whose first admin key is used. */
  readonly data?: string;
}

/**
 * As `collectorOf`; where nobody gave a key, this machine's own collector is asked with its first admin
 * key, which whoever may read the data folder has.
 *
 * @throws {Error} when what is configured cannot be used, or the named folder has no key
 */
export async function operatorPlace(flags: OperatorFlags): Promise<CollectorPlace> {
  const { env } = process;
  const { homeOf, readLocalAccount } = await import("@caum/core/settings");
  const place = await collectorOf(flags);
  if (flags.data !== undefined) return { ...place, apiKey: (await firstKeys(flags)).adminKey };
  const own = readLocalAccount(homeOf(flags.home, env));
  // The key of another folder is never sent to whoever else listens there.
  if (flags.key || env.CAUM_API_KEY || own === undefined || own.url !== place.url) return place;
  const keys = await firstKeys(flags).catch(() => undefined);
  return keys?.apiKey === own.apiKey ? { url: own.url, apiKey: keys.adminKey } : place;
}

async function firstKeys({ data: given, home: told }: OperatorFlags) {
  const { env } = process;
  const { homeOf } = await import("@caum/core/settings");
  const home = homeOf(told, env);
  const flags = given === undefined ? {} : { data: given };
  const { data, database } = readSettings({ flags, env, home }).settings;
  const { readFirstKeys } = await import("@caum/collector");
  return readFirstKeys({ data, database: given === undefined ? database : undefined, env });
}
