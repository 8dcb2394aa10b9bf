/** A session of 5,000 steps that looped seven times and moved on each time. */
import { createObserver } from "@caum/core";

export const LOOPED = { id: "long-work", steps: 5_000, loops: 7, loopSteps: 70 } as const;

const COST_USD = 0.001;

/** Records it as a run below CAUM_HOME, and a short session without a loop beside it. */
export async function recordLoopedSession(home: string, clock: () => number): Promise<void> {
  const writer = { writer: "test", writerVersion: "1", layer: "framework", view: "full" } as const;
  const observer = createObserver({ home, env: {}, agentId: "claude-code", ...writer, clock });
  const every = Math.floor(LOOPED.steps / LOOPED.loops);
  const length = LOOPED.loopSteps / LOOPED.loops;
  for (let step = 0; step < LOOPED.steps; step++) {
    // Each stretch of work ends with one loop, but for the last, which goes on.
    const at = step % every;
    const isLoop = step < every * LOOPED.loops && at >= every - length - 20 && at < every - 20;
    const of = isLoop ? `the question of stretch ${Math.floor(step / every)}` : `question ${step}`;
    observer.observe(LOOPED.id, {
      tool: isLoop ? "search_issues" : `tool_${step % 17}`,
      arguments: { of },
      result: { of, found: `answer to ${of}` },
      costUsd: COST_USD,
    });
  }
  for (let step = 0; step < 30; step++) {
    observer.observe("clean", { tool: "read", arguments: { step }, result: { step } });
  }
  await observer.close();
}
