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

/** Not what a name of a workflow should be. */
export const HOSTILE = "w<&>\"']]>\u202e\u0007|`*[x](y)";
export const BEFORE = "runs:,workflow=checkout,cohort=before";
export const AFTER = "runs:,workflow=checkout,cohort=after";

/** 24 sessions before and 24 after, 8 of them with a loop and all of them dearer, and two others. */
export async function recordCohorts(home: string): Promise<void> {
  const workflow = "checkout";
  for (let at = 0; at < 24; at++) {
    await record({ home, session: `before-${at}`, workflow, cohort: "before", costUsd: 0.01 });
    const loop = at < 8 ? { calls: 8, repeats: true } : {};
    await record({
      home,
      session: `after-${at}`,
      workflow,
      cohort: "after",
      costUsd: 0.02,
      ...loop,
    });
  }
  const denied = { workflow: HOSTILE, status: "denied", tool: "rm", agent: "b" } as const;
  await record({ home, session: "denied", ...denied });
  await record({ home, session: "other", workflow: "other", server: "files", durationMs: 40_000 });
}
