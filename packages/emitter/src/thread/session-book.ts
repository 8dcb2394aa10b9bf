/** Sessions that are under way, and what is said of each of their records. */
import type { Emission, EmittedSession, EmittedStanding } from "@caum/core";
import type { PayloadDraft } from "@caum/core/adapter";
import {
  type Attributes,
  type Context,
  type Link,
  ROOT_CONTEXT,
  type Span,
  SpanStatusCode,
  type Tracer,
  trace,
} from "@opentelemetry/api";
import { type Instruments, present } from "./instruments.ts";
import { type LoopEdge, LoopWatch } from "./loop-watch.ts";
import { type Operation, operationOf, usedBy } from "./operation.ts";
import type { SessionIds } from "./sdk.ts";

/** As many as one observer keeps open. */
const MAX_SESSIONS = 2_000;
/** A session that is silent for so long is sent; what comes later is sent as another part of it. */
const SILENT_MS = 10 * 60_000;
/** Calls of one session by which a second telling of the same one is known. */
const MAX_CALLS = 1_000;
const SAMPLED = 1;

interface OpenSession {
  readonly session: EmittedSession;
  readonly span: Span;
  readonly loops: LoopWatch;
  readonly calls: Set<string>;
  /** The latest event, and when the latest emission came. */
  atMs: number;
  seenMs: number;
  loopCount: number;
  loopSteps: number;
  standing: EmittedStanding | undefined;
}

export class SessionBook {
  readonly #tracer: Tracer;
  readonly #ids: SessionIds;
  readonly #instruments: Instruments;
  readonly #open = new Map<string, OpenSession>();

  constructor(tracer: Tracer, ids: SessionIds, instruments: Instruments) {
    this.#tracer = tracer;
    this.#ids = ids;
    this.#instruments = instruments;
  }

  take(emission: Emission): void {
    const { session, atMs, record } = emission;
    if (record === undefined) {
      const open = this.#open.get(session.traceId);
      if (open) this.#end(open, Math.max(open.atMs, atMs), emission.standing);
      return;
    }
    const operation = operationOf(record, session.layer);
    const open = this.#openOf(session, atMs - (operation?.durationMs ?? 0));
    open.atMs = Math.max(open.atMs, atMs);
    open.seenMs = Date.now();
    open.standing = emission.standing ?? open.standing;
    this.#measureLag(emission);
    const edge = this.#moveLoop(open, emission.standing);
    const isKnown = operation?.callId !== undefined && isRepeated(open.calls, operation.callId);
    if (operation === undefined || isKnown) {
      if (edge) addEvent(open.span, edge, open, atMs);
      return;
    }
    this.#measure(open, operation, record);
    this.#emit(open, operation, emission, edge);
  }

  /** Ends what nobody spoke of for long. */
  endSilent(nowMs: number): void {
    for (const open of [...this.#open.values()]) {
      if (nowMs - open.seenMs >= SILENT_MS) this.#end(open, open.atMs, undefined);
    }
  }

  endAll(): void {
    for (const open of [...this.#open.values()]) this.#end(open, open.atMs, undefined);
  }

  #openOf(session: EmittedSession, startMs: number): OpenSession {
    const known = this.#open.get(session.traceId);
    if (known) {
      // The latest is the last of the map.
      this.#open.delete(session.traceId);
      this.#open.set(session.traceId, known);
      return known;
    }
    const [idlest] = this.#open.size >= MAX_SESSIONS ? this.#open.values() : [];
    if (idlest) this.#end(idlest, idlest.atMs, undefined);
    const open: OpenSession = {
      session,
      span: this.#startSession(session, startMs),
      loops: new LoopWatch(),
      calls: new Set(),
      atMs: startMs,
      seenMs: Date.now(),
      loopCount: 0,
      loopSteps: 0,
      standing: undefined,
    };
    this.#open.set(session.traceId, open);
    this.#instruments.sessions.add(1, agentOf(session));
    return open;
  }

  #startSession(session: EmittedSession, startMs: number): Span {
    const { agentId, agentName = agentId } = session;
    this.#ids.next = session.traceId;
    const span = this.#tracer.startSpan(
      `invoke_agent ${agentName}`,
      {
        root: true,
        startTime: new Date(startMs),
        attributes: present({
          "gen_ai.operation.name": "invoke_agent",
          ...inConversation(session),
          "gen_ai.agent.id": agentId,
          "caum.run.id": session.runId,
          "caum.page.url": session.page,
        }),
      },
      ROOT_CONTEXT,
    );
    this.#ids.next = undefined;
    return span;
  }

