/** From what telemetry tells to what is kept: the same way as what any other door is sent. */
import { labelOf, payloadOf } from "@caum/core/adapter";
import { timestampAt } from "@caum/core/collector";
import { TELEMETRY } from "@caum/core/health";
import type { Group, ReportedEvent } from "@caum/otlp";
import { bodyDigest, uuidOf } from "../../http/capture.ts";
import type { EventIntake } from "../../ingest/intake.ts";
import type { TenantRow } from "../../rows/tenant-rows.ts";
import type { Services } from "../../services.ts";
import { keyFactsOf } from "../../tenants/digest-keys.ts";
import type { NameOwner, SessionNames } from "./session-names.ts";

/** Begins the name of a conversation. */
const CONVERSATION = "conversation ";
/** What programs are called that nobody gave a name. */
const NAMELESS = /^unknown_service/;

export async function intakesOf(
  group: Group,
  owner: TenantRow,
  names: SessionNames,
  services: Services,
): Promise<readonly EventIntake[]> {
  const place = placeOf(group.names, owner, services);
  const { sessionId, digests } = await names.sessionOf(group.names, place);
  const keys = services.digestKeys.session(owner.ulid, sessionId);
  const context = { keys, hashNames: services.policy.hashNames };
  // Frameworks choose these names, so they are labels; equal in all sessions of the tenant.
  const agentId = labelOf(agentOf(group), place.keys, services.policy.hashNames);
  const receivedMs = services.clock();
  const sourceFramework = `${TELEMETRY}${group.emitter}`;
  // Told twice, by a span and a log record, the same call has other bodies: its id alone counts.
  const body = bodyDigest("", keys);
  return group.events.map((event, at) => ({
    kind: "event",
    tenant: owner.tenant,
    receivedMs,
    sessionId,
    facts: { agentId },
    keys: keyFactsOf(keys),
    draft: {
      ...payloadOf(event.observation, context),
      agentId,
      sourceFramework,
      sourceTimestamp: timestampAt(timeOf(event, receivedMs)),
    },
    asksRoot: false,
    layer: "telemetry",
    ...(event.span && { parent: { ...event.span, isSampled: true } }),
    ...(at === 0 && { traces: digests }),
    claim: { eventId: uuidOf(event.id, keys), body },
  }));
}

/** Says that names are of one session, before anything of it is stored. */
export async function tie(
  tied: readonly string[],
  owner: TenantRow,
  names: SessionNames,
  services: Services,
): Promise<void> {
  await names.sessionOf(tied, placeOf(tied, owner, services));
}

/** Whose names they are, and what hooks and proxies of the same client record into. */
function placeOf(
  names: readonly string[],
  { tenant, ulid }: TenantRow,
  { digestKeys }: Services,
): NameOwner {
  const conversation = names.find((name) => name.startsWith(CONVERSATION));
  const joined =
    conversation && digestKeys.joinedSession(ulid, conversation.slice(CONVERSATION.length));
  return { tenant, keys: digestKeys.tenant(ulid), joined };
}

function agentOf({ agentName, serviceName, emitter }: Group): string {
  const named = serviceName === undefined || NAMELESS.test(serviceName) ? undefined : serviceName;
  return agentName ?? named ?? emitter;
}

function timeOf({ atMs }: ReportedEvent, receivedMs: number): number {
  return atMs > 0 && atMs < receivedMs ? Math.trunc(atMs) : receivedMs;
}
