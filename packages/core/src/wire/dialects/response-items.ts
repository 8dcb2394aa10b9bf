import type { Status } from "../../capture/record.ts";
import { countOf, type JsonObject, listOf, objectOf, textOf } from "./json-field.ts";
import type { ModelRequest, SaidTurn, ToolAnswer, ToolOutcome, ToolRequest } from "./model-turn.ts";
import { argumentsOfText } from "./turn-builder.ts";

/** Items that are a request to the caller, who answers with an output item of the same call id. */
const CALLER_CALLS: ReadonlySet<unknown> = new Set([
  "function_call",
  "custom_tool_call",
  "computer_call",
  "local_shell_call",
  "shell_call",
  "apply_patch_call",
]);

/** Items of tools that the vendor runs. */
const VENDOR_CALL = /^(?:[a-z_]+_call|program|mcp_approval_request)$/;
/** Items that bring the result of a call by its `call_id`. */
const OUTPUT = /^(?:[a-z_]+_call_output|program_output|tool_search_output)$/;

/** Whether the caller runs what the item asks for. */
export function isCallersCall({ type, execution }: JsonObject): boolean {
  return CALLER_CALLS.has(type) || (type === "tool_search_call" && execution === "client");
}

function isCall(item: JsonObject): boolean {
  return isCallersCall(item) || VENDOR_CALL.test(textOf(item.type) ?? "");
}

function idOf(item: JsonObject): string | undefined {
  return textOf(item.call_id) || (isCallersCall(item) ? undefined : textOf(item.id)) || undefined;
}

/** The call that an item asks for, whoever runs it. */
export function callOf(item: JsonObject): ToolRequest | undefined {
  if (!isCall(item)) return undefined;
  const type = textOf(item.type) ?? "";
  const needsApproval = type === "mcp_approval_request";
  const isCallers = isCallersCall(item);
  const server = textOf(item.server_label);
  const approvedAs = textOf(item.approval_request_id);
  return {
    id: idOf(item),
    // Tools other than functions are named by their kind: `web_search`.
    name: textOf(item.name) ?? type.replace(/_call$/, ""),
    arguments: argumentsOf(item),
    ...(server !== undefined && { server }),
    ...(!isCallers && { isVendors: true }),
    ...(needsApproval && { needsApproval }),
    ...(approvedAs !== undefined && { approvedAs }),
  };
}

/** What an item of a vendor's tool says came of it; nothing while it goes on. */
export function itemOutcome(item: JsonObject): { readonly outcome?: ToolOutcome } {
  const result = item.error ?? item.output ?? item.results ?? item.result ?? item.outputs;
  const failed = (item.error ?? null) !== null || item.status === "failed";
  const isOver = item.status === "completed" || (item.output ?? null) !== null;
  if (failed) return { outcome: { status: "error", result } };
  if (isOver && item.type !== "program") return { outcome: { status: "ok", result } };
  return item.status === "incomplete" ? { outcome: { status: "cancelled", result } } : {};
}

/** The result that an output item brings. */
export function resultOf(item: JsonObject): ToolAnswer | undefined {
  if (!OUTPUT.test(textOf(item.type) ?? "")) return undefined;
  const id = textOf(item.call_id) || undefined;
  return { id, status: statusOf(item), result: item.output ?? item.result ?? item.tools };
}

/** Few outputs have a flag, and text is not read for errors: the others are answered. */
function statusOf({ type, status, output }: JsonObject): Status {
  if (status === "incomplete") return "cancelled";
  if (type === "apply_patch_call_output") return status === "failed" ? "error" : "ok";
  if (type === "program_output" || type === "tool_search_output") return "ok";
  return type === "shell_call_output" ? statusOfCommands(listOf(output)) : "answered";
}

/** Several commands ran one after the other. */
function statusOfCommands(outputs: readonly unknown[]): Status {
  const outcomes = outputs.map((entry) => objectOf(objectOf(entry).outcome));
  if (outcomes.some(({ type }) => type === "timeout")) return "timeout";
  const codes = outcomes.flatMap(({ exit_code }) => countOf(exit_code) ?? []);
  if (codes.some((code) => code !== 0)) return "error";
  return codes.length > 0 ? "ok" : "answered";
}

export function readResponsesRequest(body: unknown): ModelRequest {
  const request = objectOf(body);
  const items = listOf(request.input).map(objectOf);
  const lastTurn = items.findLastIndex(isOfModel);
  const news = items.slice(lastTurn + 1);
  // Clients may put each output behind its call, though the calls are of one turn.
  const history = items.slice(0, lastTurn + 1);
  const lastMessage = history.findLastIndex(({ role }) => role !== undefined);
  const older = history.slice(lastMessage + 1).flatMap(answerOf);
  const isUser = (item: JsonObject) => item.role === "user";
  return {
    model: textOf(request.model),
    offersTools: listOf(request.tools).length > 0,
    answers: [...older.map((answer) => ({ ...answer, mayBeOld: true })), ...news.flatMap(answerOf)],
    userMessage: textOf(request.input) ?? news.findLast(isUser)?.content,
    opening: textOf(request.input) ?? items.find(isUser)?.content,
    lastTurns: () => (lastTurn < 0 ? [] : [lastTurnOf(history, news)]),
    callsBackwards: function* () {
      for (const item of items.toReversed()) {
        const call = callOf(item);
        if (call !== undefined) yield call;
      }
    },
    callCount: items.filter(isCallersCall).length,
    previousResponseId: textOf(request.previous_response_id),
    conversationId:
      textOf(request.conversation) ??
      textOf(objectOf(request.conversation).id) ??
      textOf(objectOf(request.metadata).session_id),
  };
}

function isOfModel(item: JsonObject): boolean {
  return item.role === "assistant" || isCall(item);
}

/**
 * Items do not say where a turn begins: its calls are those that are answered after it, and the one
 * that stands last.
 */
function lastTurnOf(history: readonly JsonObject[], news: readonly JsonObject[]): SaidTurn {
  const last = history.at(-1) ?? {};
  const answered = new Set(news.flatMap(answerOf).map(({ id }) => id));
  const calls = history.flatMap((item) => {
    const isMeant = item === last || (isCall(item) && answered.has(idOf(item)));
    return (isMeant ? callOf(item) : undefined) ?? [];
  });
  return { text: last.role === "assistant" ? textIn(last) : undefined, calls };
}

function textIn({ content }: JsonObject): string | undefined {
  const parts = listOf(content).flatMap((part) => textOf(objectOf(part).text) ?? []);
  return textOf(content) ?? (parts.length === 0 ? undefined : parts.join(""));
}

/** Outputs of calls, and what a person says to a tool that waits for a yes. */
function answerOf(item: JsonObject): ToolAnswer[] {
  if (item.type === "mcp_approval_response") {
    const id = textOf(item.approval_request_id) || undefined;
    return [{ id, status: item.approve === true ? "pending" : "denied" }];
  }
  const result = resultOf(item);
  return result === undefined ? [] : [result];
}

function argumentsOf(item: JsonObject): unknown {
  const text = textOf(item.arguments);
  if (text !== undefined) return argumentsOfText(text);
  return item.arguments ?? item.input ?? item.action ?? item.operation ?? item.queries ?? item.code;
}
