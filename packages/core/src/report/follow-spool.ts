/** Sends what another thread of this process spools; for worker threads and for `caum flush`. */
import { loadWriterKey } from "../evidence/writer-key.ts";
import type { DeliveryResult } from "./delivery/tally.ts";
import { openReporter } from "./open-reporter.ts";
import type { ReportProblem } from "./problem.ts";
import type { SpoolFollower } from "./reporter.ts";
import {
  type Configuration,
  type ConfigurationSources,
  loadConfiguration,
} from "./settings/configuration.ts";
import type { SpoolDamage } from "./status/upstream-notes.ts";
import type { Transport } from "./upstream/http-transport.ts";

export interface SpoolSenderOptions extends ConfigurationSources {
  /** Program and version, for the collector's log. */
  readonly agent: string;
  readonly onProblem: (problem: ReportProblem) => void;
  readonly transport?: Transport | undefined;
}

export interface SpoolSender extends SpoolFollower {
  readonly configuration: Configuration;
  /** Sends what is there, dead processes' records included, and stops. */
  finish(withinMs?: number): Promise<DeliveryResult & SpoolDamage>;
}

/** @returns undefined when there is no collector to send to, or the settings are not usable */
export function openSpoolSender(options: SpoolSenderOptions): SpoolSender | undefined {
  const configuration = loadConfiguration(options);
  const lease = openReporter({
    configuration,
    agent: options.agent,
    signer: loadWriterKey({ home: configuration.home }).signer,
    onProblem: options.onProblem,
    transport: options.transport,
  });
  if (!lease) return undefined;
  return {
    configuration,
    appended: (folder) => lease.reporter.follow(folder),
    async finish(withinMs) {
      lease.reporter.finishFollowing();
      await lease.reporter.flush(withinMs);
      return { ...(await lease.release()), ...lease.damage };
    },
  };
}
