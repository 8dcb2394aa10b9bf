/** Entries as they were wrapped before: with the launcher in the script and the whole text in the marker. */
import { createHash } from "node:crypto";
import fc from "fast-check";
import { expect, test } from "vitest";
import { CLIENTS, type Client } from "../../src/install/clients/clients.ts";
import { entriesOf } from "../../src/install/entries/server-entry.ts";
import { unwrapText } from "../../src/install/entries/unwrap-text.ts";
import { wrapText } from "../../src/install/entries/wrap-text.ts";
import { readSource } from "../../src/install/source/read-source.ts";
import { literalOf } from "../../src/install/source/source-node.ts";
import { jsonFiles, tomlFiles, yamlFiles } from "./generated-files.ts";

const LINUX = {
  platform: "linux",
  home: "/home/u",
  env: {},
  folder: "/p",
  caumHome: "/home/u/.ca'um",
  node: "/usr/bin/node",
} as const;
const WINDOWS = { ...LINUX, platform: "win32", caumHome: "C:\\u\\.caum" } as const;
const SCRIPT = `caum_node=$(/bin/sh '/home/u/.ca'\\''um/bin/launch' 2>/dev/null </dev/null) && [ -x "$caum_node" ] && exec "$caum_node" '/home/u/.ca'\\''um/bin/relay.cjs' --home '/home/u/.ca'\\''um' -- "$@"; exec "$@"`;

const clientOf = (name: string): Client => CLIENTS.find((client) => client.name === name)!;

function digestOf(words: readonly string[]): string {
  return createHash("sha256").update(JSON.stringify(words)).digest("hex").slice(0, 12);
}

/** The same file, wrapped as the first version did. */
function wrappedBefore(text: string, client: Client): string {
  const wrapped = wrapText(text, client, LINUX).text;
  let before = wrapped;
  for (const { state } of entriesOf(readSource(wrapped, client.format), client, LINUX)) {
    if (state.kind !== "wrapped") continue;
    const [, , script = "", path = "", marker = ""] = state.launch.words;
    const { words, original } = state.wrapped;
    const content = JSON.stringify({ ...original, words: digestOf(words) });
    const old = [SCRIPT, `caum1:${Buffer.from(content).toString("base64url")}`];
    const inner = (list: readonly string[]) => literalOf(list).slice(1, -1);
    before = before.replace(inner([script, path, marker]), () => inner(old));
  }
  return before;
}

test.each([
  ["cursor", jsonFiles],
  ["goose", yamlFiles],
  ["codex", tomlFiles],
])("%s: a file of before is restored byte for byte, and wrapped anew", (name, files) => {
  const client = clientOf(name);
  fc.assert(
    fc.property(files, (text) => {
      const before = wrappedBefore(text, client);
      expect(before).not.toContain("caum2:");
      expect(unwrapText(before, client, LINUX).text).toBe(text);
      expect(wrapText(before, client, LINUX).text).toBe(wrapText(text, client, LINUX).text);
    }),
    { numRuns: 150 },
  );
});

/** As the first version wrote them. */
const WINDOWS_BEFORE =
  '{"mcpServers": {"a": {"command": "cmd", "args": ["/d", "/c", "if", "not", "caum1:eyJjb21tYW5kIjoiXCJucHhcIiIsImFyZ3MiOiJbIFwiLXlcIiwgIFwic3J2XCIsIF0iLCJ3b3JkcyI6ImMyMGJjM2ZkNGYzNSJ9==0", "if", "exist", "C:\\\\u\\\\.caum\\\\bin\\\\launch.cmd", "(", "call", "C:\\\\u\\\\.caum\\\\bin\\\\launch.cmd", "npx", "-y", "srv", ")", "else", "(", "npx", "-y", "srv", ")"],}}}';

test("an entry of before on Windows is restored", () => {
  expect(unwrapText(WINDOWS_BEFORE, clientOf("claude-desktop"), WINDOWS).text).toBe(
    '{"mcpServers": {"a": {"command": "npx", "args": [ "-y",  "srv", ],}}}',
  );
});

test("what a client prints of an entry is a short script, a path and the server's own words", () => {
  const text = '{"mcpServers": {"files": {"command": "npx", "args": ["-y", "server-files", "."]}}}';
  const { args } = JSON.parse(wrapText(text, clientOf("cursor"), LINUX).text).mcpServers.files;
  expect(args.slice(2)).toEqual([
    "/home/u/.ca'um/bin/serve",
    expect.stringMatching(/^caum2:files:[\w-]{8,40}$/),
    "npx",
    "-y",
    "server-files",
    ".",
  ]);
  expect(args[1].length).toBeLessThan(80);
});
