import { eventStream, listOf, newId } from "./members.ts";
import type { Wire } from "./model-server.ts";
import type { OfferedTool } from "./offered-tool.ts";

const USAGE = {
  input_tokens: 100,
  input_tokens_details: { cached_tokens: 0 },
  output_tokens: 20,
  output_tokens_details: { reasoning_tokens: 0 },
  total_tokens: 120,
};
const ANSWERS = new Set([
  "function_call_output",
  "custom_tool_call_output",
  "local_shell_call_output",
]);

export const openaiResponses: Wire = {
  read: (path, body) => {
    if (!/\/responses(\?|$)/.test(path)) return undefined;
    return {
      tools: listOf(body.tools).flatMap(offered),
      answered: listOf(body.input).filter(({ type }) => ANSWERS.has(String(type))).length,
      isStreamed: body.stream === true,
    };
  },
  answer: (calls, text, isStreamed) => {
    const output = [
      ...(calls.length > 0 ? [] : [messageItem(text)]),
      ...calls.map(({ name: full, input }) => {
        const [namespace, name] = full.includes(NAMESPACE)
          ? full.split(NAMESPACE)
          : [undefined, full];
        return {
          type: "function_call",
          id: newId("fc_"),
          call_id: newId("call_"),
          name,
          ...(namespace !== undefined && { namespace }),
          arguments: JSON.stringify(input),
          status: "completed",
        };
      }),
    ];
    const response = {
      id: newId("resp_"),
      object: "response",
      created_at: 1_795_000_000,
      model: "test-model",
    };
    const completed = { ...response, status: "completed", output, usage: USAGE };
    if (!isStreamed) return { type: "application/json", body: JSON.stringify(completed) };
    return eventStream([
      named("response.created", { response: { ...response, status: "in_progress", output: [] } }),
      ...output.flatMap((item, output_index) => [
        named("response.output_item.added", { output_index, item }),
        named("response.output_item.done", { output_index, item }),
      ]),
      named("response.completed", { response: completed }),
    ]);
  },
};

/** Between the namespace and the name of a tool that stands in a namespace. */
const NAMESPACE = "\u0000";

/** A tool, or the tools of a namespace, as Codex offers those of an MCP server. */
function offered(tool: Readonly<Record<string, unknown>>): readonly OfferedTool[] {
  if (tool.type === "namespace") {
    return listOf(tool.tools).map(({ name, parameters }) => ({
      name: `${String(tool.name)}${NAMESPACE}${String(name)}`,
      schema: parameters,
    }));
  }
  return [{ name: String(tool.name), schema: tool.parameters }];
}

function messageItem(text: string) {
  return {
    type: "message",
    id: newId("msg_"),
    role: "assistant",
    status: "completed",
    content: [{ type: "output_text", text, annotations: [] }],
  };
}

let sequence = 0;
function named(event: string, data: object) {
  sequence += 1;
  return { event, data: { type: event, sequence_number: sequence, ...data } };
}
