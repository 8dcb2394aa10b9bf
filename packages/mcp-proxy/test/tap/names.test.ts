import { expect, test } from "vitest";
import { entryNameOf } from "../../src/tap/journal/entry-name.ts";
import { clientInfoOf } from "../../src/tap/messages/client-info.ts";

function nameOf(name: string): string | undefined {
  const params = { clientInfo: { name, version: "1" } };
  return clientInfoOf({ kind: "request", id: 1, method: "initialize", params })?.clientName;
}

test.each([
  ["qwen-cli-mcp-client-files", "qwen-cli-mcp-client"],
  ["qwen-cli-mcp-client-my-own", "qwen-cli-mcp-client"],
  ["gemini-cli-mcp-client", "gemini-cli-mcp-client"],
  ["claude-code", "claude-code"],
])("the client %s is called %s, whichever server it speaks to", (name, client) => {
  expect(nameOf(name)).toBe(client);
});

test.each([
  ["caum2:files:QUJD", "files"],
  [`caum2:~${Buffer.from("mes outils é").toString("base64url")}:QUJD`, "mes outils é"],
  ["caum2:~:QUJD", undefined],
  ["caum1:QUJD", undefined],
  ["", undefined],
  [undefined, undefined],
])("the entry %j names its server %j", (marker, name) => {
  expect(entryNameOf(marker)).toBe(name);
});
