import Anthropic from "@anthropic-ai/sdk";
import { recordedOf } from "../../../test/seen/scripted-client.ts";
import type { SeenRow } from "../../../test/seen/seen-row.ts";
import type { Script } from "../../../test/wire-server/scripted.ts";
import { wrapAnthropic } from "../src/index.ts";

function message(...content: object[]) {
  const head = { id: "msg_1", type: "message", role: "assistant", model: "m" };
  return {
    ...head,
    content,
    stop_reason: "tool_use",
    usage: { input_tokens: 1, output_tokens: 1 },
  };
}

const USE = { type: "tool_use" as const, id: "t1", name: "look", input: {} };
const SEARCH = { type: "server_tool_use", id: "s1", name: "web_search", input: { query: "x" } };
const FOUND = { type: "web_search_tool_result", tool_use_id: "s1", content: [] };

/** Asks once, and once more with what the tool said. */
function asking(script: Script[], isAnswered = false) {
  return recordedOf("anthropic", script, async (fetch, observer) => {
    const bare = new Anthropic({ apiKey: "k", baseURL: "http://localhost", fetch });
    const client = wrapAnthropic(bare, { observer, quiet: true });
    const body = { model: "m", max_tokens: 9 };
    const messages: Anthropic.MessageParam[] = [{ role: "user", content: "go" }];
    await client.messages.create({ ...body, messages });
    if (!isAnswered) return;
    const result = { type: "tool_result" as const, tool_use_id: "t1", content: "seen" };
    messages.push({ role: "assistant", content: [USE] }, { role: "user", content: [result] });
    await client.messages.create({ ...body, messages });
  });
}

export const SEEN: readonly SeenRow[] = [
  {
    host: "Anthropic client",
    way: "`wrapAnthropic`",
    cells: {
      requested: () => asking([message(USE)]),
      answered: () => asking([message(USE), message({ type: "text", text: "ok" })], true),
      "provider-executed": () => asking([message(SEARCH, FOUND)]),
    },
  },
];
