import { type Adapter, type Op, outcomeOfFailure, RecentMap } from "@caum/core";
import {
  type HostMessage,
  lastToolMessages,
  messagesOf,
  outcomeOfOutput,
  toolCallsOf,
  turnOf,
  userMessageOf,
} from "./messages.ts";
import { type Metadata, type Run, Runs } from "./runs.ts";

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

/** Longer input is not parsed; it is digested as the text that it is. */
const MAX_PARSED = 256 * 1024;
const MAX_HEARD = 10_000;
const TESTED_MAJOR = "1";

/** What the host reports of its runs, told to the merger. */
export class Observations {
  readonly adapter: Adapter;
  readonly #runs: Runs;
  /** Roots whose user was heard: the retry of a model call asks the same again. */
  readonly #heard = new RecentMap<string, true>(MAX_HEARD);

  constructor(adapter: Adapter) {
    this.adapter = adapter;
    this.#runs = new Runs(adapter.options.session);
  }

  /** @param parents the parent is the one that is a run */
  chainStarted(runId: string, parents: readonly (string | undefined)[], metadata?: Metadata): void {
    const parent = parents.find((id) => id !== undefined && this.#runs.get(id));
    this.#runs.start(runId, parent, metadata);
  }

  /** An agent that ends with calls nobody executed waits for a person or its caller. */
  chainEnded(runId: string, outputs: unknown): void {
    const run = this.#runs.end(runId);
    if (run?.root !== runId) return;
    this.#rejected(run, messagesOf((outputs as { readonly messages?: unknown })?.messages));
    this.adapter.calls.allPending(runId);
  }

  chainFailed(runId: string, error: unknown): void {
    const run = this.#runs.end(runId);
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
    this.#rejected(run, messages);
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
    for (const [index, call] of toolCallsOf(message.tool_calls).entries()) {
      this.#requested(run, call.id ?? `${runId}/${index}`, call.name, call.args);
    }
    for (const [index, call] of toolCallsOf(message.invalid_tool_calls).entries()) {
      const key = this.#requested(run, call.id ?? `${runId}/!${index}`, call.name, call.args);
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
    const { runId, name, input, toolCallId, op } = start;
    const run = this.#runs.start(runId, start.parentRunId, start.metadata);
    if (!run) return;
    this.#checkVersion(start.metadata);
    const key = { session: run.session, toolCallId: toolCallId ?? runId, within: run.within };
    const isKnown = this.adapter.calls.stateOf(key) !== undefined;
    const facts = {
      tool: name,
      run: runId,
      owner: run.root,
      agent: run.agent,
      op,
    };
    this.#runs.executes(run, key, facts);
    // What a model requested is digested already; nothing of the input is held.
    const values = isKnown ? {} : { arguments: parsed(input) };
    this.adapter.calls.started(key, { ...facts, ...values });
  }

  toolEnded(runId: string, output: unknown): void {
    const call = this.#runs.end(runId)?.call;
    if (call) this.adapter.calls.ended(call.key, outcomeOfOutput(output), call.facts);
  }

  toolFailed(runId: string, error: unknown): void {
    const call = this.#runs.end(runId)?.call;
    if (!call) return;
    if (isInterrupt(error)) this.adapter.calls.pending(call.key, call.facts);
    else this.adapter.calls.ended(call.key, outcomeOfFailure(error), call.facts);
  }

  #requested(run: Run, toolCallId: string, name: string | undefined, args: unknown) {
    const key = { session: run.session, toolCallId, within: run.within };
    const { agent, root: owner, id: response } = run;
    const tool = name ?? "unknown";
    this.adapter.calls.requested(key, { tool, arguments: args, response, agent, owner });
    return key;
  }

  /**
   * Invalid arguments and unknown tools fire no callback: the model is just told of an error. A
   * call that waited for a person was not rejected but denied.
   */
  #rejected(run: Run, messages: readonly HostMessage[]): void {
    for (const message of lastToolMessages(messages)) {
      const toolCallId = String(message.tool_call_id);
      const key = { session: run.session, toolCallId, within: run.within };
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
    if (typeof version !== "string" || version.split(".")[0] === TESTED_MAJOR) return;
    const message = `@langchain/core ${version} is untested; this adapter was built for ${TESTED_MAJOR}`;
    this.adapter.blind({ code: "host_version_untested", message });
  }
}

interface Answer {
  readonly generations?: readonly unknown[];
  readonly llmOutput?: unknown;
}

interface Generation {
  readonly message?: HostMessage;
  readonly text?: string;
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

/** The JSON that the input of a tool is, else the text itself. */
function parsed(input: string): unknown {
  if (typeof input !== "string" || input.length > MAX_PARSED) return input;
  try {
    return JSON.parse(input);
  } catch {
    return input;
  }
}
