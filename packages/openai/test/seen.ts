import OpenAI from "openai";
import { recordedOf } from "../../../test/seen/scripted-client.ts";
import type { SeenRow } from "../../../test/seen/seen-row.ts";
import type { Script } from "../../../test/wire-server/scripted.ts";
import { wrapOpenAI } from "../src/index.ts";

type Input = OpenAI.Responses.ResponseInputItem[];

function response(id: string, ...output: object[]) {
  return { id, object: "response", status: "completed", model: "m", output };
}

const CALL = { type: "function_call", call_id: "c1", name: "look", arguments: "{}" };
const ASKED = { type: "mcp_approval_request", id: "a1", name: "look", arguments: "{}" };
const RAN = { type: "mcp_call", id: "m1", name: "look", arguments: "{}", status: "completed" };

/** Asks once, and once more with what there is to say of the first answer. */
function asking(script: Script[], ...news: Input) {
  return recordedOf("openai", script, async (fetch, observer) => {
    const bare = new OpenAI({ apiKey: "k", baseURL: "http://localhost/v1", fetch });
    const client = wrapOpenAI(bare, { observer, quiet: true });
    await client.responses.create({ model: "m", input: "go" });
    if (news.length === 0) return;
    await client.responses.create({ model: "m", previous_response_id: "r1", input: news });
  });
}

const approval = (approve: boolean) => ({
  type: "mcp_approval_response" as const,
  approval_request_id: "a1",
  approve,
});

export const SEEN: readonly SeenRow[] = [
  {
    host: "OpenAI client",
    way: "`wrapOpenAI`",
    cells: {
      requested: () => asking([response("r1", CALL)]),
      answered: () =>
        asking([response("r1", CALL), response("r2")], {
          type: "function_call_output",
          call_id: "c1",
          output: "seen",
        }),
      denied: () => asking([response("r1", ASKED), response("r2")], approval(false)),
      "provider-executed": () => asking([response("r1", RAN)]),
      approved: () =>
        asking(
          [response("r1", ASKED), response("r2", { ...RAN, approval_request_id: "a1" })],
          approval(true),
        ),
    },
  },
];
