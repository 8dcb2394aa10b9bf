/** The official SDK, set up for one program: its settings are those of the specification. */
import { randomUUID } from "node:crypto";
import { EMITTED_SCOPE } from "@caum/core/collector";
import type { Meter, Tracer } from "@opentelemetry/api";
import { ExportResultCode, getNumberFromEnv } from "@opentelemetry/core";
import {
  defaultResource,
  detectResources,
  envDetector,
  type Resource,
  resourceFromAttributes,
} from "@opentelemetry/resources";
import {
  MeterProvider,
  PeriodicExportingMetricReader,
  type PushMetricExporter,
} from "@opentelemetry/sdk-metrics";
import {
  BasicTracerProvider,
  BatchSpanProcessor,
  type IdGenerator,
  RandomIdGenerator,
  type ReadableSpan,
  type SpanExporter,
  type SpanProcessor,
} from "@opentelemetry/sdk-trace-base";
import type { SignalDestination } from "../destination.ts";
import type { ThreadFacts } from "../messages.ts";

/** Spans that wait for the receiver, unless OTEL_BSP_MAX_QUEUE_SIZE says otherwise. */
const MAX_QUEUE = 2_048;
/** A loop is to be seen while it lasts. */
const SEND_AFTER_MS = 1_000;
/** The specification's own intervals for metrics. */
const METRICS_EVERY_MS = 60_000;
const METRICS_WITHIN_MS = 30_000;
const SAMPLED = 1;

/** Counts of spans, as they change. */
export interface LiveTally {
  sent: number;
  dropped: number;
  failed: number;
}

export interface Sdk {
  readonly tracer: Tracer;
  readonly meter: Meter;
  readonly sessionIds: SessionIds;
  readonly tally: LiveTally;
  /** Sends what waits; never rejects. */
  flush(): Promise<void>;
}

/** Lets a session have the trace id that all processes give it. */
export class SessionIds implements IdGenerator {
  readonly #random = new RandomIdGenerator();
  /** Of the span that is started next, where it has none from a parent. */
  next: string | undefined;

  readonly generateTraceId = (): string => this.next ?? this.#random.generateTraceId();
  readonly generateSpanId = (): string => this.#random.generateSpanId();
}

/** @param onTally told after every attempt to send spans */
export async function openSdk(
  { destination, service }: ThreadFacts,
  onTally: (tally: LiveTally) => void,
): Promise<Sdk> {
  const { traces, metrics } = destination;
  const resource = resourceOf(service);
  const tally: LiveTally = { sent: 0, dropped: 0, failed: 0 };
  const sessionIds = new SessionIds();
  const provider = new BasicTracerProvider({
    resource,
    idGenerator: sessionIds,
    spanProcessors: traces
      ? [new BoundedProcessor(await spanExporter(traces), tally, onTally)]
      : [],
  });
  const reader = metrics && metricReader(await metricExporter(metrics));
  const meters = new MeterProvider({ resource, readers: reader ? [reader] : [] });
  return {
    tracer: provider.getTracer(EMITTED_SCOPE, service.version),
    meter: meters.getMeter(EMITTED_SCOPE, service.version),
    sessionIds,
    tally,
    async flush() {
      await Promise.allSettled([provider.forceFlush(), meters.forceFlush()]);
    },
  };
}

/** Nothing of the machine, and nothing of the command line, which may hold a prompt. */
function resourceOf({ name, version }: ThreadFacts["service"]): Resource {
  const own = resourceFromAttributes({
    "service.name": name,
    "service.version": version,
    // Counters of several processes are apart.
    "service.instance.id": randomUUID(),
  });
  return defaultResource()
    .merge(own)
    .merge(detectResources({ detectors: [envDetector] }));
}

async function spanExporter({ encoding, url }: SignalDestination): Promise<SpanExporter> {
  const { OTLPTraceExporter } = await (encoding === "http/json"
    ? import("@opentelemetry/exporter-trace-otlp-http")
    : import("@opentelemetry/exporter-trace-otlp-proto"));
  return new OTLPTraceExporter(url === undefined ? {} : { url });
}

async function metricExporter({ encoding, url }: SignalDestination): Promise<PushMetricExporter> {
  const { OTLPMetricExporter } = await (encoding === "http/json"
    ? import("@opentelemetry/exporter-metrics-otlp-http")
    : import("@opentelemetry/exporter-metrics-otlp-proto"));
  return new OTLPMetricExporter(url === undefined ? {} : { url });
}

function metricReader(exporter: PushMetricExporter): PeriodicExportingMetricReader {
  const exportIntervalMillis = getNumberFromEnv("OTEL_METRIC_EXPORT_INTERVAL") ?? METRICS_EVERY_MS;
  const timeout = getNumberFromEnv("OTEL_METRIC_EXPORT_TIMEOUT") ?? METRICS_WITHIN_MS;
  const exportTimeoutMillis = Math.min(timeout, exportIntervalMillis);
  return new PeriodicExportingMetricReader({ exporter, exportIntervalMillis, exportTimeoutMillis });
}

/** The official batches behind a bound that counts what it leaves out. */
class BoundedProcessor implements SpanProcessor {
  readonly #batches: BatchSpanProcessor;
  readonly #tally: LiveTally;
  readonly #onTally: (tally: LiveTally) => void;
  readonly #maxQueue = getNumberFromEnv("OTEL_BSP_MAX_QUEUE_SIZE") ?? MAX_QUEUE;
  #queued = 0;

  constructor(exporter: SpanExporter, tally: LiveTally, onTally: (tally: LiveTally) => void) {
    this.#tally = tally;
    this.#onTally = onTally;
    this.#batches = new BatchSpanProcessor(this.#counted(exporter), {
      maxQueueSize: this.#maxQueue,
      scheduledDelayMillis: getNumberFromEnv("OTEL_BSP_SCHEDULE_DELAY") ?? SEND_AFTER_MS,
    });
  }

  onStart(): void {}

  onEnd(span: ReadableSpan): void {
    if ((span.spanContext().traceFlags & SAMPLED) === 0) return;
    if (this.#queued >= this.#maxQueue) {
      this.#tally.dropped += 1;
      return;
    }
    this.#queued += 1;
    this.#batches.onEnd(span);
  }

  forceFlush(): Promise<void> {
    return this.#batches.forceFlush();
  }

  shutdown(): Promise<void> {
    return this.#batches.shutdown();
  }

  #counted(exporter: SpanExporter): SpanExporter {
    const tally = this.#tally;
    return {
      export: (spans, done) => {
        this.#queued -= spans.length;
        exporter.export(spans, (result) => {
          const isSent = result.code === ExportResultCode.SUCCESS;
          tally[isSent ? "sent" : "failed"] += spans.length;
          this.#onTally(tally);
          done(result);
        });
      },
      shutdown: () => exporter.shutdown(),
    };
  }
}
