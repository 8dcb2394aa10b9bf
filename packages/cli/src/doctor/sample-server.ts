/** A stand-in for a tool server: what it is asked for and answers is made up. */
import { createInterface } from "node:readline";
import { VERSION } from "../options/version.ts";

const NOTES = "Quarterly numbers: 4.2 million, do not share.";

for await (const line of createInterface({ input: process.stdin })) {
  const { id, method, params } = JSON.parse(line);
  if (id !== undefined) {
    console.log(JSON.stringify({ jsonrpc: "2.0", id, result: resultOf(method, params) }));
  }
}

function resultOf(
  method: string,
  params: { readonly protocolVersion?: string; readonly name?: string },
) {
  switch (method) {
    case "initialize": {
      const { protocolVersion } = params;
      const serverInfo = { name: "sample", version: VERSION };
      return { protocolVersion, capabilities: { tools: {} }, serverInfo };
    }
    case "tools/list":
      return {
        tools: ["read_file", "send_mail"].map((name) => ({
          name,
          inputSchema: { type: "object" },
        })),
      };
    default:
      return params.name === "read_file"
        ? { content: [{ type: "text", text: NOTES }] }
        : { isError: true, content: [{ type: "text", text: "no such mailbox: ceo@example.com" }] };
  }
}
