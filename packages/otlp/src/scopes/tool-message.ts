import { isObject, parsedOf } from "../decode/attributes.ts";

/**
 * LangChain's tools answer with a message of theirs, which has the id that its span lacks. Only its
 * content is the result: the rest is another for each call.
 */
export function toolMessageOf(value: unknown) {
  const output = isObject(value) && isObject(value.output) ? value.output : value;
  const message = isObject(output) && isObject(output.kwargs) ? output.kwargs : undefined;
  if (message === undefined || message.tool_call_id === undefined) return undefined;
  return {
    id: String(message.tool_call_id),
    content: parsedOf(message.content),
    isError: message.status === "error",
  };
}
