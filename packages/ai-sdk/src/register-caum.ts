import { type Observer, VERSION } from "@caum/core";
import { Adapter, type AdapterOptions, installedVersion } from "@caum/core/adapter";
import type { Telemetry } from "ai";
import { listen } from "./channel.ts";
import { Operations } from "./operations.ts";
import { telemetryOf } from "./telemetry.ts";

/** An observed process. */
export interface Registration {
  readonly observer: Observer;
  /** Failures of ours that were kept from the agent. */
  readonly failures: number;
  /** Resolves when every record so far is on the disk. */
  flush(): ReturnType<Observer["flush"]>;
  /** Stops observing, and closes the runs. */
  close(): Promise<void>;
}

/** One registration per process, also when this package is loaded twice. */
const KEY = Symbol.for("caum.ai-sdk.1");

/** The peer range of this package. */
export const TESTED_HOST = { name: "ai", from: "7.0.0", below: "8.0.0" } as const;

interface HostGlobal {
  /** What `registerTelemetry` of ai 7 fills; using it spares loading the host from here. */
  AI_SDK_TELEMETRY_INTEGRATIONS?: Telemetry[];
  [KEY]?: Registration;
}

/**
 * Observes every agent of this process that is built on the AI SDK. Call it once, anywhere; called
 * again, it answers what it answered before.
 *
 * @see docs/adapters/ai-sdk.md for what is seen and what is not
 */
export function registerCaum(options: AdapterOptions = {}): Registration {
  // True because both names are only used as declared above.
  const scope = globalThis as HostGlobal;
  scope[KEY] ??= register(scope, options);
  return scope[KEY];
}

function register(scope: HostGlobal, options: AdapterOptions): Registration {
  const adapter = new Adapter(
    {
      writer: "caum-ai-sdk",
      writerVersion: VERSION,
      layer: "framework",
      view: "full",
      sourceFramework: "ai-sdk",
      host: TESTED_HOST,
    },
    options,
  );
  // Releases that fire nothing of what is heard here tell no version either.
  adapter.hostIs(installedVersion(TESTED_HOST.name, import.meta.url));
  const operations = new Operations(adapter);
  const telemetry = telemetryOf(operations, adapter);
  scope.AI_SDK_TELEMETRY_INTEGRATIONS ??= [];
  scope.AI_SDK_TELEMETRY_INTEGRATIONS.push(telemetry);
  const stopListening = listen(operations, adapter);
  return {
    observer: adapter.observer,
    get failures() {
      return adapter.failures;
    },
    flush: () => adapter.observer.flush(),
    close: async () => {
      delete scope[KEY];
      const all = scope.AI_SDK_TELEMETRY_INTEGRATIONS ?? [];
      if (all.includes(telemetry)) all.splice(all.indexOf(telemetry), 1);
      stopListening();
      await adapter.close();
    },
  };
}
