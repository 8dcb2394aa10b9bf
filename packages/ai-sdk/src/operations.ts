import { type Adapter, type CallFacts, type CallKey, currentSession, RecentMap } from "@caum/core";
import { outcomeOf, textOf, usageOf } from "./answers.ts";
import type {
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

/** One call of generateText, streamText or another function of the host. */
export interface Operation {
  readonly callId: string;
  readonly session: string;
  /** The agent of a tool that started it, or the name that the user gave the function. */
  readonly agent: string | undefined;
  /** Absent before the first step, where approved calls of an earlier operation run. */
  step?: number;
  /** Our callbacks are called: what the diagnostics channel says is known already. */
  isServed?: boolean;
}

const MAX_OPERATIONS = 10_000;
const TESTED_MAJOR = "7";

/** What the host reports of its operations, by callback or channel, told to the merger. */
export class Operations {
  readonly #adapter: Adapter;
  readonly #operations = new RecentMap<string, Operation>(MAX_OPERATIONS);
  readonly #waiting: WaitingCalls = new RecentMap(MAX_OPERATIONS);

  constructor(adapter: Adapter) {
    this.#adapter = adapter;
  }

  /** The same start comes from the callback and from the channel, in either order. */
  started(event: HostStart): void {
    if (event.callId === undefined || this.#operations.has(event.callId)) return;
    this.#checkVersion(event.aiVersion);
    const operation = this.#open(event);
    const { calls } = this.#adapter;
    for (const { toolCallId, outcome } of verdictsOfUser(event.messages)) {
      calls.ended({ session: operation.session, toolCallId }, outcome);
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
    for (const part of parts) this.#requestedOrAnswered(operation, part, event);
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
    this.#adapter.calls.started(keyOf(operation, call), factsOf(operation, call, event));
  }

  toolEnded(event: HostToolRun): void {
    const call = event.toolCall;
    if (call?.toolCallId === undefined) return;
    const operation = this.of(event);
    const isHidden = event.recordOutputs === false;
    const outcome = event.toolOutput ? outcomeOf(event.toolOutput, isHidden) : UNKNOWN;
    const durationMs = event.toolExecutionMs;
    const facts = factsOf(operation, call, event);
    this.#adapter.calls.ended(keyOf(operation, call), { ...outcome, durationMs }, facts);
  }

  /** Here are the calls that no execution told of: invalid, unknown, the client's, waiting. */
  stepEnded(event: HostStep): void {
    this.stepStarted(event);
    const operation = this.of(event);
    const parts = event.content ?? [];
    for (const part of parts) this.#requestedOrAnswered(operation, part, event);
    for (const part of parts) this.#settled(operation, part, event);
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

  aborted(event: HostEvent): void {
    this.#close(event, "cancelled");
  }

  failed(event: HostFailure): void {
    const operation = this.of(event);
    this.#adapter.calls.turnFailed(operation.callId);
    this.#close(event, "unresolved");
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
    const operation = { callId, session, agent: event.functionId ?? around?.agent };
    this.#operations.set(callId, operation);
    return operation;
  }

  #close(event: HostEvent, status: "unresolved" | "cancelled"): void {
    if (event.callId === undefined) return;
    // The operation stays known: the channel may speak of it once more.
    this.#adapter.calls.abandoned(event.callId, status);
  }

  #requestedOrAnswered(operation: Operation, part: HostPart, event: HostEvent): void {
    if (part.type !== "tool-call" || part.toolCallId === undefined) {
      if (part.providerExecuted) this.#settled(operation, part, event);
      return;
    }
    const key = keyOf(operation, part);
    const facts = factsOf(operation, part, event);
    this.#adapter.calls.requested(key, facts);
    if (!part.invalid) return;
    const { errorClass } = outcomeOf({ type: "tool-error", error: part.error }, false);
    this.#adapter.calls.ended(key, { status: "rejected", errorClass }, facts);
  }

  #settled(operation: Operation, part: HostPart, event: HostEvent): void {
    if (isResult(part) && part.toolCallId !== undefined) {
      const outcome = outcomeOf(part, event.recordOutputs === false);
      const facts = factsOf(operation, part, event);
      this.#adapter.calls.ended(keyOf(operation, part), outcome, facts);
      return;
    }
    const denied = part.type === "tool-output-denied" ? part : deniedIn(part);
    if (denied?.toolCallId === undefined) return;
    this.#adapter.calls.ended(keyOf(operation, denied), { status: "denied" });
  }

  #checkVersion(version: string | undefined): void {
    if (version === undefined || version.split(".")[0] === TESTED_MAJOR) return;
    const message = `ai ${version} is untested; ${TESTED_MAJOR} is what this adapter was built for`;
    this.#adapter.blind({ code: "host_version_untested", message });
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

function turnOf({ session, callId, step = 0 }: Operation) {
  return { session, id: `${callId}/${step}` };
}

function keyOf({ session }: Operation, { toolCallId = "" }: HostToolCall): CallKey {
  return { session, toolCallId };
}

function factsOf(operation: Operation, call: HostToolCall, event: HostEvent): CallFacts {
  const { callId, step = "resumed", agent } = operation;
  const response = `${callId}/${step}`;
  const server = call.toolMetadata?.clientName;
  return {
    tool: call.toolName ?? "unknown",
    arguments: event.recordInputs === false ? undefined : call.input,
    response,
    run: `${response}/${call.toolCallId}`,
    owner: callId,
    agent,
    ...(typeof server === "string" && { server }),
  };
}

/** The session id that the user lets the host pass on (`telemetry.includeRuntimeContext`). */
function sessionIn(context: unknown): string | undefined {
  if (typeof context !== "object" || context === null) return undefined;
  const id = Object.getOwnPropertyDescriptor(context, "sessionId")?.value;
  return typeof id === "string" && id !== "" ? id : undefined;
}
