/** Calls to the collector that served this page; the cookie of the sign-in goes with them. */

import { below } from "./base-path.ts";

/** An answer that is no success, in the collector's words. */
export class Refusal extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

const UNREACHABLE = 0;
export const UNAUTHORIZED = 401;
export const NOT_FOUND = 404;
export const GONE = 410;

type ToldFailure = { readonly error?: { readonly message?: string } } | undefined;

/** Ends with the sign-in that requests belong to. */
let signedIn = new AbortController();

/** Nobody waits any more for what is under way: it would be refused to whoever comes next. */
export function letGo(): void {
  signedIn.abort();
  signedIn = new AbortController();
}

/** @throws {Refusal} when the answer is none, or no success */
export async function request(path: string, init: RequestInit = {}): Promise<Response> {
  let answer: Response;
  try {
    answer = await fetch(below(path), { signal: signedIn.signal, ...init });
  } catch {
    throw new Refusal(UNREACHABLE, "the collector does not answer: is it running?");
  }
  if (answer.ok) return answer;
  const told: ToldFailure = await answer.json().catch(() => undefined);
  throw new Refusal(
    answer.status,
    told?.error?.message ?? `the collector answered ${answer.status}`,
  );
}

export async function getJson<T>(path: string): Promise<T> {
  // Answers are the collector's own; its tests hold their shape.
  return (await request(path)).json() as Promise<T>;
}

export async function sendJson<T>(method: string, path: string, body?: unknown): Promise<T> {
  const headers = { "content-type": "application/json" };
  const answer = await request(path, { method, headers, body: JSON.stringify(body ?? {}) });
  const text = await answer.text();
  return (text === "" ? undefined : JSON.parse(text)) as T; // As above.
}
