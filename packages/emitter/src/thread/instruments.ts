/** The numbers that are emitted. Names without `caum` are those of the conventions. */
import type { Attributes, Counter, Histogram, Meter } from "@opentelemetry/api";

/** Bounds that the conventions for generative AI give. */
const TOKEN_BOUNDS = [1, 4, 16, 64, 256, 1_024, 4_096, 16_384, 65_536, 262_144, 1_048_576];
const SECONDS_BOUNDS = [0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48];
const CALL_BOUNDS = [0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30, 60, 120, 300];

/** One instrument for each line of the table in docs/opentelemetry.md. */
export class Instruments {
  readonly sessions: Counter;
  readonly loops: Counter;
  readonly loopSteps: Counter;
  readonly tokens: Counter;
  readonly cost: Counter;
  readonly tokenUsage: Histogram;
  readonly duration: Histogram;
  readonly mcpDuration: Histogram;
  readonly lag: Histogram;

  constructor(meter: Meter) {
    const counter = (name: string, unit: string, description: string) =>
      meter.createCounter(name, { unit, description });
    const histogram = (name: string, unit: string, bounds: number[], description: string) =>
      meter.createHistogram(name, {
        unit,
        description,
        advice: { explicitBucketBoundaries: bounds },
      });
    this.sessions = counter("caum.sessions", "{session}", "Sessions that began.");
    this.loops = counter("caum.loops", "{loop}", "Loops that a session entered.");
    this.loopSteps = counter("caum.loop.steps", "{step}", "Steps that were part of a loop.");
    this.tokens = counter("caum.tokens", "{token}", "Tokens, as records say.");
    this.cost = counter("caum.cost", "{USD}", "US dollars, as records say.");
    this.tokenUsage = histogram(
      "gen_ai.client.token.usage",
      "{token}",
      TOKEN_BOUNDS,
      "Tokens of one model turn.",
    );
    this.duration = histogram(
      "gen_ai.client.operation.duration",
      "s",
      SECONDS_BOUNDS,
      "Duration of a model turn or a tool call.",
    );
    this.mcpDuration = histogram(
      "mcp.client.operation.duration",
      "s",
      CALL_BOUNDS,
      "Duration of a request to an MCP server.",
    );
    this.lag = histogram(
      "caum.ingest.lag",
      "s",
      CALL_BOUNDS,
      "From an event to its arrival at the collector.",
    );
  }
}

/** Without what is absent. */
export function present(values: Attributes): Attributes {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
}
