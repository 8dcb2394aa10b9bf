/** One request to a witness (C2SP tlog-witness), and what came of it. */
import { MAX_ANSWER_BYTES } from "@caum/core/collector";
import type { Dispatcher } from "undici";

/** What a witness said. */
export type WitnessAnswer =
  | { readonly kind: "cosigned"; readonly lines: Uint8Array }
  /** It cosigned this size last. */
  | { readonly kind: "conflict"; readonly size: number }
  /** It refuses this checkpoint, or this log. */
  | { readonly kind: "refused"; readonly status: number }
  /** It cannot be asked at the moment. */
  | { readonly kind: "failed"; readonly problem: string; readonly retryAfterMs?: number };

/** What the text of the protocol has for a submission that is not cosigned. */
const REFUSALS: ReadonlySet<number> = new Set([400, 403, 404, 422]);
const SIZE = /^(0|[1-9]\d{0,15})\n$/;
const MAX_RETRY_AFTER_SECONDS = 3_600;

/** Never throws: whatever happens is the answer. Redirects are not followed. */
export async function askWitness(
  url: string,
  body: string,
  { dispatcher, signal }: { readonly dispatcher: Dispatcher; readonly signal: AbortSignal },
): Promise<WitnessAnswer> {
  try {
    const { request } = await import("undici");
    const answer = await request(`${url}/add-checkpoint`, {
      method: "POST",
      headers: { "content-type": "text/plain; charset=utf-8" },
      body,
      dispatcher,
      signal,
    });
    const bytes = await read(answer.body);
    if (bytes === undefined) return { kind: "failed", problem: "answer_too_long" };
    return answerOf(answer.statusCode, answer.headers, bytes);
  } catch (failure) {
    return { kind: "failed", problem: problemOf(failure, signal) };
  }
}

async function read(body: Dispatcher.ResponseData["body"]): Promise<Buffer | undefined> {
  const parts: Buffer[] = [];
  let length = 0;
  for await (const part of body) {
    length += part.length;
    // Leaving the loop ends the connection.
    if (length > MAX_ANSWER_BYTES) return undefined;
    parts.push(part);
  }
  return Buffer.concat(parts);
}

function answerOf(
  status: number,
  headers: Readonly<Record<string, string | string[] | undefined>>,
  bytes: Buffer,
): WitnessAnswer {
  if (status === 200) return { kind: "cosigned", lines: bytes };
  if (status === 409) {
    const size = SIZE.exec(bytes.toString("latin1"))?.[1];
    const isSize = headers["content-type"] === "text/x.tlog.size" && size !== undefined;
    if (isSize && Number.isSafeInteger(Number(size))) {
      return { kind: "conflict", size: Number(size) };
    }
  }
  if (REFUSALS.has(status)) return { kind: "refused", status };
  const retryAfter = String(headers["retry-after"] ?? "");
  const problem = `http_${status}`;
  if (!/^\d{1,9}$/.test(retryAfter)) return { kind: "failed", problem };
  const seconds = Math.min(Number(retryAfter), MAX_RETRY_AFTER_SECONDS);
  return { kind: "failed", problem, retryAfterMs: seconds * 1_000 };
}

function problemOf(failure: unknown, signal: AbortSignal): string {
  if (signal.aborted) return signal.reason?.name === "TimeoutError" ? "timeout" : "stopped";
  const code = failure instanceof Error && "code" in failure ? String(failure.code) : "";
  if (/CERT|TLS|SSL|SELF_SIGNED|UNABLE_TO/.test(code)) return "tls_failed";
  if (/TIMEOUT/.test(code)) return "timeout";
  return "connection_failed";
}
