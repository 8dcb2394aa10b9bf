/** What is remembered of a session, from its row. */
import {
  decodeRemembered,
  decodeStructure,
  type RememberedSession,
  type SessionProfile,
} from "@caum/workflows";
import type { SessionRow } from "../../ingest/session-row.ts";
import { failureRiskIn } from "../../ingest/standing.ts";
import type { KeyedProfile } from "../../rows/memory-rows.ts";
import type { SessionView } from "../store.ts";
import { integer, optional, type Row, text } from "./columns.ts";

/** The columns of `sessions` that {@link profileIn} reads. */
export const PROFILE_COLUMNS = `key, id, facts, origins, ended, resolved, tokens, cost_nano_usd, totals,
  steps, first_ms, active_ms, last_ms, standing, figures, loops, loop_steps, loop_cost_nano_usd,
  structure`;

type Profiled = Pick<
  SessionView,
  "id" | "facts" | "origins" | "ended" | "resolved" | "firstMs" | "activeMs" | "loops" | "structure"
> & {
  readonly standing: Pick<SessionView["standing"], "step" | "failureRisk">;
  readonly totals: Pick<SessionView["totals"], "totalTokens" | "costNanoUsd" | "durationMs">;
  readonly figures: Pick<SessionView["figures"], "engine">;
};

/** What is remembered of a session; undefined where its structure is not known. */
export function profileOf(session: Profiled): SessionProfile | undefined {
  const { id, facts, origins, standing, totals, loops, structure, resolved } = session;
  if (structure === undefined) return undefined;
  const { workflow, cohort, taskTag } = facts;
  const agent = facts.agentName ?? facts.agentId;
  const { totalTokens: tokens, costNanoUsd, durationMs } = totals;
  return {
    sessionId: id,
    ...(workflow !== undefined && { workflow }),
    agent,
    ...(structure.client !== undefined && { client: structure.client }),
    servers: origins.servers ?? [],
    ...(cohort !== undefined && { cohort }),
    ...(taskTag !== undefined && { taskTag }),
    startedMs: session.firstMs,
    endedMs: session.activeMs,
    ended: session.ended,
    ...(resolved !== undefined && { resolved }),
    steps: standing.step,
    loops: loops.count,
    loopSteps: loops.steps,
    loopCostNanoUsd: loops.costNanoUsd,
    reviewed: structure.reviewSteps > 0,
    // What nobody told adds up to 0; a session that really used none is as good as that.
    ...(tokens > 0 && { tokens }),
    ...(costNanoUsd > 0 && { costNanoUsd }),
    ...(durationMs > 0 && { durationMs }),
    failureRisk: standing.failureRisk,
    engine: session.figures.engine,
    structure,
  };
}

/** The same of a row with a structure. */
export function profileIn(row: Row): KeyedProfile {
  const resolved = optional(row, "resolved", integer);
  // Only the ledgers write these texts.
  const facts = JSON.parse(text(row, "facts")) as SessionRow["facts"];
  const origins = JSON.parse(text(row, "origins")) as SessionRow["origins"];
  const { durationMs } = JSON.parse(text(row, "totals")) as SessionRow["totals"];
  const profile = profileOf({
    id: text(row, "id"),
    facts,
    origins,
    ended: integer(row, "ended") !== 0,
    resolved: resolved === undefined ? undefined : resolved === 1,
    firstMs: integer(row, "first_ms"),
    activeMs: optional(row, "active_ms", integer) ?? integer(row, "last_ms"),
    standing: { step: integer(row, "steps"), failureRisk: failureRiskIn(text(row, "standing")) },
    totals: {
      totalTokens: integer(row, "tokens"),
      costNanoUsd: integer(row, "cost_nano_usd"),
      durationMs,
    },
    figures: JSON.parse(text(row, "figures")) as SessionView["figures"],
    loops: {
      count: integer(row, "loops"),
      steps: integer(row, "loop_steps"),
      costNanoUsd: integer(row, "loop_cost_nano_usd"),
      worstTier: "T1",
    },
    structure: decodeStructure(text(row, "structure")),
  });
  if (profile === undefined) throw new TypeError("a row without a structure has no profile");
  return { key: integer(row, "key"), profile };
}

/** The columns of `sessions` that {@link rememberedIn} reads. */
export const REMEMBERED_COLUMNS = `key, id, facts, origins, ended, resolved, tokens, cost_nano_usd, totals,
  steps, first_ms, active_ms, last_ms, loops, loop_steps, loop_cost_nano_usd, structure`;

/** What the memory of workflows asks for of a row with a structure: the same as its profile says. */
export function rememberedIn(row: Row): RememberedSession {
  // Only the ledgers write these texts.
  const facts = JSON.parse(text(row, "facts")) as SessionRow["facts"];
  const origins = JSON.parse(text(row, "origins")) as SessionRow["origins"];
  const { durationMs } = JSON.parse(text(row, "totals")) as SessionRow["totals"];
  const structure = decodeRemembered(text(row, "structure"));
  const resolved = optional(row, "resolved", integer);
  return {
    sessionId: text(row, "id"),
    workflow: facts.workflow,
    agent: facts.agentName ?? facts.agentId,
    client: structure.client,
    servers: origins.servers ?? [],
    cohort: facts.cohort,
    startedMs: integer(row, "first_ms"),
    endedMs: optional(row, "active_ms", integer) ?? integer(row, "last_ms"),
    ended: integer(row, "ended") !== 0,
    resolved: resolved === undefined ? undefined : resolved === 1,
    steps: integer(row, "steps"),
    loops: integer(row, "loops"),
    loopSteps: integer(row, "loop_steps"),
    loopCostNanoUsd: integer(row, "loop_cost_nano_usd"),
    reviewed: structure.reviewSteps > 0,
    tokens: toldOf(integer(row, "tokens")),
    costNanoUsd: toldOf(integer(row, "cost_nano_usd")),
    durationMs: toldOf(durationMs),
    structure,
  };
}

/** What nobody told adds up to 0; a session that really used none is as good as that. */
function toldOf(sum: number): number | undefined {
  return sum > 0 ? sum : undefined;
}
