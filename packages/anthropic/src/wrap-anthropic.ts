import { VERSION } from "@caum/core";
import {
  type AdapterOptions,
  clientVersion,
  type ModelPass,
  observeCopies,
  observeModelClient,
} from "@caum/core/adapter";

/** What the wrapper needs of a client: the official list of its middleware. */
export interface AnthropicClient {
  readonly messages: unknown;
}

/** The SDK's own types of a middleware, as far as they matter here. */
type PassedRequest = RequestInit & { readonly url: string };
type Middleware = (
  request: PassedRequest,
  next: (request: PassedRequest) => Promise<Response>,
) => Promise<Response>;

/** The peer range of this package. */
export const TESTED_HOST = { name: "@anthropic-ai/sdk", from: "1.0.0", below: "2.0.0" } as const;

const IDENTITY = {
  writer: "caum-anthropic",
  writerVersion: VERSION,
  layer: "model",
  view: "one_client",
  sourceFramework: "anthropic",
  host: TESTED_HOST,
} as const;

/** Marks our middleware; shared by all copies of this module, so that none doubles another's. */
const WRAPPED = Symbol.for("caum.anthropic.middleware");

/**
 * Observes an Anthropic client, and hands the very same client back.
 *
 * A middleware is added that passes requests, responses and errors through as they are and reads
 * model calls as they pass. Copies made by `withOptions()` are observed as well, also those with
 * other middleware; a client that is observed already is left as it is.
 *
 * @throws never
 */
export function wrapAnthropic<Client extends AnthropicClient>(
  client: Client,
  options: AdapterOptions = {},
): Client {
  try {
    const { middleware } = client as { middleware?: unknown };
    if (!Array.isArray(middleware)) {
      const { adapter } = observeModelClient(IDENTITY, options);
      adapter.hostIs(clientVersion(client));
      const message =
        "the client has no list of middleware: @anthropic-ai/sdk 1.0 or newer has one";
      adapter.blind({ code: "anthropic_without_middleware", message });
      return client;
    }
    if (isObserved(middleware)) return client;
    const { adapter, pass } = observeModelClient(IDENTITY, options, "anthropic");
    adapter.hostIs(clientVersion(client));
    observe(client, pass);
  } catch {
    // A client that cannot be observed works as before.
  }
  return client;
}

function observe(client: object, pass: ModelPass): void {
  // Every client class of the SDK has it since 1.0; of anything else we keep away.
  const sender = client as { middleware?: unknown };
  const before = sender.middleware;
  if (!Array.isArray(before)) return;
  if (!isObserved(before)) sender.middleware = [...before, passThrough(pass)];
  observeCopies(client, (copy) => observe(copy, pass));
}

function isObserved(middleware: readonly object[]): boolean {
  return middleware.some((each) => WRAPPED in each);
}

function passThrough(pass: ModelPass): Middleware {
  const observed: Middleware = (request, next) => {
    const { url, method = "GET", headers, body, signal } = request;
    return pass({ url, method, headers, body, signal }, () => next(request));
  };
  return Object.assign(observed, { [WRAPPED]: true });
}
