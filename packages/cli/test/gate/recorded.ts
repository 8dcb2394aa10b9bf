/** Sessions on a machine, as an observer records them. */
import { createObserver } from "@caum/core";

export interface Recorded {
  readonly home: string;
  readonly session: string;
  readonly workflow?: string;
  readonly cohort?: string;
  readonly agent?: string;
  /** Calls of a tool, each with other arguments unless they repeat. */
  readonly calls?: number;
  readonly repeats?: boolean;
  readonly status?: "ok" | "error" | "denied" | "pending";
  readonly tool?: string;
  readonly server?: string;
  readonly durationMs?: number;
  readonly costUsd?: number;
}

export async function record(asked: Recorded): Promise<void> {
  const { home, session, workflow, cohort, agent: agentId = "agent", costUsd } = asked;
  const { calls = 4, repeats = false, status = "ok", tool = "read_file", server } = asked;
  const observer = createObserver({
    home,
    env: {},
    upstream: false,
    writer: "test",
    writerVersion: "1",
    layer: "framework",
    view: "full",
    agentId,
  });
  const recorded = observer.session(session, { workflow, cohort });
  for (let call = 0; call < calls; call++) {
    recorded.observe({
      tool,
      serverName: server,
      arguments: { of: repeats ? 1 : call },
      result: repeats ? "same" : `other ${call}`,
      status,
      costUsd,
      durationMs: asked.durationMs,
    });
  }
  await observer.close();
}
