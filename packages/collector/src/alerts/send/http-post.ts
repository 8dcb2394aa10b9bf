/** One POST to a checked target: its addresses are pinned, redirects are answers, replies are not read. */
import type { LookupFunction } from "node:net";
import { isIP } from "node:net";
import { DestinationError, type DestinationGuard } from "../guard/destination.ts";
import { type Attempt, DELIVERED, failed } from "./attempt.ts";

export interface AlertPost {
  readonly destination: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

const GONE = 410;
const ASKS_TO_WAIT: ReadonlySet<number> = new Set([429, 503]);
const MAX_RETRY_AFTER_MS = 86_400_000;

/** Never throws: whatever happens is the outcome of the attempt. */
export async function httpPost(
  posted: AlertPost,
  guard: DestinationGuard,
  { signal, nowMs }: { readonly signal: AbortSignal; readonly nowMs: number },
): Promise<Attempt> {
  try {
    return await post(posted, guard, signal, nowMs);
  } catch (failure) {
    return failureOf(failure, signal);
  }
}

async function post(
  { destination, headers, body }: AlertPost,
  guard: DestinationGuard,
  signal: AbortSignal,
  nowMs: number,
): Promise<Attempt> {
  const { url, addresses } = await within(guard.check(destination), signal);
  // Loaded when the first alert goes out: it takes 0.1 s, which a start must not wait for.
  const { Agent, request } = await import("undici");
  // A connection of its own: nothing of one target is left for another.
  const dispatcher = new Agent({ connect: { lookup: pinnedTo(addresses) }, pipelining: 0 });
  try {
    const answer = await request(url, { method: "POST", headers, body, dispatcher, signal });
    answer.body.on("error", () => {});
    return attemptOf(answer.statusCode, answer.headers["retry-after"], nowMs);
  } finally {
    dispatcher.destroy().catch(() => {});
  }
}

/** Answers what was checked, whatever a resolver would say by now. */
function pinnedTo(addresses: readonly string[]): LookupFunction {
  const entries = addresses.map((address) => ({ address, family: isIP(address) }));
  return (_hostname, options, callback) => {
    const [first] = entries;
    if (first === undefined) callback(new Error("no address"), "", 4);
    else if (options.all) callback(null, entries);
    else callback(null, first.address, first.family);
  };
}

function attemptOf(
  status: number,
  retryAfter: string | string[] | undefined,
  nowMs: number,
): Attempt {
  if (status >= 200 && status < 300) return DELIVERED;
  const problem = `http_${status}`;
  if (status === GONE) return failed(problem, { isFinal: true });
  const retryAfterMs = ASKS_TO_WAIT.has(status) ? waitOf(String(retryAfter), nowMs) : undefined;
  return failed(problem, { retryAfterMs });
}

/** Seconds or a date (RFC 9110, section 10.2.3). */
function waitOf(retryAfter: string, nowMs: number): number | undefined {
  const waitMs = /^\d{1,9}$/.test(retryAfter)
    ? Number(retryAfter) * 1_000
    : Date.parse(retryAfter) - nowMs;
  if (!Number.isFinite(waitMs)) return undefined;
  return Math.min(Math.max(waitMs, 0), MAX_RETRY_AFTER_MS);
}

function failureOf(failure: unknown, signal: AbortSignal): Attempt {
  if (failure instanceof DestinationError) {
    if (failure.fault === "unresolved") return failed("name_unresolved");
    return failed("destination_refused", { isFinal: true });
  }
  if (signal.aborted) return failed("timeout");
  const code = failure instanceof Error && "code" in failure ? String(failure.code) : "";
  if (/CERT|TLS|SSL|SELF_SIGNED|UNABLE_TO/.test(code)) return failed("tls_failed");
  return failed("connection_failed");
}

/** Settles when the signal does, also where a promise never would. */
export function within<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  signal.throwIfAborted();
  return new Promise((resolve, reject) => {
    const stop = () => reject(signal.reason);
    signal.addEventListener("abort", stop, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener("abort", stop));
  });
}
