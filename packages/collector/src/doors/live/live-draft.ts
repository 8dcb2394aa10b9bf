import { randomUUID } from "node:crypto";
import type { Observation } from "@caum/core";
import { payloadOf } from "@caum/core/adapter";
import { timestampAt } from "@caum/core/collector";
import { liveEvent, type liveStartRequest } from "@caum/core/protocol";
import type { z } from "zod";
import {
  bodyDigest,
  identifierOf,
  optionalLabel,
  present,
  statusOf,
  taskTagOf,
  timestampOf,
  uuidOf,
} from "../../http/capture.ts";
import { DoorError } from "../../http/door-error.ts";
import { parse } from "../../http/parse.ts";
import { nanoUsdOf } from "../../http/told-figures.ts";
import type { EventIntake, KeptSessionFacts } from "../../ingest/intake.ts";
import type { TenantRow } from "../../rows/tenant-rows.ts";
import type { Services } from "../../services.ts";
import { keyFactsOf } from "../../tenants/digest-keys.ts";
import { isSpeech } from "../speech.ts";

const NOTHING = "the event has no field that is kept: send at least event or tool";
const NO_EVENT = [{ path: ["event"], code: "custom", message: "has no field that is kept" }];
const ALLOWED = new Set(Object.keys(liveEvent.shape));

/** What is kept of the start of a session. */
export function liveFacts(
  body: z.output<typeof liveStartRequest>,
  owner: Pick<TenantRow, "ulid">,
  { digestKeys, policy }: Services,
): KeptSessionFacts {
  const keys = digestKeys.tenant(owner.ulid);
  const name = (text: string | null | undefined) => (text ? identifierOf(text, keys) : undefined);
  const baseline = body.baseline_cost_usd ?? undefined;
  return {
    agentId: name(body.agent_id) ?? "default",
    ...present({
      workflow: name(body.workflow) ?? name(body.task_family),
      team: name(body.team),
      tenantLabel: optionalLabel(body.tenant_id, { keys, hashNames: policy.hashNames }),
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
  const event = readEvent(sent);
  const keys = services.digestKeys.session(owner.ulid, sessionId);
  const capture = { keys, hashNames: services.policy.hashNames };
  const receivedMs = services.clock();
  const time = timeOf(event.timestamp, receivedMs);
  const draft = payloadOf(observationOf(event), capture);
  const claimed = event.event_id || undefined;
  const claim = claimed && {
    eventId: uuidOf(claimed, keys),
    body: bodyDigest(JSON.stringify(event), keys),
  };
  return {
    dropped: droppedOf(sent, time.isLost),
    intake: {
      kind: "event",
      tenant: owner.tenant,
      receivedMs,
      sessionId,
      facts: { agentId: "default" },
      keys: keyFactsOf(keys),
      draft: {
        ...draft,
        sourceTimestamp: time.sourceTimestamp,
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

function observationOf(event: z.output<typeof liveEvent>): Observation {
  const common = {
    inputTokens: event.input_tokens ?? undefined,
    outputTokens: event.output_tokens ?? undefined,
    costUsd: event.cost_usd ?? undefined,
    durationMs: event.latency_ms ?? undefined,
    parent: event.parent ?? undefined,
    agent: event.agent ?? undefined,
  };
  if (!event.tool && isSpeech(event.event)) {
    // No text comes through this door: without a state nobody knows that the same was said.
    return {
      kind: "message",
      role: "assistant",
      content: event.state_id || randomUUID(),
      ...common,
    };
  }
  return {
    kind: "tool",
    tool: event.tool || event.event || "unknown",
    arguments: event.input_id || undefined,
    status: event.status === undefined ? "unknown" : statusOf(event.status),
    phase: event.phase || undefined,
    stateId: event.state_id || undefined,
    totalTokens: event.tokens_used ?? undefined,
    ...common,
  };
}

/** @throws {DoorError} 400 where a field has the wrong type, or there is none that is kept */
function readEvent(sent: Readonly<Record<string, unknown>>): z.output<typeof liveEvent> {
  const event = parse(liveEvent, sent);
  if (isAnything(event)) return event;
  throw new DoorError("VALIDATION_ERROR", NOTHING, { details: NO_EVENT });
}

/** Fields that are not kept: those that nobody knows, and a time that is none. */
function droppedOf(sent: object, isTimeLost: boolean): number {
  const unknown = Object.keys(sent).filter((field) => !ALLOWED.has(field)).length;
  return unknown + Number(isTimeLost);
}

/** Whether an event says what happened: it has at least one field that is kept. */
function isAnything(event: z.output<typeof liveEvent>): boolean {
  return Object.values(event).some((value) => value !== undefined && value !== null);
}

/** When it happened: as the sender says it, else when it arrived; lost is what says no time. */
function timeOf(sent: string | number | null | undefined, receivedMs: number) {
  const received = timestampAt(receivedMs);
  if (sent === undefined || sent === null) return { sourceTimestamp: received, isLost: false };
  const told = timestampOf(sent);
  return { sourceTimestamp: told ?? received, isLost: told === undefined };
}
