/** The protobuf encoding, by the definitions that OpenTelemetry itself publishes. */

/** What a request carries. */
export type Signal = "traces" | "logs";

interface MessageType {
  decode(body: Uint8Array): unknown;
  encode(message: object): { finish(): Uint8Array };
}

interface Definitions {
  readonly request: MessageType;
  readonly response: MessageType;
}

const loaded = new Map<Signal, Promise<Definitions>>();

export async function decodeProtobuf(body: Buffer, signal: Signal): Promise<unknown> {
  const { request } = await definitionsOf(signal);
  return request.decode(body);
}

export async function encodeProtobufAnswer(signal: Signal, answer: object): Promise<Uint8Array> {
  const { response } = await definitionsOf(signal);
  return response.encode(answer).finish();
}

/** Loaded with the first request that needs them: most senders use one encoding. */
function definitionsOf(signal: Signal): Promise<Definitions> {
  const known = loaded.get(signal);
  if (known !== undefined) return known;
  const loading = load(signal);
  loaded.set(signal, loading);
  return loading;
}

interface CollectorMessages {
  readonly trace: { readonly v1: Readonly<Record<string, MessageType>> };
  readonly logs: { readonly v1: Readonly<Record<string, MessageType>> };
}

async function load(signal: Signal): Promise<Definitions> {
  const generated = await import("@opentelemetry/otlp-transformer/build/src/generated/root.js");
  // The generated module declares no members; these are what its definitions contain.
  const { trace, logs } = (
    generated.default as unknown as {
      readonly opentelemetry: { readonly proto: { readonly collector: CollectorMessages } };
    }
  ).opentelemetry.proto.collector;
  const [types, name] = signal === "traces" ? [trace.v1, "Trace"] : [logs.v1, "Logs"];
  const request = types[`Export${name}ServiceRequest`];
  const response = types[`Export${name}ServiceResponse`];
  if (request === undefined || response === undefined) {
    throw new Error("the protobuf definitions of OTLP lack a message");
  }
  return { request, response };
}
