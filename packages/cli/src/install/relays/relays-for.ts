/** What `caum install --http` does before it touches a file of a client. */

import type { Place } from "../../machine/place.ts";
import {
  installService,
  type ServiceReport,
  whyNoService,
} from "../../service/collector-service.ts";
import type { InstallRequest } from "../install.ts";
import { readyRelays, remoteServers } from "./ready-relays.ts";

interface Relays {
  readonly relayOf?: InstallRequest["relayOf"];
  /** Started here, because its relays come before the entries. */
  readonly service?: ServiceReport;
}

interface Flags {
  readonly url?: string | undefined;
  readonly service?: boolean | undefined;
}

/**
 * @param port of the collector; its usual one when absent
 * @returns the relays, or in one sentence why there can be none
 */
export async function relaysFor(
  request: InstallRequest,
  { url, service: isAsked }: Flags,
  place: Place,
  port?: number,
): Promise<Relays | { readonly refused: string }> {
  if (isAsked === false) return refused("--no-service leaves it out");
  if (url !== undefined) return refused(`--url names a collector elsewhere`);
  const reason = whyNoService(place, port);
  if (reason !== undefined) return refused(reason);
  const candidates = remoteServers(request, place);
  if (candidates.length === 0) return {};
  if (request.dryRun) return { relayOf: await readyRelays(candidates, true, place) };
  const service = await installService(place, false, port);
  const isKept = service.outcome === "started" || service.outcome === "unchanged";
  if (!isKept) return refused(service.text);
  return { relayOf: await readyRelays(candidates, false, place), service };
}

function refused(reason: string) {
  return { refused: `--http needs the service, which keeps the relays: ${reason}` };
}
