import type { Op } from "@caum/core";
import {
  type Adapter,
  type CallKey,
  type CallOutcome,
  outcomeOfFailure,
  RecentMap,
} from "@caum/core/adapter";
import {
  answeredId,
  callIn,
  callInText,
  type HostMessage,
  type HostToolCall,
  lastToolMessages,
  messagesOf,
  outcomeOfOutput,
  toolCallsOf,
  turnOf,
  userMessageOf,
} from "./messages.ts";
import { type Execution, type Metadata, type Run, Runs } from "./runs.ts";

/** A tool or a retriever that begins to run. */
export interface ToolStart {
  readonly runId: string;
  readonly parentRunId?: string | undefined;
  readonly metadata?: Metadata | undefined;
  readonly name: string;
  readonly input: string;
  readonly toolCallId?: string | undefined;
  readonly op?: Op | undefined;
}

const MAX_HEARD = 10_000;
/** The class of the error for arguments that do not fit a tool. */
const MISFIT = "ToolInputParsingException";

/** What the host reports of its runs, told to the merger. */
export class Observations {
  readonly adapter: Adapter;
  readonly #runs: Runs;
  /** Roots whose user was heard: the retry of a model call asks the same again. */
  readonly #heard = new RecentMap<string, true>(MAX_HEARD);

  constructor(adapter: Adapter) {
    this.adapter = adapter;
    this.#runs = new Runs(adapter.options.session, (id) => adapter.observer.hostSession(id));
  }

  /** @param others the parent is the one that is a run, the name may be any of the others */
  chainStarted(
    runId: string,
    others: readonly (string | undefined)[],
    metadata?: Metadata,
    inputs?: unknown,
  ): void {
    const parentId = others.find((id) => id !== undefined && this.#runs.get(id));
    const parent = parentId === undefined ? undefined : this.#runs.get(parentId);
    const run = this.#runs.start(runId, parentId, metadata);
    const call = callIn(inputs);
    if (!run) return;
    // A runnable that serves as a tool fires the callbacks of a chain, and is named like the tool.
    const isTool = call !== undefined && others.includes(call.name) && !parent?.call;
    if (isTool) {
      const { key, facts } = this.#executionOf(run, { ...call, name: call.name ?? "unknown" });
      const { run: _, ...told } = facts;
      run.call = { key, facts: told, startedAt: performance.now() };
    }
    this.#runs.enter(run, isTool ? call.name : undefined);
  }

  /** An agent that ends with calls nobody executed waits for a person or its caller. */
  chainEnded(runId: string, outputs: unknown): void {
    const run = this.#runs.end(runId);
    if (run?.call) this.#runnableEnded(run.call, outcomeOfOutput(outputs));
    if (run?.root !== runId) return;
    this.#answers(run, messagesOf((outputs as { readonly messages?: unknown })?.messages));
    this.adapter.calls.allPending(runId);
  }

  chainFailed(runId: string, error: unknown): void {
    const run = this.#runs.end(runId);
    if (run?.call && !isInterrupt(error)) this.#runnableEnded(run.call, outcomeOfTool(error));
    if (run?.root !== runId) return;
    if (isInterrupt(error)) this.adapter.calls.allPending(runId);
    else this.adapter.calls.abandoned(runId, isAbort(error) ? "cancelled" : "unresolved");
  }

  modelStarted(
    runId: string,
    parentId: string | undefined,
    metadata: Metadata | undefined,
    conversation: unknown,
  ): void {
    const run = this.#runs.start(runId, parentId, metadata);
    if (!run) return;
    this.#checkVersion(metadata);
    const messages = messagesOf(conversation);
    this.#answers(run, messages);
    const said = run.isInsideTool ? undefined : userMessageOf(messages);
    const { calls } = this.adapter;
    if (said !== undefined && !this.#heard.has(run.root)) {
      this.#heard.set(run.root, true);
      calls.observe(run.session, { kind: "message", role: "user", content: said });
    }
    calls.turnStarted(run, {
      provider: textIn(metadata, "ls_provider"),
      model: textIn(metadata, "ls_model_name"),
      agent: run.agent,
      owner: run.root,
    });
  }

  modelEnded(runId: string, output: unknown): void {
    const run = this.#runs.end(runId);
    if (!run) return;
    const { generations, llmOutput } = (output ?? {}) as Answer;
    const [first] = messagesOf(generations?.[0]) as readonly Generation[];
    const message: HostMessage = first?.message ?? { content: first?.text };
    this.adapter.calls.turnEnded(run, turnOf(message, llmOutput));
    const copies = new Map<string, number>();
    const requested = (call: HostToolCall, id: string) => {
      const copy = copies.get(id) ?? 0;
      copies.set(id, copy + 1);
      return this.#requested(run, call, id, copy);
    };
    for (const [index, call] of toolCallsOf(message.tool_calls).entries()) {
      requested(call, call.id ?? `${runId}/${index}`);
    }
    for (const [index, call] of toolCallsOf(message.invalid_tool_calls).entries()) {
      const key = requested(call, call.id ?? `${runId}/!${index}`);
      this.adapter.calls.ended(key, { status: "rejected" });
    }
  }

  modelFailed(runId: string, error: unknown): void {
    const run = this.#runs.end(runId);
    if (!run) return;
    const { status } = outcomeOfFailure(error);
    this.adapter.calls.turnEnded(run, { status });
  }

  toolStarted(start: ToolStart): void {
    const run = this.#runs.start(start.runId, start.parentRunId, start.metadata);
    if (!run) return;
    this.#checkVersion(start.metadata);
    const { name, input, toolCallId, op } = start;
    const { id, args } = callInText(input) ?? {};
    const execution = this.#executionOf(run, { id: toolCallId ?? id, name, args, input, op });
    run.call = execution;
    this.#runs.enter(run, name);
    this.adapter.calls.started(execution.key, execution.facts);
  }

  toolEnded(runId: string, output: unknown): void {
    const call = this.#runs.end(runId)?.call;
    if (!call) return;
    const { key, facts } = call;
    const toolCallId = key.toolCallId ?? answeredId(output);
    this.adapter.calls.ended({ ...key, toolCallId }, outcomeOfOutput(output), facts);
  }

  toolFailed(runId: string, error: unknown): void {
    const call = this.#runs.end(runId)?.call;
    if (!call) return;
    if (isInterrupt(error)) this.adapter.calls.pending(call.key, call.facts);
    else this.adapter.calls.ended(call.key, outcomeOfFailure(error), call.facts);
  }

  #executionOf(run: Run, { id, name, args, input, op }: Executed) {
    const { id: runId, root: owner, agent } = run;
    const argumentsText = args === undefined ? input : undefined;
    const facts = { tool: name, run: runId, owner, agent, op, arguments: args, argumentsText };
    return { key: keyOf(run, id), facts };
  }

