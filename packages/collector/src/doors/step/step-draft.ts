import { randomUUID } from "node:crypto";
import type { Observation } from "@caum/core";
import { payloadOf } from "@caum/core/adapter";
import { timestampAt } from "@caum/core/collector";
import { stepRequest } from "@caum/core/protocol";
import type { z } from "zod";
import { bodyDigest, identifierOf, present, taskTagOf } from "../../http/capture.ts";
import type { EventIntake } from "../../ingest/intake.ts";
import { STEP_DOOR } from "../../ingest/session-state.ts";
import type { TenantRow } from "../../rows/tenant-rows.ts";
import type { Services } from "../../services.ts";
import { keyFactsOf } from "../../tenants/digest-keys.ts";
import { isSpeech } from "../speech.ts";

export type StepRequest = z.output<typeof stepRequest>;

const KNOWN = new Set(Object.keys(stepRequest.shape));

/** How many fields of a body the step door does not know. */
export function droppedFields(sent: unknown): number {
  const fields = typeof sent === "object" && sent !== null ? Object.keys(sent) : [];
  return fields.filter((field) => !KNOWN.has(field)).length;
}

function observationOf(body: StepRequest): Observation {
  const common = {
    costUsd: body.cost_usd ?? undefined,
    parent: body.parent ?? undefined,
    agent: body.agent ?? undefined,
  };
  const tokens = body.tokens_used ?? undefined;
  if (isSpeech(body.tool)) {
    // Of what was said without a text, equal states are the same thing said.
    const content = body.content ?? (body.state_hash || randomUUID());
    return { kind: "message", role: "assistant", content, outputTokens: tokens, ...common };
  }
  return {
    kind: "tool",
    tool: body.tool,
    arguments: body.arguments ?? undefined,
    result: body.content ?? undefined,
    status: "unknown",
    stateId: body.state_hash || undefined,
    totalTokens: tokens,
    ...common,
  };
}

/** A step as an intake: content and task become digests here, and are gone. */
export function stepIntake(
  body: StepRequest,
  rawBody: string,
  owner: TenantRow,
  services: Services,
): EventIntake {
  const { digestKeys, policy, clock } = services;
  const keys = digestKeys.session(owner.ulid, body.session_id);
  const tenantKeys = digestKeys.tenant(owner.ulid);
  const receivedMs = clock();
  const agentName = body.agent_name ? identifierOf(body.agent_name, tenantKeys) : undefined;
  const draft = payloadOf(observationOf(body), { keys, hashNames: policy.hashNames });
  return {
    kind: "event",
    tenant: owner.tenant,
    receivedMs,
    sessionId: body.session_id,
    facts: {
      agentId: agentName ?? "default",
      ...present({
        agentName,
        team: body.team ? identifierOf(body.team, tenantKeys) : undefined,
        workflow: body.workflow ? identifierOf(body.workflow, tenantKeys) : undefined,
        cohort: body.cohort ? identifierOf(body.cohort, tenantKeys) : undefined,
        taskTag: body.task ? taskTagOf(body.task, tenantKeys) : undefined,
      }),
    },
    keys: keyFactsOf(keys),
    draft: {
      ...draft,
      agentId: agentName ?? "default",
      sourceTimestamp: timestampAt(receivedMs),
      sourceFramework: STEP_DOOR,
    },
    asksRoot: true,
    step: { number: body.step, body: bodyDigest(rawBody, keys) },
  };
}
