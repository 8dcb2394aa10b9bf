/** Where emissions go: what was told to us, and what the variables of OpenTelemetry say. */

type Environment = Readonly<Record<string, string | undefined>>;

/** The encodings of OTLP over HTTP. */
export type Encoding = "http/protobuf" | "http/json";

/** How one signal is sent; its exporter reads everything else from the environment by itself. */
export interface SignalDestination {
  readonly encoding: Encoding;
  /** Absent where the environment, or the default of the exporter, says it. */
  readonly url?: string | undefined;
}

/** Plain data: it crosses threads. A signal that is absent is not sent. */
export interface Destination {
  readonly traces?: SignalDestination | undefined;
  readonly metrics?: SignalDestination | undefined;
}

const DEFAULT_ENCODING = "http/protobuf";
const DEFAULT_ENDPOINT = "http://localhost:4318";
/** Some paste the whole address of one signal. */
const SIGNAL_PATH = /\/(?:v1\/(?:traces|metrics|logs)\/?)?$/;

/**
 * @param told a URL below which `/v1/traces` and `/v1/metrics` are, or whether to emit at all
 * @returns undefined where nothing is to be emitted
 * @throws {Error} when the environment asks for what cannot be done
 */
export function destinationOf(
  told: string | boolean | undefined,
  env: Environment,
): Destination | undefined {
  if (told === undefined || told === false) return undefined;
  if (env.OTEL_SDK_DISABLED?.trim().toLowerCase() === "true") return undefined;
  const traces = signalOf("traces", told, env);
  const metrics = signalOf("metrics", told, env);
  return traces === undefined && metrics === undefined ? undefined : { traces, metrics };
}

function signalOf(
  signal: "traces" | "metrics",
  told: string | true,
  env: Environment,
): SignalDestination | undefined {
  const name = signal.toUpperCase();
  if (env[`OTEL_${name}_EXPORTER`]?.trim() === "none") return undefined;
  const encoding = encodingOf(name, env);
  if (told === true) return { encoding };
  return { encoding, url: `${told.replace(SIGNAL_PATH, "")}/v1/${signal}` };
}

function encodingOf(name: string, env: Environment): Encoding {
  const variables = [`OTEL_EXPORTER_OTLP_${name}_PROTOCOL`, "OTEL_EXPORTER_OTLP_PROTOCOL"];
  const variable = variables.find((one) => env[one]?.trim());
  const asked = variable === undefined ? DEFAULT_ENCODING : env[variable]?.trim();
  if (asked === "http/protobuf" || asked === "http/json") return asked;
  throw new Error(`${variable} is not usable: give http/protobuf or http/json`);
}

/** Whether it leads to this address, so that a receiver would be told what it tells itself. */
export function leadsTo(destination: Destination, address: string, env: Environment): boolean {
  return (["traces", "metrics"] as const).some((signal) => {
    const to = destination[signal];
    return to !== undefined && samePlace(to.url ?? fromEnvironment(signal, env), address);
  });
}

function fromEnvironment(signal: "traces" | "metrics", env: Environment): string {
  const own = env[`OTEL_EXPORTER_OTLP_${signal.toUpperCase()}_ENDPOINT`]?.trim();
  return own || env.OTEL_EXPORTER_OTLP_ENDPOINT?.trim() || DEFAULT_ENDPOINT;
}

/** All names of this machine are one: they lead to whoever has the port. */
const OF_THIS_MACHINE = /^(?:localhost|127\.\d+\.\d+\.\d+|\[::1?\]|0\.0\.0\.0)$/;

function samePlace(one: string, other: string): boolean {
  if (!URL.canParse(one) || !URL.canParse(other)) return false;
  const [here, there] = [new URL(one), new URL(other)];
  const names = [here, there].map(({ hostname }) =>
    OF_THIS_MACHINE.test(hostname) ? "localhost" : hostname,
  );
  return portOf(here) === portOf(there) && names[0] === names[1];
}

function portOf({ port, protocol }: URL): string {
  return port || (protocol === "https:" ? "443" : "80");
}
