/** An account that registered, and what it may do with its key. */
import type { Answer, Client } from "../client.ts";
import { signatureOf, type stripeEvent } from "./stripe-stand-in.ts";

export const NOON = Date.parse("2026-03-01T12:00:00Z");
export const HOUR_MS = 3_600_000;
export const DAY_MS = 24 * HOUR_MS;

/** Clocks of a machine whose time passes by `wait`, and whose wall clock anybody may set. */
export function machineClocks(startMs = NOON) {
  const now = { wallMs: startMs, uptimeMs: 0 };
  return {
    clock: () => now.wallMs,
    uptime: () => now.uptimeMs,
    /** Time that really passes. */
    wait(ms: number) {
      now.wallMs += ms;
      now.uptimeMs += ms;
    },
    /** Somebody sets the wall clock. */
    set(wallMs: number) {
      now.wallMs = wallMs;
    },
    /** A new process counts its uptime from the start; the wall clock went on meanwhile. */
    reboot(offMs = 0) {
      now.wallMs += offMs;
      now.uptimeMs = 0;
    },
    get wallMs() {
      return now.wallMs;
    },
  };
}

export interface Account {
  readonly id: string;
  readonly apiKey: string;
  readonly key: Record<string, string>;
  step(sessionId: string, step: number): Promise<Answer>;
  usage(): Promise<Answer["body"]>;
}

export async function register(client: Client, email = "a@b.example"): Promise<Account> {
  const made = await client.post("/v1/register", { email }, {});
  if (made.status !== 201) throw new Error(`no account: ${made.text}`);
  return accountWith(client, made.body.account_id, made.body.api_key);
}

export function accountWith(client: Client, id: string, apiKey: string): Account {
  const key = { authorization: `Bearer ${apiKey}` };
  return {
    id,
    apiKey,
    key,
    step: (session_id, step) =>
      client.post("/v1/step", { session_id, step, tool: "bash", content: `${step}` }, key),
    usage: async () => (await client.get("/v1/usage", key)).body,
  };
}

/** Sends a signed message to the webhook. */
export function tell(
  client: Client,
  event: ReturnType<typeof stripeEvent>,
  atMs: number,
  signature?: string,
): Promise<Answer> {
  const payload = JSON.stringify(event);
  const headers = { "stripe-signature": signature ?? signatureOf(payload, atMs) };
  return client.post("/v1/stripe/webhook", payload, headers);
}
