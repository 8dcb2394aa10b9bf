/** Reads what a collector answered: only the shape that is expected counts as an answer. */
import type { HttpAnswer } from "./http-transport.ts";
import type { Reply } from "./upstream.ts";

export type AnswerBody = Readonly<Record<string, unknown>>;

const MILLISECONDS = 1_000;
const MAX_RETRY_AFTER_MS = 3_600_000;

/** What an answer that is no success means; the same for all doors. */
export function replyToFailure(answer: HttpAnswer): Reply {
  const { status } = answer;
  const isOurs = isErrorBody(jsonOf(answer.body));
  if ((status === 401 || status === 403) && isOurs) {
    return stopped("key_refused", "the collector refuses this key: check CAUM_API_KEY");
  }
  if (status === 402) {
    return stopped("payment_required", "the collector asks for a plan: open its billing page");
  }
  if ((status === 400 || status === 413 || status === 422) && isOurs) return { outcome: "refused" };
  const retryAfterMs = retryAfter(answer);
  if (status === 429 || status >= 500) {
    const message = `the collector answers ${status}: records wait in the spool`;
    return failed("collector_failed", message, retryAfterMs);
  }
  return notACollector(status, retryAfterMs);
}

export function notACollector(status: number, retryAfterMs?: number): Reply {
  const message = `the URL answers ${status}, but not as a collector: check CAUM_URL`;
  return failed("not_a_collector", message, retryAfterMs);
}

/** There was no answer. @param problem its code is told, nothing else of it */
export function unreachable(problem: unknown): Reply {
  const code = problem instanceof Error && "code" in problem ? ` (${String(problem.code)})` : "";
  return failed("unreachable", `no answer from the collector${code}: records wait in the spool`);
}

/** @returns undefined when the text is no JSON object */
export function jsonOf(text: string): AnswerBody | undefined {
  try {
    const parsed: unknown = JSON.parse(text);
    return isObject(parsed) ? parsed : undefined;
  } catch {
    return undefined;
  }
}

export function isObject(value: unknown): value is AnswerBody {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}

export function isHash(value: unknown): value is string {
  return typeof value === "string" && /^[0-9a-f]{64}$/.test(value);
}

function isErrorBody(body: AnswerBody | undefined): boolean {
  return isObject(body?.error) && typeof body.error.code === "string";
}

function retryAfter({ headers }: HttpAnswer): number | undefined {
  const text = headers["retry-after"];
  if (text === undefined) return undefined;
  const ms = /^\d{1,9}$/.test(text) ? Number(text) * MILLISECONDS : Date.parse(text) - Date.now();
  return ms > 0 ? Math.min(ms, MAX_RETRY_AFTER_MS) : undefined;
}

function failed(
  code: "unreachable" | "not_a_collector" | "collector_failed",
  message: string,
  retryAfterMs?: number,
): Reply {
  const refusal = { code, message };
  return { outcome: "failed", refusal, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) };
}

function stopped(code: "key_refused" | "payment_required", message: string): Reply {
  return { outcome: "stopped", refusal: { code, message } };
}
