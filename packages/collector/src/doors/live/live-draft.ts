import { payloadOf } from "@caum/core";
import { liveEvent, type liveStartRequest } from "@caum/core/protocol";
import type { z } from "zod";
import type { EventIntake, SessionFacts } from "../../ingest/intake.ts";
import type { Services } from "../../services.ts";
import type { TenantRow } from "../../store/store.ts";
import { keyFactsOf } from "../../tenants/digest-keys.ts";
import {
  bodyDigest,
  identifierOf,
  optionalLabel,
  present,
  statusOf,
  taskTagOf,
  timestampOf,
  uuidOf,
} from "../capture.ts";
import { parse } from "../parse.ts";
import { nanoUsdOf } from "../told-figures.ts";

const ALLOWED = new Set(Object.keys(liveEvent.shape));

/** What is kept of the start of a session. */
export function liveFacts(
  body: z.output<typeof liveStartRequest>,
  owner: Pick<TenantRow, "ulid">,
  { digestKeys }: Services,
): SessionFacts {
  const keys = digestKeys.tenant(owner.ulid);
  const name = (text: string | null | undefined) => (text ? identifierOf(text, keys) : undefined);
  const baseline = body.baseline_cost_usd ?? undefined;
  return {
    agentId: name(body.agent_id) ?? "default",
    ...present({
      workflow: name(body.workflow) ?? name(body.task_family),
      team: name(body.team),
      cohort: name(body.cohort),
      taskTag: body.task_id ? taskTagOf(body.task_id, keys) : undefined,
      baselineCostNanoUsd: baseline === undefined ? undefined : nanoUsdOf(baseline),
    }),
  };
}

/** An event of the live door as an intake, and how many of its fields were dropped. */
export function liveIntake(
  sent: Readonly<Record<string, unknown>>,
  place: { readonly owner: TenantRow; readonly sessionId: string },
  services: Services,
): { readonly intake: EventIntake; readonly dropped: number } {
  const { owner, sessionId } = place;
  const event = parse(liveEvent, sent);
  const keys = services.digestKeys.session(owner.ulid, sessionId);
  const capture = { keys, hashNames: services.policy.hashNames };
  const receivedMs = services.clock();
  const draft = payloadOf(
    {
      kind: "tool",
      tool: event.tool || event.event || "unknown",
      status: event.status === undefined ? "unknown" : statusOf(event.status),
      phase: event.phase || undefined,
      stateId: event.state_id || undefined,
      inputTokens: event.input_tokens ?? undefined,
      outputTokens: event.output_tokens ?? undefined,
      totalTokens: event.tokens_used ?? undefined,
      costUsd: event.cost_usd ?? undefined,
      durationMs: event.latency_ms ?? undefined,
      parent: event.parent ?? undefined,
      agent: event.agent ?? undefined,
    },
    capture,
  );
  const claimed = event.event_id || undefined;
  const claim = claimed && {
    eventId: uuidOf(claimed, keys),
    body: bodyDigest(JSON.stringify(event), keys),
  };
  return {
    dropped: Object.keys(sent).filter((field) => !ALLOWED.has(field)).length,
    intake: {
      kind: "event",
      tenant: owner.tenant,
      receivedMs,
      sessionId,
      facts: { agentId: "default" },
      keys: keyFactsOf(keys),
      draft: {
        ...draft,
        sourceTimestamp: sentTime(event.timestamp) ?? new Date(receivedMs).toISOString(),
        sourceFramework: "door:live",
        ...present({
          operation: optionalLabel(event.event, capture),
          toolType: optionalLabel(event.tool_family, capture),
        }),
      },
      asksRoot: true,
      ...(claim && { claim }),
    },
  };
}

function sentTime(sent: string | number | null | undefined): string | undefined {
  return sent === undefined || sent === null ? undefined : timestampOf(sent);
}
