/** A receiver of OTLP over HTTP, which reads bodies by OpenTelemetry's own definitions. */
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { gunzipSync } from "node:zlib";
import generated from "@opentelemetry/otlp-transformer/build/src/generated/root.js";

export interface ReceivedEvent {
  readonly name: string;
  readonly attributes: Readonly<Record<string, unknown>>;
}

export interface ReceivedSpan {
  readonly scope: string;
  readonly name: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string;
  readonly kind: number;
  /** 0 unset, 1 ok, 2 error. */
  readonly statusCode: number;
  readonly statusMessage: string;
  readonly startMs: number;
  readonly endMs: number;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly events: readonly ReceivedEvent[];
  readonly links: readonly { readonly traceId: string; readonly spanId: string }[];
}

/** One point of a metric: a sum, or how often and how much a histogram counted. */
export interface ReceivedPoint {
  readonly metric: string;
  readonly value: number;
  readonly count: number;
  readonly attributes: Readonly<Record<string, unknown>>;
}

export interface Received {
  readonly path: string;
  readonly contentType: string;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: Buffer;
}

type Fields = Readonly<Record<string, unknown>>;
interface MessageType {
  decode(body: Uint8Array): unknown;
  toObject(message: unknown, options: object): Fields;
}

// The generated module declares no members; these are what its definitions contain.
const { trace, metrics } = (
  generated as unknown as {
    readonly opentelemetry: {
      readonly proto: {
        readonly collector: Readonly<
          Record<"trace" | "metrics", { readonly v1: Readonly<Record<string, MessageType>> }>
        >;
      };
    };
  }
).opentelemetry.proto.collector;

export class OtlpReceiver {
  readonly url: string;
  readonly requests: Received[] = [];
  readonly #close: () => void;

  constructor(url: string, close: () => void) {
    this.url = url;
    this.#close = close;
  }

  get spans(): readonly ReceivedSpan[] {
    return this.#bodies("/v1/traces").flatMap((body) => spansOf(body));
  }

  /** Points of the newest body that has any of the metric: sums go on from the start. */
  points(metric: string): readonly ReceivedPoint[] {
    const found = this.#bodies("/v1/metrics").map((body) =>
      pointsOf(body).filter((point) => point.metric === metric),
    );
    return found.findLast((points) => points.length > 0) ?? [];
  }

  get resource(): Fields {
    const [body] = this.#bodies("/v1/traces");
    return attributesOf(at(at(list(body?.resourceSpans)[0], "resource"), "attributes"));
  }

  /** Every byte that came, for what must not be in any. */
  get bytes(): Buffer {
    return Buffer.concat(this.requests.map(({ body }) => body));
  }

  close(): void {
    this.#close();
  }

  #bodies(suffix: string): readonly Fields[] {
    return this.requests.filter(({ path }) => path.endsWith(suffix)).map(fieldsOf);
  }
}

/** @param answer the status to answer with; `hang` never answers */
export async function startOtlpReceiver(answer: number | "hang" = 200): Promise<OtlpReceiver> {
  const server = createServer((request, response) => {
    if (answer === "hang") {
      request.resume();
      return;
    }
    read(request).then((body) => {
      const { url: path = "", headers } = request;
      const contentType = headers["content-type"] ?? "";
      receiver.requests.push({ path, contentType, headers, body });
      response.writeHead(answer, { "content-type": contentType });
      response.end(contentType.includes("json") ? "{}" : undefined);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const receiver = new OtlpReceiver(`http://127.0.0.1:${port}`, () => {
    server.close();
    server.closeAllConnections();
  });
  return receiver;
}

async function read(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  const body = Buffer.concat(chunks);
  return request.headers["content-encoding"] === "gzip" ? gunzipSync(body) : body;
}

function fieldsOf({ path, contentType, body }: Received): Fields {
  if (contentType.includes("json")) return JSON.parse(body.toString("utf8"));
  const isTraces = path.endsWith("/v1/traces");
  const type = isTraces
    ? trace.v1.ExportTraceServiceRequest
    : metrics.v1.ExportMetricsServiceRequest;
  if (type === undefined) throw new Error("the definitions lack a request");
  return type.toObject(type.decode(body), { longs: Number, bytes: Buffer, enums: Number });
}

function spansOf(body: Fields): ReceivedSpan[] {
  return list(body.resourceSpans).flatMap((resource) =>
    list(at(resource, "scopeSpans")).flatMap((scope) =>
      list(at(scope, "spans")).map((span) => spanOf(span as Fields, at(scope, "scope"))),
    ),
  );
}

function spanOf(span: Fields, scope: unknown): ReceivedSpan {
  const status = span.status as Fields | undefined;
  return {
    scope: String(at(scope, "name")),
    name: String(span.name),
    traceId: idOf(span.traceId),
    spanId: idOf(span.spanId),
    parentSpanId: idOf(span.parentSpanId),
    kind: Number(span.kind),
    statusCode: Number(status?.code ?? 0),
    statusMessage: String(status?.message ?? ""),
    startMs: Number(span.startTimeUnixNano) / 1e6,
    endMs: Number(span.endTimeUnixNano) / 1e6,
    attributes: attributesOf(span.attributes),
    events: list(span.events).map((event) => ({
      name: String(at(event, "name")),
      attributes: attributesOf(at(event, "attributes")),
    })),
    links: list(span.links).map((link) => ({
      traceId: idOf(at(link, "traceId")),
      spanId: idOf(at(link, "spanId")),
    })),
  };
}

function pointsOf(body: Fields): ReceivedPoint[] {
  return list(body.resourceMetrics).flatMap((resource) =>
    list(at(resource, "scopeMetrics")).flatMap((scope) =>
      list(at(scope, "metrics")).flatMap((metric) => {
        const data = at(metric, "sum") ?? at(metric, "histogram") ?? at(metric, "gauge");
        return list(at(data, "dataPoints")).map((point) => ({
          metric: String(at(metric, "name")),
          value: Number(at(point, "asDouble") ?? at(point, "asInt") ?? at(point, "sum")),
          count: Number(at(point, "count") ?? 0),
          attributes: attributesOf(at(point, "attributes")),
        }));
      }),
    ),
  );
}

function attributesOf(attributes: unknown): Fields {
  return Object.fromEntries(
    list(attributes).map((one) => [String(at(one, "key")), plainOf(at(one, "value"))]),
  );
}

function plainOf(value: unknown): unknown {
  const array = at(value, "arrayValue");
  if (array) return list(at(array, "values")).map(plainOf);
  const [one] = Object.values((value ?? {}) as Fields);
  return one;
}

function idOf(id: unknown): string {
  if (id === undefined || id === null) return "";
  return typeof id === "string" ? id : Buffer.from(id as Uint8Array).toString("hex");
}

function at(value: unknown, name: string): unknown {
  return (value as Fields | undefined | null)?.[name];
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
