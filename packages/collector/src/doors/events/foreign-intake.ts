import type { SessionKeys } from "@caum/core/adapter";
import type { eventRequest } from "@caum/core/protocol";
import type { z } from "zod";
import {
  bodyDigest,
  type DoorCapture,
  optionalLabel,
  optionalOwnLabel,
  present,
  timestampOf,
} from "../../http/capture.ts";
import { DoorError } from "../../http/door-error.ts";
import type { DoorDraft, EventIntake } from "../../ingest/intake.ts";
import type { TenantRow } from "../../rows/tenant-rows.ts";
import type { Services } from "../../services.ts";
import { keyFactsOf } from "../../tenants/digest-keys.ts";
import type { EventHashes, HashedEvent, SenderPlace } from "./event-hashes.ts";
import { foreignPayload } from "./foreign-payload.ts";
import { traceDigests } from "./trace-digests.ts";

type ForeignEvent = z.output<typeof eventRequest>;

/** An event as it was posted: its text, its value, and what was read from it. */
export interface PostedEvent {
  readonly body: string;
  readonly value: unknown;
  readonly event: ForeignEvent;
}

/** What the door needs to make an intake of an event. */
export interface IntakeParts extends Pick<Services, "digestKeys" | "clock"> {
  readonly policy: Pick<Services["policy"], "hashNames">;
  readonly hashes: EventHashes;
}

export interface ForeignIntake {
  readonly intake: EventIntake;
  readonly dropped: number;
  readonly hashed: HashedEvent;
  readonly place: SenderPlace;
}

/** What is kept of an event of a foreign sender. @throws {DoorError} where it does not fit */
export function foreignIntake(
  { event, body, value }: PostedEvent,
  { tenant, ulid }: TenantRow,
  { digestKeys, policy, hashes, clock }: IntakeParts,
): ForeignIntake {
  const { sessionId, agentId, runId, previousHash } = event;
  const keys = digestKeys.session(ulid, sessionId);
  const tenantKeys = digestKeys.tenant(ulid);
  const { draft, dropped } = draftOf(event, { keys, hashNames: policy.hashNames });
  const sender = runId === undefined ? agentId : `${agentId}\n${keys.idOf(runId)}`;
  const place = { tenant, sessionId, sender };
  const hashed = hashes.hash(value, { ...place, previousHash }, (hash) => keys.idOf(hash));
  const traces = traceDigests(event, tenantKeys);
  return {
    dropped,
    hashed,
    place,
    intake: {
      kind: "event",
      tenant,
      receivedMs: clock(),
      sessionId,
      facts: { agentId },
      keys: keyFactsOf(keys),
      draft,
      asksRoot: false,
      chain: hashed.chain,
      ...(traces.length > 0 && { traces }),
      claim: { eventId: event.eventId.toLowerCase(), body: bodyDigest(body, tenantKeys) },
    },
  };
}

function draftOf(
  event: ForeignEvent,
  capture: DoorCapture,
): { readonly draft: DoorDraft; readonly dropped: number } {
  // The agent may stand beside the payload or in it; the payload's own word is the nearer one.
  const fields = { ...(event.agent && { agent: event.agent }), ...event.payload };
  const { draft, dropped } = foreignPayload(event.category, fields, capture);
  const { keys } = capture;
  const claims = present({
    sourcePreviousHash: idOf(event.previousHash, keys),
    sourceRunId: idOf(event.runId, keys),
  });
  return {
    dropped,
    draft: {
      ...draft,
      // Claims fit every payload; the spread loses which category this one is of.
      payload: { ...draft.payload, ...claims } as never,
      agentId: event.agentId,
      sourceTimestamp: sourceTimeOf(event),
      ...present({
        traceId: idOf(event.traceId, keys),
        correlationId: idOf(event.correlationId, keys),
        parentEventId: event.parentEventId?.toLowerCase() ?? idOf(event.parent, keys),
        causationEventId: event.causationEventId?.toLowerCase(),
        agentVersion: optionalOwnLabel(event.agentVersion, capture),
        toolType: optionalLabel(event.toolType, capture),
        targetSystem: optionalLabel(event.targetSystem, capture),
        operation: optionalLabel(event.operation, capture),
        initiatorType: event.initiatorType,
        initiatorId: idOf(event.initiatorId, keys),
        sourceFramework: optionalOwnLabel(event.sourceFramework, capture),
        actorType: optionalLabel(event.actorType, capture),
        actorId: idOf(event.actorId, keys),
      }),
    },
  };
}

function sourceTimeOf(event: ForeignEvent): string {
  const time = timestampOf(event.sourceTimestamp);
  if (time !== undefined) return time;
  throw new DoorError("VALIDATION_ERROR", "sourceTimestamp is of no year that can be kept", {
    details: [{ path: ["sourceTimestamp"], code: "too_big", message: "is out of range" }],
  });
}

function idOf(text: string | undefined, keys: SessionKeys): string | undefined {
  return text === undefined ? undefined : keys.idOf(text);
}
