/** A collector with the built page, and agents that send to it. */
import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Collector, type CollectorOptions, startCollector } from "@caum/collector";
import { buildDashboard } from "../../scripts/build.mjs";

export interface LiveSession {
  readonly id: string;
  /** Sends events; resolves when they are durable. */
  send(...events: readonly object[]): Promise<void>;
}

/** One customer's agents; what they send is seen with this key alone. */
export interface Account {
  readonly apiKey: string;
  /** A session of the live door. */
  startSession(facts?: object): Promise<LiveSession>;
  /** Canonical lines of a run, as an observer sends them. */
  sendRun(runId: string, lines: readonly string[]): Promise<void>;
  /** A call of the step door. */
  sendStep(step: object): Promise<{ readonly rules_fired?: readonly string[] }>;
  /** Says that the work of a session is over. */
  endSession(id: string, end: { readonly resolved?: boolean }): Promise<void>;
}

/** The first account, which all cases share, and what a case does to the collector. */
export interface World extends Account {
  readonly url: string;
  readonly adminKey: string;
  newSignInLink(): Promise<string>;
  /** Nothing of another case is in it. */
  newAccount(): Promise<Account>;
  deleteSession(id: string): Promise<void>;
  pause(): Promise<void>;
  resume(): Promise<void>;
  stop(): Promise<void>;
}

/**
 * For how long a case asks again for what is summed up beside the way of the events: that rests many times as
 * long as it took, which on a busy machine is long.
 */
export const UNTIL_SUMMED_UP = { timeout: 50_000, interval: 500 } as const;

/** What an agent that turns in circles sends. */
export const REPEATED = {
  event: "tool_call",
  tool: "browser.get",
  phase: "retry",
  status: "not_found",
  state_id: "opaque_state_a",
  input_tokens: 120,
  output_tokens: 12,
  cost_usd: 0.0012,
};

/** The nth step of an agent that gets on. */
export function varied(nth: number): object {
  const tools = ["read_file", "edit", "bash", "search"];
  return {
    event: "tool_call",
    tool: tools[nth % tools.length],
    status: "ok",
    state_id: `state_${nth}`,
    input_tokens: 100 + (nth % 50),
    output_tokens: 20,
    cost_usd: 0.0004,
    latency_ms: 5 + (nth % 90),
  };
}

export async function startWorld(
  options: Pick<CollectorOptions, "alerts" | "basePath" | "oidc"> = {},
): Promise<World> {
  await buildDashboard();
  const data = mkdtempSync(join(tmpdir(), "caum-page-"));
  let collector: Collector = await startCollector({
    data,
    port: 0,
    eventsPerSecond: 0,
    ...options,
  });
  const { url, apiKey, adminKey } = collector;
  const first = accountOf(url, apiKey);
  return {
    ...first,
    url,
    adminKey,
    newSignInLink: () => collector.newSignInLink(),
    async newAccount() {
      const email = `${randomUUID()}@example.com`;
      const { api_key } = await postAs(url, apiKey, "/v1/register", JSON.stringify({ email }));
      return accountOf(url, api_key);
    },
    async deleteSession(id) {
      const headers = { authorization: `Bearer ${collector.adminKey}` };
      const answer = await fetch(`${url}/v1/session/${id}`, { method: "DELETE", headers });
      if (!answer.ok) throw new Error(`deleting answered ${answer.status}`);
    },
    pause: () => collector.close(),
    async resume() {
      const port = Number(new URL(url).port);
      collector = await startCollector({ data, port, eventsPerSecond: 0, ...options });
    },
    async stop() {
      await collector.close();
      rmSync(data, { recursive: true, force: true });
    },
  };
}

function accountOf(url: string, apiKey: string): Account {
  const post = (path: string, body: string, type?: string) => postAs(url, apiKey, path, body, type);
  return {
    apiKey,
    async startSession(facts = {}) {
      const started = await post("/v2/live/start", JSON.stringify({ agent_id: "agent", ...facts }));
      const { session_token, session } = started;
      const session_id: string = session.session_id;
      return {
        id: session_id,
        async send(...events) {
          await post("/v2/live/batch", JSON.stringify({ session_id, session_token, events }));
        },
      };
    },
    sendRun: (runId, lines) =>
      post(`/v1/runs/${runId}/records`, `${lines.join("\n")}\n`, "application/x-ndjson"),
    sendStep: (step) => post("/v1/step", JSON.stringify(step)),
    async endSession(id, end) {
      await post(`/v1/session/${id}/end`, JSON.stringify(end));
    },
  };
}

async function postAs(
  url: string,
  apiKey: string,
  path: string,
  body: string,
  type = "application/json",
) {
  const headers = { authorization: `Bearer ${apiKey}`, "content-type": type };
  const answer = await fetch(`${url}${path}`, { method: "POST", headers, body });
  if (!answer.ok) throw new Error(`${path} answered ${answer.status}: ${await answer.text()}`);
  // Answers of our own collector, read freely.
  // biome-ignore lint/suspicious/noExplicitAny: see above
  return answer.json() as any;
}
