import type { CollectorPlace } from "@caum/collector/validation";
import { McpServer } from "@modelcontextprotocol/sdk/server/mcp.js";
import { StdioServerTransport } from "@modelcontextprotocol/sdk/server/stdio.js";
import { z } from "zod";
import { VERSION } from "../options/version.ts";
import { reasonOf } from "../terminal/reason.ts";
import { printed } from "../terminal/say.ts";
import { KnownSessions } from "./known-sessions.ts";

const SESSION = z.string().max(256).describe("id of the session").optional();
const READ_ONLY = { readOnlyHint: true, destructiveHint: false, openWorldHint: false };
const NEWEST = "Without a session it is the newest that is known.";

/** Serves until the client goes away. */
export async function serveMcp(home: string, collector?: CollectorPlace): Promise<void> {
  const known = new KnownSessions(home, collector);
  const server = new McpServer({ name: "caum", version: VERSION });
  server.registerTool(
    "sessions",
    { description: "The newest recorded sessions and how they stand.", annotations: READ_ONLY },
    () => answer(() => known.list()),
  );
  const about = {
    am_i_looping: {
      description: `Whether a session that goes on repeats itself now, and where. ${NEWEST}`,
      ask: (id?: string) => known.loop(id),
    },
    verdict: {
      description: `Regime, tier, UDS and class of a session. ${NEWEST}`,
      ask: (id?: string) => known.verdict(id),
    },
    evidence: {
      description: `Roots and heads that prove what was recorded. ${NEWEST}`,
      ask: (id?: string) => known.evidence(id),
    },
  };
  for (const [name, { description, ask }] of Object.entries(about)) {
    const inputSchema = { session: SESSION };
    server.registerTool(name, { description, inputSchema, annotations: READ_ONLY }, ({ session }) =>
      answer(() => ask(session)),
    );
  }
  await server.connect(new StdioServerTransport());
}

async function answer(ask: () => Promise<object>) {
  try {
    return { content: contentOf(JSON.stringify(await ask(), undefined, 2)) };
  } catch (problem) {
    return { content: contentOf(reasonOf(problem)), isError: true };
  }
}

/** A model reads what a person does not see, and names are chosen by strangers. */
function contentOf(text: string) {
  return [{ type: "text" as const, text: printed(text.split("\n")).trimEnd() }];
}
