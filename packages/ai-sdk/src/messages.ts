import type { CallOutcome, RecentMap } from "@caum/core/adapter";

/** Calls that wait for a person or a client, to the session they wait in. */
export type WaitingCalls = Pick<RecentMap<string, string>, "get" | "set">;

interface Message {
  readonly role?: unknown;
  readonly content?: unknown;
}

interface MessagePart {
  readonly type?: string;
  readonly toolCallId?: string;
  readonly approvalId?: string;
  readonly approved?: boolean;
  readonly output?: { readonly type?: string; readonly value?: unknown };
}

/** What the user said last, when the user spoke last. */
export function userMessageOf(messages: unknown): unknown {
  if (typeof messages === "string") return messages;
  const last = messagesOf(messages).at(-1);
  return last?.role === "user" ? last.content : undefined;
}

/** What a user or client decided on calls that waited for them: in the message they spoke last. */
export function verdictsOfUser(messages: unknown): { toolCallId: string; outcome: CallOutcome }[] {
  const list = messagesOf(messages);
  const last = list.at(-1);
  if (last?.role !== "tool") return [];
  const asked = approvalsIn(list);
  return partsOf(last).flatMap((part) => {
    if (part.type === "tool-result" && part.toolCallId !== undefined) {
      return [{ toolCallId: part.toolCallId, outcome: outcomeOfAnswer(part.output) }];
    }
    const toolCallId = asked.get(part.approvalId);
    const isDenial = part.type === "tool-approval-response" && part.approved === false;
    return isDenial && toolCallId !== undefined
      ? [{ toolCallId, outcome: { status: "denied" as const } }]
      : [];
  });
}

/** The session in which a call of these messages waits. */
export function resumedSession(messages: unknown, waiting: WaitingCalls): string | undefined {
  const list = messagesOf(messages);
  if (list.at(-1)?.role !== "tool") return undefined;
  for (const { toolCallId } of list.slice(-2).flatMap(partsOf)) {
    const session = toolCallId === undefined ? undefined : waiting.get(toolCallId);
    if (session !== undefined) return session;
  }
  return undefined;
}

function approvalsIn(messages: readonly Message[]): ReadonlyMap<string | undefined, string> {
  const parts = messages.slice(-2).flatMap(partsOf);
  return new Map(
    parts.flatMap(({ type, approvalId, toolCallId }) =>
      type === "tool-approval-request" && toolCallId !== undefined
        ? [[approvalId, toolCallId] as const]
        : [],
    ),
  );
}

function outcomeOfAnswer(output: MessagePart["output"]): CallOutcome {
  const result = output?.value;
  switch (output?.type) {
    case "execution-denied":
      return { status: "denied" };
    case "error-text":
    case "error-json":
      return { status: "error", result };
    case "text":
    case "json":
    case "content":
      return { status: "ok", result };
    default:
      return { status: "answered", result };
  }
}

function messagesOf(messages: unknown): readonly Message[] {
  return Array.isArray(messages) ? messages : [];
}

function partsOf({ content }: Message): readonly MessagePart[] {
  return Array.isArray(content) ? content : [];
}
