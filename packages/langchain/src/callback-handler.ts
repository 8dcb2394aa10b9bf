import { type Observer, VERSION } from "@caum/core";
import {
  Adapter,
  type AdapterOptions,
  type Diagnostic,
  installedVersion,
} from "@caum/core/adapter";
import { Observations } from "./observations.ts";
import type { Metadata } from "./runs.ts";

/** The peer range of this package. */
export const TESTED_HOST = { name: "@langchain/core", from: "1.0.1", below: "2.0.0" } as const;

const IDENTITY = {
  writer: "caum-langchain",
  writerVersion: VERSION,
  layer: "framework",
  view: "full",
  sourceFramework: "langchain",
  host: TESTED_HOST,
} as const;

/** Read once: servers make a handler for each request. */
let version: string | undefined;

/** What the host says of a component: its class, and sometimes its name. */
interface Serialized {
  readonly id?: unknown;
  readonly name?: unknown;
}

/**
 * Observes what it is attached to: `agent.invoke(input, { callbacks: [new CaumCallbackHandler()] })`.
 *
 * Every method is synchronous and returns nothing, and the host waits for it (`awaitHandlers`):
 * nothing is lost when the process ends, and no time passes. The host accepts any object of this
 * form, so its base class is not needed, and not loaded from here.
 *
 * @see docs/adapters/langchain.md for what is seen and what is not
 */
export class CaumCallbackHandler {
  readonly name: string = "caum";
  readonly awaitHandlers: boolean = true;
  readonly raiseError: boolean = false;
  readonly ignoreLLM: boolean = false;
  readonly ignoreChain: boolean = false;
  /** Tools count as agents here. */
  readonly ignoreAgent: boolean = false;
  readonly ignoreRetriever: boolean = false;
  readonly ignoreCustomEvent: boolean = true;
  readonly #adapter: Adapter;
  readonly #observations: Observations;

  constructor(options: AdapterOptions = {}) {
    this.#adapter = new Adapter(IDENTITY, options);
    this.#observations = new Observations(this.#adapter);
    version ??= installedVersion(TESTED_HOST.name, import.meta.url) ?? "";
    if (version !== "") this.#adapter.hostIs(version);
  }

  get observer(): Observer {
    return this.#adapter.observer;
  }

  /** Failures of ours that were kept from the agent. */
  get failures(): number {
    return this.#adapter.failures;
  }

  /** Says once what is not seen, to `onDiagnostic` and in the run. */
  blind(diagnostic: Diagnostic): void {
    this.#adapter.blind(diagnostic);
  }

  /** Resolves when every record so far is on the disk. */
  flush(): ReturnType<Observer["flush"]> {
    return this.observer.flush();
  }

  /** Closes what is open, and the runs. */
  async close(): Promise<void> {
    await this.#adapter.close();
  }

  /** The host copies handlers; the runs under way belong to all copies. */
  copy(): this {
    return this;
  }

  /** The host declares the parent as the last parameter and passes it as the fourth (1.2.13). */
  handleChainStart(
    _chain: Serialized,
    inputs: unknown,
    runId: string,
    parentOrRunType?: string,
    _tags?: string[],
    metadata?: Metadata,
    nameOrRunType?: string,
    nameOrParent?: string,
  ): void {
    const others = [parentOrRunType, nameOrParent, nameOrRunType];
    this.#fenced((seen) => seen.chainStarted(runId, others, metadata, inputs));
  }

  handleChainEnd(outputs: unknown, runId: string): void {
    this.#fenced((seen) => seen.chainEnded(runId, outputs));
  }

  handleChainError(error: unknown, runId: string): void {
    this.#fenced((seen) => seen.chainFailed(runId, error));
  }

  handleChatModelStart(
    _model: Serialized,
    messages: readonly unknown[],
    runId: string,
    parentRunId?: string,
    _extra?: unknown,
    _tags?: string[],
    metadata?: Metadata,
  ): void {
    this.#fenced((seen) => seen.modelStarted(runId, parentRunId, metadata, messages[0]));
  }

  handleLLMStart(
    _model: Serialized,
    _prompts: readonly string[],
    runId: string,
    parentRunId?: string,
    _extra?: unknown,
    _tags?: string[],
    metadata?: Metadata,
  ): void {
    this.#fenced((seen) => seen.modelStarted(runId, parentRunId, metadata, []));
  }

  handleLLMEnd(output: unknown, runId: string): void {
    this.#fenced((seen) => seen.modelEnded(runId, output));
  }

  handleLLMError(error: unknown, runId: string): void {
    this.#fenced((seen) => seen.modelFailed(runId, error));
  }

  handleToolStart(
    tool: Serialized,
    input: string,
    runId: string,
    parentRunId?: string,
    _tags?: string[],
    metadata?: Metadata,
    runName?: string,
    toolCallId?: string,
  ): void {
    const name = runName ?? nameOf(tool);
    this.#fenced((seen) =>
      seen.toolStarted({ runId, parentRunId, metadata, name, input, toolCallId }),
    );
  }

  handleToolEnd(output: unknown, runId: string): void {
    this.#fenced((seen) => seen.toolEnded(runId, output));
  }

  handleToolError(error: unknown, runId: string): void {
    this.#fenced((seen) => seen.toolFailed(runId, error));
  }

  handleRetrieverStart(
    retriever: Serialized,
    query: string,
    runId: string,
    parentRunId?: string,
    _tags?: string[],
    metadata?: Metadata,
    name?: string,
  ): void {
    const tool = name ?? nameOf(retriever);
    this.#fenced((seen) =>
      seen.toolStarted({ runId, parentRunId, metadata, name: tool, input: query, op: "search" }),
    );
  }

  handleRetrieverEnd(documents: unknown, runId: string): void {
    this.#fenced((seen) => seen.toolEnded(runId, documents));
  }

  handleRetrieverError(error: unknown, runId: string): void {
    this.#fenced((seen) => seen.toolFailed(runId, error));
  }

  #fenced(work: (seen: Observations) => void): void {
    this.#adapter.fenced(() => work(this.#observations));
  }
}

function nameOf({ name, id }: Serialized): string {
  if (typeof name === "string") return name;
  const last: unknown = Array.isArray(id) ? id.at(-1) : undefined;
  return typeof last === "string" ? last : "unknown";
}
