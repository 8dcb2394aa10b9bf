import { type Fields, fieldsIn, isFields, textIn } from "../fields.ts";
import type { ToolAnswer } from "./span.ts";

/** The answer of a tool of LangChain, wherever its message is wrapped in; undefined where it is none. */
export function toolAnswerOf(output: unknown): ToolAnswer | undefined {
  if (!isFields(output)) return undefined;
  for (const at of [output, fieldsIn(output, "output"), fieldsIn(output, "outputs")]) {
    const message = isFields(at.kwargs) ? at.kwargs : at;
    if (isToolMessage(message)) {
      return {
        content: message.content,
        callId: textIn(message, "tool_call_id"),
        hasFailed: message.status === "error",
      };
    }
  }
  return undefined;
}

function isToolMessage(message: Fields): boolean {
  return message.content !== undefined && typeof message.tool_call_id === "string";
}
