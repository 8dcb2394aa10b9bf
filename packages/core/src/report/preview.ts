/** Shows what a delivery would send, without taking, sending or changing anything. */
import { join } from "node:path";
import { deliver } from "./delivery/deliver.ts";
import { DeliveredRun } from "./delivery/delivered-run.ts";
import { Tally } from "./delivery/tally.ts";
import type { SpoolSenderOptions } from "./follow-spool.ts";
import { loadConfiguration } from "./settings/configuration.ts";
import { checkEntries } from "./spool/checked-entries.ts";
import { namesIn } from "./spool/owned-folder.ts";
import { readChunk } from "./spool/segment-reader.ts";
import { START } from "./spool/segments.ts";
import { isTrustedFolder } from "./spool/trusted.ts";
import { upstreamsFolder } from "./status/upstream-status.ts";
import { Address } from "./upstream/address.ts";
import { createDryRun } from "./upstream/dry-run.ts";
import { LiveUpstream } from "./upstream/live-upstream.ts";
import { RunsUpstream } from "./upstream/runs-upstream.ts";
import type { Entry, Upstream } from "./upstream/upstream.ts";

/**
 * Prints each request that the spool of this collector and key would cause now.
 *
 * @returns how many records it holds; undefined when there is no collector
 */
export async function previewSpool(
  options: Omit<SpoolSenderOptions, "onProblem" | "transport">,
  print: (text: string) => void,
): Promise<number | undefined> {
  const { home, url, apiKey, protocol, problems } = loadConfiguration(options);
  if (url === undefined || problems.length > 0) return undefined;
  const address = new Address({ url: new URL(url), apiKey, agent: options.agent });
  const transport = createDryRun(print);
  const upstream =
    protocol === "runs"
      ? new RunsUpstream(address, transport)
      : new LiveUpstream(address, transport);
  const processes = join(upstreamsFolder(home), address.tag, "processes");
  const tally = new Tally();
  for (const name of await namesIn(processes)) {
    await previewFolder(join(processes, name), upstream, tally);
  }
  return tally.accepted;
}

async function previewFolder(folder: string, upstream: Upstream, tally: Tally): Promise<void> {
  if (!(await isTrustedFolder(folder))) return;
  const runs = new Map<string, DeliveredRun>();
  const runOf = async (entry: Entry) => {
    const run = runs.get(entry.runId) ?? startOf(entry);
    runs.set(entry.runId, run);
    return run;
  };
  let from = START;
  for (let chunk = await readChunk(folder, from); chunk; chunk = await readChunk(folder, from)) {
    const nothingKnown = async () => ({ seq: -1, head: "" });
    const { entries } = await checkEntries(chunk.lines, "adopted", nothingKnown);
    await deliver(entries, {
      upstream,
      tally,
      runOf,
      setAside: async () => undefined,
      onProblem: () => undefined,
      onProgress: () => undefined,
      onLost: () => undefined,
    });
    from = chunk.next;
  }
}

function startOf({ sessionId, runId }: Entry): DeliveredRun {
  return new DeliveredRun({ sessionId, runId, owner: "", openedAt: 0 });
}
