/** Files that are valid, and written as hardly anybody does; and files that somebody broke. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { CLIENTS, type Client } from "../../src/install/clients/clients.ts";
import { unwrapText } from "../../src/install/entries/unwrap-text.ts";
import { wrapText } from "../../src/install/entries/wrap-text.ts";
import { SourceError } from "../../src/install/source/source-node.ts";
import type { Place } from "../../src/machine/place.ts";
import { jsonFiles, tomlFiles, yamlFiles } from "./generated-files.ts";

const LINUX: Place = {
  platform: "linux",
  home: "/home/u",
  env: {},
  folder: "/home/u/project",
  caumHome: "/home/u/.caum",
  node: "/usr/bin/node",
};

function clientOf(name: string): Client {
  return CLIENTS.find((client) => client.name === name)!;
}

/** How many of the entries are wrapped; the others are left, and every byte comes back. */
test.each([
  [
    "cursor",
    0,
    "a whole key given twice",
    '{"mcpServers": {"a": {"command": "x"}}, "mcpServers": {}}',
  ],
  [
    "cursor",
    2,
    "a server of the same name given twice",
    '{"mcpServers": {"a": {"command": "x", "args": []}, "b": {"command": "y"}, "a": 3}}',
  ],
  [
    "cursor",
    0,
    "arguments given twice",
    '{"mcpServers": {"a": {"command": "x", "args": ["1"], "args": ["2"]}}}',
  ],
  [
    "cursor",
    1,
    "a key that is called like a part of every object",
    '{"mcpServers": {"__proto__": {"command": "x"}}}',
  ],
  [
    "cursor",
    1,
    "escapes for plain letters",
    '{"mcp\\u0053ervers": {"a": {"comm\\u0061nd": "\\u0078", "args": ["\\ud83d\\ude42"]}}}',
  ],
  ["cursor", 1, "half a character", '{"mcpServers": {"a": {"command": "x", "args": ["\\ud83d"]}}}'],
  [
    "codex",
    1,
    "a dotted key from the root",
    'mcp_servers.a.command = "x"\nmcp_servers.a.args = []\n',
  ],
  [
    "codex",
    1,
    "an inline table",
    'mcp_servers = { a = { command = "x", args = [ "1" ] } } # end\n',
  ],
  ["codex", 1, "an inline table without arguments", '[mcp_servers]\na = {command = "x"}\n'],
  ["codex", 1, "a dotted key in an inline table", 'mcp_servers = { a.command = "x" }\n'],
  [
    "codex",
    1,
    "quoted and bare keys of one table",
    '[mcp_servers."a"]\ncommand = "x"\n\n[mcp_servers.a.env]\nK = "v"\n',
  ],
  [
    "codex",
    1,
    "texts over several lines",
    '[mcp_servers.a]\ncommand = """\\\n  x"""\nargs = [\'\'\'\n"1"\'\'\', """a\n[b]\n# c"""]\n',
  ],
  [
    "codex",
    1,
    "a table inside of which another stands",
    '[mcp_servers.a.env]\nK = "v"\n[mcp_servers.a]\ncommand = "x"\n',
  ],
  ["codex", 1, "white space around dots", '[ mcp_servers . a ]\ncommand="x"\n'],
  [
    "goose",
    0,
    "an anchor on an entry that another merges",
    "extensions:\n  a: &a\n    cmd: x\n    args: []\n  b:\n    <<: *a\n",
  ],
  [
    "goose",
    1,
    "an alias beside a plain entry",
    "base: &e {K: v}\nextensions:\n  a:\n    cmd: x\n    args: []\n    envs: *e\n",
  ],
  ["goose", 0, "a command in a block", "extensions:\n  a:\n    cmd: |-\n      x\n    args: []\n"],
  [
    "goose",
    0,
    "an entry that merges arguments from elsewhere",
    "base: &b {args: [y]}\nextensions:\n  a:\n    <<: *b\n    cmd: x\n",
  ],
  ["goose", 1, "everything on one line", "extensions: {a: {cmd: x, args: [y, 'z']}}\n"],
  ["goose", 0, "two documents", "extensions:\n  a:\n    cmd: x\n---\nextensions: {}\n"],
  [
    "goose",
    1,
    "a document between marks",
    "%YAML 1.2\n---\nextensions:\n  a:\n    cmd: x\n    args: []\n...\n",
  ],
])("%s, %i wrapped: %s", (name, count, _what, text) => {
  const client = clientOf(name);
  const { text: wrapped, servers } = attempt(() => wrapText(text, client, LINUX)) ?? {
    text,
    servers: [],
  };
  expect([servers.filter(({ outcome }) => outcome === "wrapped").length, wrapped === text]).toEqual(
    [count, count === 0],
  );
  expect(attempt(() => unwrapText(wrapped, client, LINUX))?.text ?? text).toBe(text);
});

/** @returns undefined when the file is refused with its line */
function attempt<Value>(work: () => Value): Value | undefined {
  try {
    return work();
  } catch (problem) {
    if (!(problem instanceof SourceError)) throw problem;
    expect(problem.line).toBeGreaterThan(0);
    return undefined;
  }
}

/** A file of which a piece was cut out, doubled, or replaced. */
function broken(files: fc.Arbitrary<string>): fc.Arbitrary<string> {
  const junk = fc.oneof(
    fc.constantFrom("", '"', "'", "{", "}", "[", "]", ",", "\n", "#", "/*", "&a", "*a", "\t", "\0"),
    fc.string({ maxLength: 4 }),
  );
  return fc
    .tuple(files, fc.nat(), fc.nat({ max: 30 }), junk, fc.boolean())
    .map(([text, at, length, put, isDoubled]) => {
      const start = text.length === 0 ? 0 : at % text.length;
      const piece = text.slice(start, start + length);
      return text.slice(0, start) + (isDoubled ? piece + piece : put) + text.slice(start + length);
    });
}

describe.each([
  ["JSON", "cursor", jsonFiles],
  ["YAML", "goose", yamlFiles],
  ["TOML", "codex", tomlFiles],
])("a half-edited %s file", (_format, name, files) => {
  test("is refused with its line, or wrapped and given back byte for byte", () => {
    const client = clientOf(name);
    fc.assert(
      fc.property(broken(files), (text) => {
        const wrapped = attempt(() => wrapText(text, client, LINUX))?.text ?? text;
        const back = attempt(() => unwrapText(wrapped, client, LINUX))?.text ?? wrapped;
        expect(back).toBe(text);
        const again = attempt(() => wrapText(wrapped, client, LINUX))?.text ?? wrapped;
        expect(again).toBe(wrapped);
      }),
      { numRuns: 300 },
    );
  });
});
