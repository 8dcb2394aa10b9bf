import { type Adapter, currentSession, outcomeOfFailure, RecentMap } from "@caum/core/adapter";
import { outcomeOf, textOf, usageOf } from "./answers.ts";
import type {
  HostAbort,
  HostEmbedding,
  HostEvent,
  HostFailure,
  HostModelCall,
  HostObjectStep,
  HostPart,
  HostStart,
  HostStep,
  HostToolCall,
  HostToolRun,
} from "./host-events.ts";
import { resumedSession, userMessageOf, verdictsOfUser, type WaitingCalls } from "./messages.ts";
import { factsOf, keyOf, type Operation, responseOf, turnOf } from "./operation.ts";

const MAX_OPERATIONS = 10_000;

/** What the host reports of its operations, by callback or channel, told to the merger. */
export class Operations {
  readonly #adapter: Adapter;
  readonly #operations = new RecentMap<string, Operation>(MAX_OPERATIONS);
  readonly #waiting: WaitingCalls = new RecentMap(MAX_OPERATIONS);
  /** The host hands on one object at the start and at the end of an execution. */
  readonly #executions = new WeakMap<HostToolCall, string>();

  constructor(adapter: Adapter) {
    this.#adapter = adapter;
  }

  /** The same start comes from the callback and from the channel, in either order. */
  started(event: HostStart): void {
    if (event.callId === undefined || this.#operations.has(event.callId)) return;
    this.#adapter.hostIs(event.aiVersion);
    const operation = this.#open(event);
    const { calls } = this.#adapter;
    for (const { toolCallId, outcome } of verdictsOfUser(event.messages)) {
      calls.ended(keyOf(operation, { toolCallId }), outcome);
    }
    // What an agent is told by the tool that it is comes from no user.
    if (event.recordInputs === false || currentSession()?.agent !== undefined) return;
    const message = userMessageOf(event.messages ?? event.prompt);
    if (message === undefined) return;
    calls.observe(operation.session, { kind: "message", role: "user", content: message });
  }

  served(event: HostStart): void {
    this.started(event);
    this.of(event).isServed = true;
  }

  stepStarted(event: HostStep): void {
    const operation = this.of(event);
    if (event.stepNumber !== undefined) operation.step = event.stepNumber;
  }

  modelCallStarted(event: HostEvent): void {
    const operation = this.of(event);
    const { provider, modelId: model } = event;
    const { agent, callId: owner } = operation;
    this.#adapter.calls.turnStarted(turnOf(operation), { provider, model, agent, owner });
  }

  modelCallEnded(event: HostModelCall): void {
    const operation = this.of(event);
    const parts = event.content ?? [];
    const { provider, modelId: model, responseId, finishReason } = event;
    const requested = parts.filter(({ type }) => type === "tool-call");
    this.#adapter.calls.turnEnded(turnOf(operation), {
      ...usageOf(event.usage),
      provider,
      model,
      responseId,
      finishReason,
      agent: operation.agent,
      requestedTools: requested.length,
      content: event.recordOutputs === false ? undefined : textOf(parts),
    });
    this.#content(operation, parts, event);
  }

  /** Object generation has no tools and one step. */
  objectStepEnded(event: HostObjectStep): void {
    const text = event.objectText;
    this.modelCallEnded({ ...event, content: text ? [{ type: "text", text }] : [] });
  }

  toolStarted(event: HostToolRun): void {
    const call = event.toolCall;
    if (call?.toolCallId === undefined) return;
    const operation = this.of(event);
    const name = `${responseOf(operation)}/${call.toolCallId}`;
    const before = operation.begun.get(name) ?? 0;
    operation.begun.set(name, before + 1);
    const run = before === 0 ? name : `${name}/${before}`;
    this.#executions.set(call, run);
    const facts = { ...factsOf(operation, call, event), run };
    this.#adapter.calls.started(keyOf(operation, call), facts);
  }

  toolEnded(event: HostToolRun): void {
    const call = event.toolCall;
    if (call?.toolCallId === undefined) return;
    const operation = this.of(event);
    const isHidden = event.recordOutputs === false;
    const outcome = event.toolOutput ? outcomeOf(event.toolOutput, isHidden) : UNKNOWN;
    const durationMs = event.toolExecutionMs;
    const run = this.#executions.get(call) ?? `${responseOf(operation)}/${call.toolCallId}`;
    const facts = { ...factsOf(operation, call, event), run };
    this.#adapter.calls.ended(keyOf(operation, call), { ...outcome, durationMs }, facts);
  }

  /** Here are the calls that no execution told of: invalid, unknown, the client's, waiting. */
  stepEnded(event: HostStep): void {
    this.stepStarted(event);
    const operation = this.of(event);
    const parts = event.content ?? [];
    this.#content(operation, parts, event);
    for (const part of parts) this.#settled(operation, part, parts, event);
    const answered = new Set(parts.filter(isAnswer).map(({ toolCallId }) => toolCallId));
    for (const part of parts) {
      const isOpen = part.type === "tool-call" && !answered.has(part.toolCallId) && !part.invalid;
      if (!isOpen || part.toolCallId === undefined || part.providerExecuted) continue;
      this.#waiting.set(part.toolCallId, operation.session);
      this.#adapter.calls.pending(keyOf(operation, part));
    }
  }

  /** A step as the channel tells it, where the turn and its calls end at once. */
  stepEndedUnserved(event: HostStep): void {
    this.stepStarted(event);
    const { model, response } = event;
    const { provider, modelId } = model ?? {};
    const told = {
      ...(provider !== undefined && { provider }),
      ...(modelId !== undefined && { modelId }),
      ...(response?.id !== undefined && { responseId: response.id }),
    };
    this.modelCallEnded({ ...event, ...told });
    this.stepEnded(event);
  }

  ended(event: HostEvent): void {
    this.#close(event, "unresolved");
  }

  /** A time limit ends a stream like an abort does, and says so in its reason. */
  aborted(event: HostAbort): void {
    const { status } = outcomeOfFailure(event.reason);
    const turn = status === "timeout" ? status : "cancelled";
    this.#adapter.calls.turnFailed(this.of(event).callId, turn);
    this.#close(event, "cancelled");
  }

  failed(event: HostFailure): void {
    const { status } = outcomeOfFailure(lastOf(event.error));
    this.#adapter.calls.turnFailed(this.of(event).callId, status);
    this.#close(event, status === "cancelled" ? status : "unresolved");
  }

  embeddingEnded(event: HostEmbedding): void {
    const { session, agent, callId } = this.of(event);
    const { provider, modelId: model } = event;
    const turn = { session, id: event.embedCallId ?? callId };
    const usage = usageOf(event.usage);
    this.#adapter.calls.turnEnded(turn, {
      ...usage,
      provider,
      model,
      agent,
      finishReason: "embed",
    });
  }

  isServed(callId: string): boolean {
    return this.#operations.get(callId)?.isServed === true;
  }

  /** The operation of an event; events whose start was not seen open it. */
  of(event: HostEvent): Operation {
    return this.#operations.get(event.callId ?? "") ?? this.#open(event);
  }

  #open(event: HostStart): Operation {
    const callId = event.callId ?? "unknown";
    const around = currentSession();
    const session =
      sessionIn(event.runtimeContext) ??
      around?.id ??
      resumedSession(event.messages, this.#waiting) ??
      this.#adapter.options.session ??
      callId;
    const agent = event.functionId ?? around?.agent;
    const operation = { callId, session, agent, begun: new Map() };
    this.#operations.set(callId, operation);
    return operation;
  }

  #close(event: HostEvent, status: "unresolved" | "cancelled"): void {
    if (event.callId === undefined) return;
    // The operation stays known: the channel may speak of it once more.
    this.#adapter.calls.abandoned(event.callId, status);
  }

  /** What a model answered: calls, and results of those that the provider ran. */
  #content(operation: Operation, parts: readonly HostPart[], event: HostEvent): void {
    const copies = new Map<string, number>();
    for (const part of parts) {
      if (part.type !== "tool-call" || part.toolCallId === undefined) continue;
      const copy = copies.get(part.toolCallId) ?? 0;
      copies.set(part.toolCallId, copy + 1);
      const key = keyOf(operation, part);
      const facts = { ...factsOf(operation, part, event), copy };
      this.#adapter.calls.requested(key, facts);
      // A provider runs what it likes; the caller need not have declared it.
      if (!part.invalid || part.providerExecuted) continue;
      const { errorClass } = outcomeOf({ type: "tool-error", error: part.error }, false);
      this.#adapter.calls.ended(key, { status: "rejected", errorClass }, facts);
    }
    for (const part of parts) {
      if (part.providerExecuted) this.#settled(operation, part, parts, event);
    }
  }

  #settled(
    operation: Operation,
    part: HostPart,
    parts: readonly HostPart[],
    event: HostEvent,
  ): void {
    if (isResult(part) && part.toolCallId !== undefined) {
      const outcome = outcomeOf(part, event.recordOutputs === false);
      const { response, ...facts } = factsOf(operation, part, event);
      // A result may come in a later answer than its call, and belongs to the earlier one.
      const isOfThisAnswer = parts.some((one) => isRequestOf(one, part));
      const told = isOfThisAnswer ? { ...facts, response } : facts;
      this.#adapter.calls.ended(keyOf(operation, part), outcome, told);
      return;
    }
    const denied = part.type === "tool-output-denied" ? part : deniedIn(part);
    if (denied?.toolCallId === undefined) return;
    this.#adapter.calls.ended(keyOf(operation, denied), { status: "denied" });
  }
}

const UNKNOWN = { status: "unknown" } as const;

function isResult({ type }: HostPart): boolean {
  return type === "tool-result" || type === "tool-error";
}

function isAnswer(part: HostPart): boolean {
  return isResult(part) || part.type === "tool-output-denied";
}

function deniedIn({ type, approved, toolCall }: HostPart): HostToolCall | undefined {
  return type === "tool-approval-response" && approved === false ? toolCall : undefined;
}

function isRequestOf({ type, toolCallId }: HostPart, result: HostPart): boolean {
  return type === "tool-call" && toolCallId === result.toolCallId;
}

/** The failure of the last attempt, where several failed. */
function lastOf(error: unknown): unknown {
  return (error as { readonly lastError?: unknown } | null | undefined)?.lastError ?? error;
}

/** The session id that the user lets the host pass on (`telemetry.includeRuntimeContext`). */
function sessionIn(context: unknown): string | undefined {
  if (typeof context !== "object" || context === null) return undefined;
  const id = Object.getOwnPropertyDescriptor(context, "sessionId")?.value;
  return typeof id === "string" && id !== "" ? id : undefined;
}
