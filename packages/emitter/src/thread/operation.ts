/** What a record is as an operation, in the words of the conventions for generative AI and MCP. */
import type { Status } from "@caum/core";
import type { PayloadDraft } from "@caum/core/adapter";
import type { RecordOf } from "@caum/core/verify";
import { type Attributes, SpanKind } from "@opentelemetry/api";
import { present } from "./instruments.ts";

type ToolPayload = Omit<RecordOf<"tool_api">["payload"], "seq">;
type Turn = Omit<RecordOf<"reasoning">["payload"], "seq">;

/** A record that is shown as a span of its own. */
export interface Operation {
  readonly name: string;
  readonly kind: SpanKind;
  readonly durationMs: number;
  /** Of the span. */
  readonly attributes: Attributes;
  /** Of what is measured: few values each. */
  readonly measured: Attributes;
  readonly isMcp: boolean;
  /** Absent where it went well, or nobody knows. */
  readonly errorType: string | undefined;
  /** Records with equal ones tell of one call. */
  readonly callId: string | undefined;
}

const NANO = 1e9;
/** What MCP calls are recorded as, apart from tools. */
const MCP_METHOD = /^mcp:(.+)$/;
const JSONRPC = /^jsonrpc:(-?\d+)$/;
const FAILED: ReadonlySet<Status> = new Set([
  "error",
  "not_found",
  "timeout",
  "rate_limited",
  "denied",
  "rejected",
]);

/** @returns undefined for a record that is no operation, or none that has ended */
export function operationOf(
  record: PayloadDraft,
  layer: string | undefined,
): Operation | undefined {
  if (record.category === "tool_api") {
    const { payload } = record;
    return payload.status === "pending" ? undefined : callOf(payload, layer);
  }
  if (record.category !== "reasoning" || record.payload.kind !== "turn") return undefined;
  return turnOf(record.payload);
}

function callOf(call: ToolPayload, layer: string | undefined): Operation {
  const { toolName, status, errorClass, toolCallId, durationMs = 0 } = call;
  const other = MCP_METHOD.exec(toolName)?.[1];
  const isMcp = layer === "mcp" || other !== undefined;
  const method = other ?? "tools/call";
  const tool = other === undefined ? toolName : undefined;
  const operation = other === undefined ? "execute_tool" : undefined;
  const errorType = FAILED.has(status) ? errorOf(call, isMcp) : undefined;
  const named = {
    "gen_ai.operation.name": operation,
    "gen_ai.tool.name": tool,
    "mcp.method.name": isMcp ? method : undefined,
    "error.type": errorType,
  };
  return {
    name: isMcp ? [method, tool].filter(Boolean).join(" ") : `execute_tool ${toolName}`,
    kind: isMcp ? SpanKind.CLIENT : SpanKind.INTERNAL,
    durationMs,
    attributes: present({
      ...named,
      "rpc.response.status_code": JSONRPC.exec(errorClass ?? "")?.[1],
      "caum.status": status,
      "caum.op": call.op,
      "caum.call.id": toolCallId,
      "caum.server": call.serverTag,
      "caum.agent": call.agentTag,
      "caum.arguments.bytes": call.argumentsBytes,
      "caum.result.bytes": call.resultBytes,
      "caum.cost": dollars(call.costNanoUsd),
    }),
    measured: present(named),
    isMcp,
    errorType,
    callId: toolCallId,
  };
}

/** A tool's own failure has a name of its own in the conventions of MCP. */
function errorOf({ status, errorClass }: ToolPayload, isMcp: boolean): string {
  const code = JSONRPC.exec(errorClass ?? "")?.[1];
  if (code !== undefined) return code;
  if (isMcp && status === "error" && errorClass === undefined) return "tool_error";
  return errorClass ?? status;
}

function turnOf(turn: Turn): Operation {
  const { model, provider, status, finishReason, durationMs = 0 } = turn;
  const errorType = FAILED.has(status) ? status : undefined;
  const named = {
    "gen_ai.operation.name": "chat",
    "gen_ai.provider.name": provider,
    "gen_ai.request.model": model,
    "error.type": errorType,
  };
  return {
    name: model === undefined ? "chat" : `chat ${model}`,
    kind: SpanKind.CLIENT,
    durationMs,
    attributes: present({
      ...named,
      "gen_ai.response.finish_reasons": finishReason === undefined ? undefined : [finishReason],
      "gen_ai.usage.input_tokens": turn.inputTokens,
      "gen_ai.usage.output_tokens": turn.outputTokens,
      "gen_ai.usage.cache_read.input_tokens": turn.cacheReadTokens,
      "gen_ai.usage.cache_creation.input_tokens": turn.cacheWriteTokens,
      "gen_ai.usage.reasoning.output_tokens": turn.reasoningTokens,
      "caum.status": status,
      "caum.requested_tools": turn.requestedTools,
      "caum.agent": turn.agentTag,
      "caum.cost": dollars(turn.costNanoUsd),
    }),
    measured: present(named),
    isMcp: false,
    errorType,
    callId: undefined,
  };
}

/** What a record says that was used. */
export interface Used {
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly tokens: number;
  readonly costUsd: number;
}

export function usedBy({ category, payload }: PayloadDraft): Used {
  if (category !== "tool_api" && category !== "reasoning") return NOTHING_USED;
  const { inputTokens = 0, outputTokens = 0, costNanoUsd = 0 } = payload;
  const total = "totalTokens" in payload ? payload.totalTokens : undefined;
  const tokens = total ?? inputTokens + outputTokens;
  return { inputTokens, outputTokens, tokens, costUsd: costNanoUsd / NANO };
}

const NOTHING_USED: Used = { inputTokens: 0, outputTokens: 0, tokens: 0, costUsd: 0 };

function dollars(nano: number | undefined): number | undefined {
  return nano === undefined ? undefined : nano / NANO;
}
