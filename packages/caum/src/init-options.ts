import type { ObserverOptions } from "@caum/core";
import type { PriceTable } from "@caum/core/adapter";

/** What may be said at the start; all of it optional. */
export interface InitOptions
  extends Pick<
    ObserverOptions,
    "agentId" | "agentVersion" | "home" | "env" | "hashNames" | "onProblem" | "waitUntil"
  > {
  /** `caum_live_...`; `CAUM_API_KEY` when absent. Without one, runs stay on this machine. */
  readonly apiKey?: string | undefined;
  /** Where the collector is; `CAUM_URL` when absent, and then `caum up` on this machine. */
  readonly url?: string | undefined;
  /** Prices of models that come before the built-in ones. */
  readonly prices?: PriceTable | undefined;
  /**
   * Emits what is recorded as OpenTelemetry: to a URL below which `/v1/traces` is, or with `true` to
   * where the OTEL_* variables say. `CAUM_OTLP` when absent; without both nothing is emitted.
   */
  readonly otlp?: string | boolean | undefined;
  /** No line at the start; `CAUM_QUIET=1` does the same. */
  readonly quiet?: boolean | undefined;
}
