import { createHash } from "node:crypto";

/** A longer request is not read; the call is recorded without what it says. */
const MAX_BODY_LENGTH = 32 * 1024 * 1024;

/** A request as the client hands it to `fetch` or to a middleware. */
export interface SentRequest {
  readonly url: string;
  readonly method: string;
  readonly headers: unknown;
  readonly body: unknown;
  readonly signal?: AbortSignal | null | undefined;
}

/** The JSON text of the body, where it has one that can be read without touching it. */
export function bodyTextOf({ body }: SentRequest): string | undefined {
  if (typeof body === "string") return body.length > MAX_BODY_LENGTH ? undefined : body;
  if (!(body instanceof Uint8Array) || body.byteLength > MAX_BODY_LENGTH) return undefined;
  return new TextDecoder().decode(body);
}

/** What the attempts of one call have in common. */
export function fingerprintOf(sent: SentRequest): string {
  const hash = createHash("sha256").update(`${sent.method} ${sent.url}\n`);
  return hash.update(bodyTextOf(sent) ?? "").digest("hex");
}

/** How many attempts were before this one, as the SDKs of both vendors tell their server. */
export function retryCountOf(sent: SentRequest): number {
  return Number(headerOf(sent.headers, "x-stainless-retry-count") ?? 0) || 0;
}

/** The client's own time limit in milliseconds, as it tells the server. */
export function timeLimitOf(sent: SentRequest): number | undefined {
  const seconds = Number(headerOf(sent.headers, "x-stainless-timeout"));
  return seconds > 0 ? seconds * 1_000 : undefined;
}

function headerOf(headers: unknown, name: string): string | undefined {
  if (headers instanceof Headers) return headers.get(name) ?? undefined;
  if (typeof headers !== "object" || headers === null) return undefined;
  const pairs: [unknown, unknown][] = Array.isArray(headers) ? headers : Object.entries(headers);
  const pair = pairs.find(([key]) => String(key).toLowerCase() === name);
  return pair === undefined ? undefined : String(pair[1]);
}