  #requested(run: Run, call: HostToolCall, toolCallId: string, copy: number) {
    const key = keyOf(run, toolCallId);
    const { agent, root: owner, id: response } = run;
    const { name: tool = "unknown", args } = call;
    const argumentsText = textOf(args);
    const facts = { tool, arguments: args, argumentsText, response, copy, agent, owner };
    this.adapter.calls.requested(key, facts);
    return key;
  }

  /** A runnable may itself run a tool, and then that was the call. */
  #runnableEnded({ key, facts, startedAt = 0 }: Execution, outcome: CallOutcome): void {
    if (this.adapter.calls.stateOf(key) === undefined) return;
    const durationMs = Math.round(performance.now() - startedAt);
    this.adapter.calls.ended(key, { ...outcome, durationMs }, facts);
  }

  /**
   * Invalid arguments and unknown tools fire no callback: the model is just told of an error. A
   * call that waited for a person was not rejected but denied.
   */
  #answers(run: Run, messages: readonly HostMessage[]): void {
    for (const message of lastToolMessages(messages)) {
      const key = keyOf(run, String(message.tool_call_id));
      const state = this.adapter.calls.stateOf(key);
      if (state === undefined) continue;
      const { content: result, status } = message;
      if (state === "running") this.adapter.calls.answered(key, { result });
      else if (status === "success") this.adapter.calls.answered(key, { status: "ok", result });
      else if (status !== "error") this.adapter.calls.answered(key, { result });
      else if (state === "waiting") this.adapter.calls.ended(key, { status: "denied" });
      else this.adapter.calls.ended(key, { status: "rejected", result });
    }
  }

  #checkVersion(metadata: Metadata | undefined): void {
    const version = (metadata?.versions as Metadata | undefined)?.["@langchain/core"];
    if (typeof version === "string") this.adapter.hostIs(version);
  }
}

/** What is executed: `args`, or the text of them. */
interface Executed {
  readonly id?: string | undefined;
  readonly name: string;
  readonly args?: unknown;
  readonly input?: string;
  readonly op?: Op | undefined;
}

interface Answer {
  readonly generations?: readonly unknown[];
  readonly llmOutput?: unknown;
}

interface Generation {
  readonly message?: HostMessage;
  readonly text?: string;
}

function keyOf({ session, within, inside }: Run, toolCallId: string | undefined): CallKey {
  return { session, toolCallId, within, inside };
}

/** A graph stops by throwing when a node asks a person, or hands over to another graph. */
function isInterrupt(error: unknown): boolean {
  return (error as { readonly is_bubble_up?: unknown } | null | undefined)?.is_bubble_up === true;
}

function isAbort(error: unknown): boolean {
  return outcomeOfFailure(error).status === "cancelled";
}

function textIn(metadata: Metadata | undefined, key: string): string | undefined {
  const value = metadata?.[key];
  return typeof value === "string" ? value : undefined;
}

/** The JSON that the host hands on as the input of an execution with these arguments. */
function textOf(args: unknown): string | undefined {
  return args === undefined ? undefined : JSON.stringify(args);
}

/** A runnable checks its arguments itself, as a part of what it does. */
function outcomeOfTool(error: unknown): CallOutcome {
  const outcome = outcomeOfFailure(error);
  // The host's class has no name of its own.
  const isRejected = error instanceof Error && error.constructor.name === MISFIT;
  return isRejected ? { ...outcome, status: "rejected" } : outcome;
}
