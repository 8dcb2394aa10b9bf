/** One record with what was found at it, flat, as the strip, the charts and the table read it. */
import { isStepRecord, isWeakness } from "@caum/core/health";
import type { RecordOf, StructuralRecord } from "@caum/core/verify";
import { messageAt } from "../doors/session/session-summary.ts";
import { patternOf, stepAssessmentOf } from "../doors/session/step-assessment.ts";
import { usdOf } from "../http/told-figures.ts";
import type { KeptSessionFacts } from "../ingest/intake.ts";
import type { StoredRecord } from "../ingest/ledger.ts";
import type { Standing } from "../ingest/standing.ts";

/** Absent values are left out: a page holds thousands of rows. */
export function stepRowOf(
  { index, leaf, line, receivedMs, standing }: StoredRecord,
  facts: KeptSessionFacts,
) {
  const stored = JSON.parse(line); // A stored line is a record or a tombstone.
  const place = { index, leaf };
  if ("tombstone" in stored) {
    const at = new Date(receivedMs).toISOString();
    return { ...place, at, category: "deleted", name: "deleted", run_id: stored.tombstone.run };
  }
  const record: StructuralRecord = stored;
  return {
    ...place,
    at: record.sourceTimestamp,
    category: record.category,
    run_id: record.runId,
    previous_hash: record.previousHash,
    ...contentOf(record),
    ...(standing && isStepRecord(record) && assessmentOf(standing, record, facts)),
  };
}

function contentOf(record: StructuralRecord) {
  switch (record.category) {
    case "tool_api":
      return callOf(record.payload);
    case "reasoning":
      return speechOf(record.payload);
    case "lifecycle":
      return lifecycleOf(record.payload);
    case "environment":
      return { name: record.payload.kind };
    default:
      return { name: record.category };
  }
}

function callOf(payload: RecordOf<"tool_api">["payload"]) {
  const { inputTokens = 0, outputTokens = 0, totalTokens = inputTokens + outputTokens } = payload;
  return {
    name: payload.toolName,
    op: payload.op,
    status: payload.status,
    duration_ms: payload.durationMs,
    arguments_bytes: payload.argumentsBytes,
    result_bytes: payload.resultBytes,
    agent_tag: payload.agentTag,
    server_tag: payload.serverTag,
    ...spent(totalTokens, payload.costNanoUsd),
  };
}

function speechOf(payload: RecordOf<"reasoning">["payload"]) {
  return {
    kind: payload.kind,
    name: payload.model ?? payload.role ?? payload.kind,
    status: payload.status,
    duration_ms: payload.durationMs,
    result_bytes: payload.messageBytes,
    agent_tag: payload.agentTag,
    ...spent((payload.inputTokens ?? 0) + (payload.outputTokens ?? 0), payload.costNanoUsd),
  };
}

function spent(tokens: number, costNanoUsd: number | undefined) {
  return {
    ...(tokens > 0 && { tokens }),
    ...(costNanoUsd !== undefined && { cost_usd: usdOf(costNanoUsd) }),
  };
}

function lifecycleOf(payload: RecordOf<"lifecycle">["payload"]) {
  const named = { kind: payload.type, name: payload.type };
  if (payload.type === "drop") return { ...named, dropped: payload.count };
  if (payload.type !== "open") return named;
  return {
    ...named,
    run: {
      layer: payload.layer,
      view: payload.view,
      writer: `${payload.writer} ${payload.writerVersion}`,
      agent_name: payload.agentName,
      continues_run: payload.continuesRun,
    },
  };
}

function assessmentOf(standing: Standing, record: StructuralRecord, facts: KeptSessionFacts) {
  // What merely lowers the score is no loop, and no bracket over the steps.
  const pattern =
    standing.pattern && isWeakness(standing.pattern.rule) ? undefined : standing.pattern;
  const message = messageAt(standing, record, facts);
  return {
    ...stepAssessmentOf(standing),
    ...(pattern && { pattern: patternOf(pattern) }),
    ...(message !== null && { message }),
  };
}
