/** The Agent Development Kit, whose spans of failed calls say nothing but the name of the tool. */
import { isObject } from "../decode/attributes.ts";
import type { Span } from "../decode/telemetry.ts";
import { durationOf } from "../facts.ts";
import type { Scope } from "../scope.ts";
import type { AskedCall } from "../trace-notes.ts";
import { followsGenAi, given, modelTurn, readGenAi } from "./gen-ai.ts";

const TURN = "call_llm";
const CALL = "execute_tool ";

export const ADK: Scope = {
  emitter: "google-adk",
  matches: (scope) => scope === "gcp.vertex.agent",
  // A call's parent is the turn that asked for it, and ends, and is sent, right after its calls.
  note: (span, notes) => {
    if (span.name === TURN) notes.noteAsked(span.spanId, askedBy(span));
  },
  span: (span, notes) => {
    if (span.name === TURN) return [modelTurn(span)];
    if (!span.name.startsWith(CALL) || followsGenAi(span)) {
      return readGenAi(span, { turnIsParent: true });
    }
    const { spanId, parentSpanId: parent, endMs, name } = span;
    const tool = name.slice(CALL.length);
    const asked = notes.askedOf(parent, tool);
    const observation = {
      tool,
      toolCallId: asked?.id,
      ...given("arguments", asked?.values),
      status: "error" as const,
      parent,
      durationMs: durationOf(span),
    };
    return [{ id: spanId, atMs: endMs, observation }];
  },
};

function askedBy({ attributes }: Span): readonly AskedCall[] {
  const response = attributes.parsed("gcp.vertex.agent.llm_response");
  const content = isObject(response) ? response.content : undefined;
  const parts = isObject(content) && Array.isArray(content.parts) ? content.parts : [];
  return parts.filter(isObject).flatMap(({ functionCall: call }) => {
    if (!isObject(call) || typeof call.name !== "string") return [];
    const id = typeof call.id === "string" ? call.id : undefined;
    return [{ id, tool: call.name, values: call.args }];
  });
}
