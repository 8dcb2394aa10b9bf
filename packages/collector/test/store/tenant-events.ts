import type { EventIntake } from "../../src/ingest/intake.ts";

/** An event of a tool call that differs from the ones beside it. */
export function eventOf(
  tenant: number,
  sessionId: string,
  more: Partial<EventIntake> = {},
): EventIntake {
  const receivedMs = Date.now();
  return {
    kind: "event",
    tenant,
    receivedMs,
    sessionId,
    facts: { agentId: "agent" },
    keys: { digestKeyId: "test", digestKeyCommitment: "c".repeat(64) },
    draft: {
      category: "tool_api",
      sourceTimestamp: new Date(receivedMs).toISOString(),
      payload: { toolName: "tool", status: "ok", stateId: "state" },
    },
    asksRoot: false,
    ...more,
  };
}
