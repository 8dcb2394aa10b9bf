import { resourceFromAttributes } from "@opentelemetry/resources";
import { BatchSpanProcessor, NodeTracerProvider } from "@opentelemetry/sdk-trace-node";
import { canary, collector, headers } from "./play.mjs";

/** Registers a provider; without a processor of its own it exports in batches. */
export function register(Exporter, processorOf = (exporter) => new BatchSpanProcessor(exporter)) {
  const exporter = new Exporter({ url: `${collector}/v1/traces`, headers });
  const provider = new NodeTracerProvider({
    resource: resourceFromAttributes({ "service.name": "emitter", "service.note": canary }),
    spanProcessors: [processorOf(exporter)],
  });
  provider.register();
  return provider;
}
