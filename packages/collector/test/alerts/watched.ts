/** A collector that may send to loopback, with rules, and sessions that fire them. */

import type { CollectorOptions } from "../../src/index.ts";
import { type Client, startClient } from "../client.ts";

export interface Rule {
  readonly condition?: string;
  readonly action_type?: "webhook" | "slack" | "email";
  readonly destination: string;
  readonly cooldown_seconds?: number;
}

export interface Watched extends Client {
  /** Adds rules that fire with a loop; answers them as listed. */
  addRules(...rules: readonly Rule[]): Promise<readonly { id: string; secret?: string }[]>;
  /** Four equal steps: the fourth fires. */
  loop(sessionId: string, more?: object): Promise<void>;
  // biome-ignore lint/suspicious/noExplicitAny: tests read answers freely
  history(query?: string): Promise<any[]>;
}

export async function startWatched(
  places: readonly string[],
  options: Partial<CollectorOptions> = {},
): Promise<Watched> {
  const client = await startClient({
    ...options,
    alerts: {
      allowDestinations: places,
      resolve: async () => ["93.184.215.14"],
      random: () => 0.5,
      ...options.alerts,
      timing: { pollMs: 10, ...options.alerts?.timing },
    },
  });
  return {
    ...client,
    async addRules(...rules) {
      const body = rules.map((rule) => ({
        condition: "class=hard_alert",
        action_type: "webhook",
        ...rule,
      }));
      const made = await client.post("/v1/alerts", body);
      if (made.status !== 201) throw new Error(made.text);
      return made.body.rules;
    },
    async loop(sessionId, more = {}) {
      for (let step = 1; step <= 4; step++) {
        const body = {
          session_id: sessionId,
          step,
          tool: "bash",
          state_hash: "same-state",
          ...more,
        };
        const answer = await client.post("/v1/step", body);
        if (answer.status !== 200) throw new Error(answer.text);
      }
    },
    async history(query = "") {
      return (await client.get(`/v1/alerts/history?limit=100${query}`)).body.alerts;
    },
  };
}
