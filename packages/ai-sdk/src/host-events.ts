/**
 * The parts of the events of ai 7 that are read here. Every field is optional: the diagnostics
 * channel has no types, users can hide inputs and outputs, and a newer host may send less.
 */

export interface HostToolCall {
  readonly toolCallId?: string | undefined;
  readonly toolName?: string | undefined;
  readonly input?: unknown;
  readonly invalid?: boolean | undefined;
  readonly error?: unknown;
  readonly providerExecuted?: boolean | undefined;
  readonly toolMetadata?: { readonly clientName?: unknown } | undefined;
}

/** A part of a model's answer or of a finished step. */
export interface HostPart extends HostToolCall {
  readonly type?: string | undefined;
  readonly text?: string | undefined;
  readonly output?: unknown;
  readonly approved?: boolean | undefined;
  readonly toolCall?: HostToolCall | undefined;
}

export interface HostUsage {
  readonly inputTokens?: number | undefined;
  readonly outputTokens?: number | undefined;
  readonly inputTokenDetails?:
    | {
        readonly cacheReadTokens?: number | undefined;
        readonly cacheWriteTokens?: number | undefined;
      }
    | undefined;
  readonly outputTokenDetails?: { readonly reasoningTokens?: number | undefined } | undefined;
  /** Of embedding models. */
  readonly tokens?: number | undefined;
}

/** What every event says of its operation. */
export interface HostEvent {
  readonly callId?: string | undefined;
  readonly recordInputs?: boolean | undefined;
  readonly recordOutputs?: boolean | undefined;
  readonly functionId?: string | undefined;
  readonly aiVersion?: string | undefined;
  readonly provider?: string | undefined;
  readonly modelId?: string | undefined;
}

export interface HostStart extends HostEvent {
  readonly operationId?: string | undefined;
  readonly runtimeContext?: unknown;
  readonly messages?: unknown;
  /** In place of messages, of object generation. */
  readonly prompt?: unknown;
}

export interface HostStep extends HostEvent {
  readonly stepNumber?: number | undefined;
  readonly model?: { readonly provider?: string | undefined; readonly modelId?: string };
  readonly content?: readonly HostPart[] | undefined;
  readonly usage?: HostUsage | undefined;
  readonly finishReason?: string | undefined;
  readonly response?: { readonly id?: string };
}

export interface HostModelCall extends HostEvent {
  readonly content?: readonly HostPart[] | undefined;
  readonly usage?: HostUsage | undefined;
  readonly finishReason?: string | undefined;
  readonly responseId?: string | undefined;
}

export interface HostToolRun extends HostEvent {
  readonly toolCall?: HostToolCall | undefined;
  readonly toolOutput?: HostPart | undefined;
  readonly toolExecutionMs?: number | undefined;
}

export interface HostEmbedding extends HostEvent {
  readonly embedCallId?: string | undefined;
  readonly usage?: HostUsage | undefined;
}

export interface HostObjectStep extends HostModelCall {
  readonly objectText?: string | undefined;
}

export interface HostFailure extends HostEvent {
  readonly error?: unknown;
}

export interface HostAbort extends HostEvent {
  readonly reason?: unknown;
}
