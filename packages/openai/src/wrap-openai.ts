import { VERSION } from "@caum/core";
import {
  type AdapterOptions,
  clientVersion,
  type ModelPass,
  observeCopies,
  observeModelClient,
} from "@caum/core/adapter";

/** What the wrapper needs of a client: the `fetch` that everything it sends goes through. */
export interface OpenAIClient {
  readonly chat: unknown;
}

type Fetch = (url: string | URL | Request, init?: RequestInit) => Promise<Response>;

/** The peer range of this package. */
export const TESTED_HOST = { name: "openai", from: "6.0.0", below: "8.0.0" } as const;

const IDENTITY = {
  writer: "caum-openai",
  writerVersion: VERSION,
  layer: "model",
  view: "one_client",
  sourceFramework: "openai",
  host: TESTED_HOST,
} as const;

/** Marks our `fetch`; shared by all copies of this module, so that none wraps another's. */
const WRAPPED = Symbol.for("caum.openai.fetch");

/**
 * Observes an OpenAI client, and hands the very same client back.
 *
 * Its `fetch` is replaced by one that passes requests, responses and errors through as they are and
 * reads model calls as they pass. Copies made by `withOptions()` are observed as well, also those
 * with another `fetch`; a client that is observed already is left as it is.
 *
 * @throws never
 */
export function wrapOpenAI<Client extends OpenAIClient>(
  client: Client,
  options: AdapterOptions = {},
): Client {
  try {
    // Every client class of the SDK has it; of anything else we keep away.
    const { fetch } = client as { fetch?: unknown };
    if (typeof fetch !== "function" || WRAPPED in fetch) return client;
    const { adapter, pass } = observeModelClient(IDENTITY, options, "openai");
    adapter.hostIs(clientVersion(client));
    if (hasCertificate(client)) {
      const message = "clients that authenticate by certificate send past their fetch";
      adapter.blind({ code: "openai_certificate_client", message });
      return client;
    }
    observe(client, pass);
  } catch {
    // A client that cannot be observed works as before.
  }
  return client;
}

function observe(client: object, pass: ModelPass): void {
  const sender = client as { fetch?: unknown };
  const { fetch } = sender;
  if (typeof fetch !== "function") return;
  // A function, as checked, with the signature that the SDK calls it by.
  if (!(WRAPPED in fetch)) sender.fetch = passThrough(fetch as Fetch, pass);
  observeCopies(client, (copy) => observe(copy, pass));
}

function passThrough(fetch: Fetch, pass: ModelPass): Fetch {
  const observed = (url: string | URL | Request, init?: RequestInit) => {
    // The SDK calls fetch without a receiver, as platforms demand it.
    const send = () => fetch.call(undefined, url, init);
    return pass(sentBy(url, init), send);
  };
  return Object.assign(observed, fetch, { [WRAPPED]: true });
}

function sentBy(url: string | URL | Request, init: RequestInit | undefined) {
  const { method = "GET", headers, body, signal } = init ?? {};
  return { url: url instanceof Request ? url.url : String(url), method, headers, body, signal };
}

/** Such a client holds its own fetch and refuses another one. */
function hasCertificate(client: object): boolean {
  const { _options: options } = client as { _options?: { x509Transport?: unknown } };
  return options?.x509Transport !== undefined;
}