  #moveLoop(open: OpenSession, standing: EmittedStanding | undefined): LoopEdge | undefined {
    if (standing === undefined) return undefined;
    const { edge, steps } = open.loops.move(standing);
    const agent = agentOf(open.session);
    if (steps > 0) this.#instruments.loopSteps.add(steps, agent);
    open.loopSteps += steps;
    if (edge?.kind !== "entered") return edge;
    this.#instruments.loops.add(1, { ...agent, "caum.loop.rule": edge.loop.rule });
    open.loopCount += 1;
    return edge;
  }

  #emit(
    open: OpenSession,
    operation: Operation,
    { atMs, parent }: Emission,
    edge: LoopEdge | undefined,
  ): void {
    const { name, kind, durationMs, attributes, errorType } = operation;
    const { context, links } = placeOf(open.span, parent);
    const span = this.#tracer.startSpan(
      name,
      {
        kind,
        links,
        startTime: new Date(atMs - durationMs),
        attributes: {
          ...attributes,
          ...inConversation(open.session),
          "caum.step": open.loops.step,
          "caum.loop.active": open.loops.isLooping,
        },
      },
      context,
    );
    // Its text is content; the kind of the failure is in `error.type`.
    if (errorType !== undefined) span.setStatus({ code: SpanStatusCode.ERROR });
    if (edge) addEvent(span, edge, open, atMs);
    span.end(new Date(atMs));
  }

  #measure({ session }: OpenSession, operation: Operation, record: PayloadDraft): void {
    const { duration, mcpDuration, tokenUsage, tokens, cost } = this.#instruments;
    const agent = agentOf(session);
    const used = usedBy(record);
    const { measured, durationMs, isMcp } = operation;
    if (durationMs > 0) (isMcp ? mcpDuration : duration).record(durationMs / 1_000, measured);
    if (used.tokens > 0) tokens.add(used.tokens, agent);
    if (used.costUsd > 0) cost.add(used.costUsd, agent);
    if (record.category !== "reasoning") return;
    for (const type of ["input", "output"] as const) {
      const count = used[`${type}Tokens`];
      if (count > 0) tokenUsage.record(count, { ...measured, "gen_ai.token.type": type });
    }
  }

  #measureLag({ atMs, receivedMs }: Emission): void {
    if (receivedMs === undefined) return;
    this.#instruments.lag.record(Math.max(0, receivedMs - atMs) / 1_000);
  }

  #end(open: OpenSession, atMs: number, standing: EmittedStanding | undefined): void {
    const { span, session, loops, loopCount, loopSteps } = open;
    this.#open.delete(session.traceId);
    const edge = loops.end();
    if (edge) addEvent(span, edge, open, atMs);
    const { step, tier, regime, uds } = standing ?? open.standing ?? {};
    span.setAttributes(
      present({
        "caum.steps": step,
        "caum.tier": tier,
        "caum.regime": regime,
        "caum.uds": uds,
        "caum.loops": loopCount,
        "caum.loop.steps": loopSteps,
      }),
    );
    span.end(new Date(atMs));
  }
}

/** In the trace of whoever asked for it, else in that of the session; either way it leads to both. */
function placeOf(
  session: Span,
  parent: Emission["parent"],
): { readonly context: Context; readonly links: Link[] } {
  const own = trace.setSpan(ROOT_CONTEXT, session);
  if (parent === undefined) return { context: own, links: [] };
  const { traceId, spanId, isSampled } = parent;
  const remote = { traceId, spanId, traceFlags: isSampled ? SAMPLED : 0, isRemote: true };
  // Nobody keeps a trace that is not sampled: a loop would be seen nowhere.
  if (!isSampled) return { context: own, links: [{ context: remote }] };
  const links = [{ context: session.spanContext() }];
  return { context: trace.setSpanContext(ROOT_CONTEXT, remote), links };
}

function addEvent(span: Span, edge: LoopEdge, { session }: OpenSession, atMs: number): void {
  const { rule, period, cycles, fromStep, tools } = edge.loop;
  span.addEvent(
    `caum.loop.${edge.kind}`,
    present({
      "caum.loop.rule": rule,
      "caum.loop.period": period,
      "caum.loop.cycles": cycles,
      "caum.loop.from_step": fromStep,
      "caum.loop.tools": [...tools],
      "caum.loop.steps": edge.kind === "ended" ? edge.steps : undefined,
      "caum.page.url": session.page,
    }),
    new Date(atMs),
  );
}

function inConversation({ id, agentId, agentName = agentId }: EmittedSession): Attributes {
  return { "gen_ai.conversation.id": id, "gen_ai.agent.name": agentName };
}

function agentOf({ agentId }: EmittedSession): Attributes {
  return { "gen_ai.agent.name": agentId };
}

/** Two layers may tell of one call: its hook and the server in front of which we stand. */
function isRepeated(calls: Set<string>, id: string): boolean {
  if (calls.has(id)) return true;
  calls.add(id);
  const [oldest] = calls.size > MAX_CALLS ? calls : [];
  if (oldest !== undefined) calls.delete(oldest);
  return false;
}
