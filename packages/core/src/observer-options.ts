import type { Layer, View } from "./capture/record.ts";
import type { AlertWatch } from "./health/alerts/alert-watch.ts";
import type { Emitter } from "./report/emission/emission.ts";
import type { ReportProblemCode } from "./report/problem.ts";
import type { SpoolFollower } from "./report/reporter.ts";
import {
  type Configuration,
  loadConfiguration,
  type Settings,
} from "./report/settings/configuration.ts";
import type { Transport } from "./report/upstream/http-transport.ts";

/** Something of ours that did not work; the host is not affected by it. */
export interface ObserverProblem {
  readonly code:
    | "ephemeral_digest_key"
    | "ephemeral_writer_key"
    | "not_recorded"
    | "not_observed"
    | "runs_removed"
    | "not_emitted"
    | ReportProblemCode;
  readonly message: string;
}

/** Who observes, from where, and where records go. */
export interface ObserverOptions {
  /** Program and version that write the records, for example `caum-mcp-proxy`. */
  readonly writer: string;
  readonly writerVersion: string;
  readonly layer: Layer;
  readonly view: View;
  /** The agent that is observed; `CAUM_AGENT_ID` and then `default` when absent. */
  readonly agentId?: string | undefined;
  readonly agentVersion?: string | undefined;
  /** The host that called us, as a label: a framework or an MCP client. */
  readonly sourceFramework?: string | undefined;
  /** The folder of keys and runs; `CAUM_HOME` and then `~/.caum` when absent. */
  readonly home?: string | undefined;
  readonly env?: Readonly<Record<string, string | undefined>> | undefined;
  /** Key tool, model and other names as well. */
  readonly hashNames?: boolean | undefined;
  /**
   * The collector; the environment and `config.json` where a setting is absent, and none at all
   * when it is `false`.
   */
  readonly upstream?: Settings | false | undefined;
  /** Serverless hosts: keeps the instance awake until a promise is settled. */
  readonly waitUntil?: ((promise: Promise<unknown>) => void) | undefined;
  /** Another thread, which sends what this one then only spools. */
  readonly follower?: SpoolFollower | undefined;
  /** Carries requests in place of `node:http`. */
  readonly transport?: Transport | undefined;
  /** Rules that are told of in this process. */
  readonly alerts?: AlertWatch | undefined;
  /** Brings what is recorded to OpenTelemetry; `openEmitter` of `@caum/emitter` makes one. */
  readonly emitter?: Emitter | undefined;
  /**
   * Fills ids of runs and events. Random when absent; an import passes bytes that depend on what it
   * reads, so that the same history makes the same records again.
   */
  readonly entropy?: ((bytes: Uint8Array) => void) | undefined;
  /** Milliseconds since 1970. */
  readonly clock?: (() => number) | undefined;
  /** Told once per kind of problem; all are counted in `status`. Standard error when absent. */
  readonly onProblem?: ((problem: ObserverProblem) => void) | undefined;
}

export interface ObserverStatus {
  readonly openSessions: number;
  readonly dropped: number;
  readonly problems: Readonly<Partial<Record<ObserverProblem["code"], number>>>;
}

/** The settings of an observer, with those of the environment and of this machine. */
export function configurationOf(
  { home, upstream = {} }: ObserverOptions,
  env: Readonly<Record<string, string | undefined>>,
): Configuration {
  const configuration = loadConfiguration({ arguments: { ...(upstream || {}), home }, env });
  return upstream === false
    ? { ...configuration, url: undefined, problems: [], warnings: [] }
    : configuration;
}
