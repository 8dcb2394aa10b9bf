import { mkdirSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { parse as parseJson } from "jsonc-parser";
import { parse as parseToml } from "smol-toml";
import { describe, expect, test } from "vitest";
import { parse as parseYaml, stringify as stringifyYaml } from "yaml";
import { CLIENTS, type Client } from "../../src/install/clients/clients.ts";
import { unwrapText } from "../../src/install/entries/unwrap-text.ts";
import { wrapText } from "../../src/install/entries/wrap-text.ts";
import { SourceError } from "../../src/install/source/source-node.ts";
import type { Place } from "../../src/machine/place.ts";
import { jsonFiles, tomlFiles, yamlFiles } from "./generated-files.ts";

const PLACE_WITH_BLANK = join(tmpdir(), "my tools");
const LINUX: Place = {
  platform: "linux",
  home: "/home/u",
  env: {},
  folder: "/home/u/project",
  caumHome: "/home/u/.ca'um",
  node: "/usr/bin/node",
};
const WINDOWS: Place = { ...LINUX, platform: "win32", caumHome: "C:\\Users\\A B\\.caum" };

function clientOf(name: string): Client {
  return CLIENTS.find((client) => client.name === name)!;
}

/** What an editor may leave behind: a few characters taken out, something else put in. */
const edits = fc.tuple(
  fc.nat(),
  fc.nat({ max: 12 }),
  fc.constantFrom("", '"', "{", "}", "]", ",", "\n", "#", "/*", "'", "\0", ": ", "- ", "&a ", "*a"),
);

const FORMATS = [
  {
    format: "JSON",
    client: clientOf("cursor"),
    files: jsonFiles,
    read: (text: string) => parseJson(text.replace("\ufeff", "")).mcpServers,
  },
  {
    format: "YAML",
    client: clientOf("goose"),
    files: yamlFiles,
    read: (text: string) => parseYaml(text.replace("\ufeff", "")).extensions,
  },
  {
    format: "TOML",
    client: clientOf("codex"),
    files: tomlFiles,
    read: (text: string) => parseToml(text.replace("\ufeff", "")).mcp_servers ?? {},
  },
];

describe.each(FORMATS)("$format", ({ client, files, read }) => {
  test("wrapping and unwrapping any file gives back its bytes", () => {
    fc.assert(
      fc.property(files, (text) => {
        const wrapped = wrapText(text, client, LINUX).text;
        expect(unwrapText(wrapped, client, LINUX).text).toBe(text);
      }),
      { numRuns: 400 },
    );
  });

  test("a half-edited file is left with its line, or comes back as it was edited", () => {
    fc.assert(
      fc.property(files, edits, fc.boolean(), (text, [at, length, put], isWrappedBefore) => {
        const whole = isWrappedBefore ? wrapText(text, client, LINUX).text : text;
        const start = at % whole.length;
        const edited = whole.slice(0, start) + put + whole.slice(start + length);
        try {
          const wrapped = wrapText(edited, client, LINUX).text;
          expect(wrapText(wrapped, client, LINUX).text).toBe(wrapped);
          // What of ours was there before the edit is gone as well.
          const plain = isWrappedBefore ? unwrapText(edited, client, LINUX).text : edited;
          expect(unwrapText(wrapped, client, LINUX).text).toBe(plain);
        } catch (problem) {
          if (!(problem instanceof SourceError)) throw problem;
          expect(problem.line).toBeGreaterThan(0);
        }
      }),
      { numRuns: 150 },
    );
  });

  test("wrapping twice equals wrapping once", () => {
    fc.assert(
      fc.property(files, (text) => {
        const once = wrapText(text, client, LINUX).text;
        expect(wrapText(once, client, LINUX).text).toBe(once);
      }),
      { numRuns: 150 },
    );
  });

  test("every entry that starts a server is wrapped, with its words at the end", () => {
    fc.assert(
      fc.property(files, (text) => {
        const before = read(text);
        const { text: wrapped, servers } = wrapText(text, client, LINUX);
        const after = read(wrapped);
        expect(Object.keys(after)).toEqual(Object.keys(before));
        for (const [name, entry] of Object.entries<Record<string, unknown>>(before)) {
          const { command, cmd, args = [], ...others } = entry;
          const {
            command: shell,
            cmd: shell2,
            args: shellArgs,
            ...sameOthers
          } = after[name] as Record<string, unknown>;
          expect(sameOthers).toEqual(others);
          const outcome = servers.find((server) => server.name === name);
          if (outcome?.outcome !== "wrapped") {
            const reason = / /.test(String(command ?? cmd))
              ? /disabled|HTTP|inside/
              : /disabled|HTTP/;
            expect(outcome?.reason).toMatch(reason);
            continue;
          }
          expect(shell ?? shell2).toBe("/bin/sh");
          expect((shellArgs as string[]).slice(4)).toEqual([command ?? cmd, ...(args as string[])]);
        }
      }),
      { numRuns: 150 },
    );
  });

  test("what was edited elsewhere since stays", () => {
    fc.assert(
      fc.property(files, (text) => {
        const comment = client.format === "json" ? "// mine" : "# mine";
        const wrapped = `${wrapText(text, client, LINUX).text}\n${comment}\n`;
        expect(unwrapText(wrapped, client, LINUX).text).toBe(`${text}\n${comment}\n`);
      }),
      { numRuns: 100 },
    );
  });
});

test("the Windows entry holds the original words twice and no quote of its own", () => {
  const text =
    '{"mcpServers": {"a": {"command": "npx", "args": ["-y", "srv", "C:\\\\A B"]}, "b": {"command": "npx", "args": ["50%"]}}}';
  const client = clientOf("claude-desktop");
  const { text: wrapped, servers } = wrapText(text, client, WINDOWS);
  expect(servers).toEqual([
    { name: "a", outcome: "wrapped" },
    { name: "b", outcome: "left", reason: "holds characters that cmd.exe would change" },
  ]);
  const { command, args } = JSON.parse(wrapped).mcpServers.a;
  expect([command, ...args.slice(0, 4)]).toEqual(["cmd", "/d", "/c", "if", "not"]);
  expect(args[4]).toMatch(/^caum2:a:[\w-]+==0$/);
  const launcher = "C:\\Users\\A B\\.caum\\bin\\launch.cmd";
  expect(args.slice(5)).toEqual([
    ..."if exist".split(" "),
    launcher,
    "(",
    "call",
    launcher,
    "npx",
    "-y",
    "srv",
    "C:\\A B",
    ")",
    "else",
    "(",
    "npx",
    "-y",
    "srv",
    "C:\\A B",
    ")",
  ]);
  expect(unwrapText(wrapped, client, WINDOWS).text).toBe(text);
});

test("an argument added to a wrapped entry stays when it is unwrapped", () => {
  const client = clientOf("cursor");
  const text = '{"mcpServers": {"a": {"command": "npx", "args": [ "-y" ]}}}';
  const wrapped = wrapText(text, client, LINUX).text.replace(
    '"npx", "-y"]',
    '"npx", "-y", "--new"]',
  );
  const expected = text.replace('[ "-y" ]', '["-y", "--new"]');
  expect(unwrapText(wrapped, client, LINUX).text).toBe(expected);
});

test("a command that was put in place of ours stays", () => {
  const client = clientOf("cursor");
  const text = '{"mcpServers": {"a": {"command": "npx", "args": [ "-y" ]}}}';
  const wrapped = wrapText(text, client, LINUX).text.replace('"/bin/sh"', '"bunx"');
  expect(unwrapText(wrapped, client, LINUX).text).toBe(text.replace('"npx"', '"bunx"'));
});

test("an entry that lost its marker is left alone, with the reason", () => {
  const client = clientOf("cursor");
  const text = '{"mcpServers": {"a": {"command": "npx"}}}';
  const half = wrapText(text, client, LINUX).text.replace(/caum2:[\w:-]+/, "x");
  const { text: same, servers } = wrapText(half, client, LINUX);
  expect(same).toBe(half);
  expect(servers).toEqual([
    {
      name: "a",
      outcome: "left",
      reason: "was wrapped and then edited by hand: correct its command",
    },
  ]);
});

test.each([
  ["json", "cursor", '{\n  "mcpServers": {\n    "a": [\n}', 4],
  ["yaml", "goose", "a: 1\nextensions: [", 2],
  ["toml", "codex", "a = 1\n[mcp_servers.x]\ncommand = \n", 3],
])("a broken %s file is named with its line", (_format, name, text, line) => {
  const attempt = () => wrapText(text, clientOf(name), LINUX);
  expect(attempt).toThrow(SourceError);
  try {
    attempt();
  } catch (error) {
    expect((error as SourceError).line).toBe(line);
  }
});

test.each([
  [
    "opencode",
    '{"mcp": {"a": {"type": "local", "command": ["npx", /* c */ "-y"], "enabled": true}}}',
  ],
  ["vscode", '{"inputs": [], "servers": {"a": {"type": "stdio", "command": "npx"}}}'],
  ["zed", '{"context_servers": {"a": {"source": "custom", "command": "npx", "args": []}}}'],
  [
    "zed",
    '{"context_servers": {"a": {"command": {"path": "npx", "args": ["-y"], "env": {"A": "1"}}, "settings": {}}}}',
  ],
  ["zed", '{"context_servers": {"a": {"command": {"path": "npx" /* bare */}}}}'],
  ["qwen-code", '{"mcpServers": {"a": {"command": "npx", "args": ["-y"]}}}'],
  ["kilo-cli", '{"mcp": {"a": {"type": "local", "command": ["npx", "-y"]}}}'],
  ["amp", '{"amp.mcpServers": {"a": {"command": "npx"}}}'],
  ["claude-code", '{"projects": {"/p": {"mcpServers": {"a": {"command": "npx"}}}}}'],
  [
    "continue",
    "mcpServers:\n- name: a\n  command: npx\n  args:\n  - -y\n  # end\n- url: https://x\n",
  ],
  [
    "mistral-vibe",
    '[[mcp_servers]]\nname = "a"\ncommand = "npx"\n\n[[mcp_servers]]\nname = "b"\nurl = "x"\n',
  ],
  ["codex", 'mcp_servers.a.command = "npx"\nmcp_servers.a.startup_timeout_sec = 5\n'],
])("%s: its own shape of entries is wrapped and restored", (name, text) => {
  const client = clientOf(name);
  const { text: wrapped, servers } = wrapText(text, client, LINUX);
  expect(servers[0]).toEqual({ name: "a", outcome: "wrapped" });
  expect(wrapped).toContain("caum2:");
  expect(unwrapText(wrapped, client, LINUX).text).toBe(text);
});

test.each([
  ["npx -y @scope/server", "left"],
  ["/opt/no such tool/run", "left"],
  ["npx -y server", "left"],
  [join(PLACE_WITH_BLANK, "run"), "wrapped"],
])("the command %j is %s", (command, outcome) => {
  mkdirSync(PLACE_WITH_BLANK, { recursive: true });
  writeFileSync(join(PLACE_WITH_BLANK, "run"), "");
  const text = JSON.stringify({ mcpServers: { a: { command } } });
  const [server] = wrapText(text, clientOf("cursor"), LINUX).servers;
  expect(server).toMatchObject(
    outcome === "left" ? { outcome, reason: "has arguments inside its command" } : { outcome },
  );
});

test("the servers of Crush are left alone, because it would change a wrapped entry", () => {
  const text = '{"mcp": {"a": {"type": "stdio", "command": "npx"}}}';
  const { text: same, servers } = wrapText(text, clientOf("crush"), LINUX);
  expect(same).toBe(text);
  expect(servers).toMatchObject([{ outcome: "left", reason: expect.stringContaining("Crush") }]);
});

test("there are at least 20 clients, each with a name of its own", () => {
  expect(new Set(CLIENTS.map(({ name }) => name)).size).toBeGreaterThanOrEqual(20);
  expect(new Set(CLIENTS.map(({ name }) => name)).size).toBe(CLIENTS.length);
});

test.each([
  ["cursor", ""],
  ["cursor", "\ufeff \r\n"],
  ["cursor", "// nothing yet\n"],
  ["cursor", "[]"],
  ["cursor", '{"mcpServers": []}'],
  ["cursor", '{"mcpServers": {"a": {"command": "x", "command": "y"}}}'],
  ["goose", ""],
  ["goose", "# nothing yet\n"],
  ["goose", "extensions:\n"],
  ["goose", "a: &x npx\nextensions:\n  a:\n    cmd: *x\n    args: &y [a]\n"],
  ["codex", ""],
  ["codex", "# nothing yet\n"],
  ["codex", "mcp_servers = 3\n"],
])("%s: %j has nothing to wrap and stays", (name, text) => {
  expect(wrapText(text, clientOf(name), LINUX).text).toBe(text);
});

test("two servers of one name in different projects are both wrapped", () => {
  const client = clientOf("claude-code");
  const server = '{"mcpServers": {"a": {"command": "npx", "args": []}}}';
  const text = `{"mcpServers": {"a": {"command": "npx"}}, "projects": {"/p": ${server}, "/q": ${server}}}`;
  const { text: wrapped, servers } = wrapText(text, client, LINUX);
  expect(servers.map(({ outcome }) => outcome)).toEqual(["wrapped", "wrapped", "wrapped"]);
  expect(unwrapText(wrapped, client, LINUX).text).toBe(text);
});

test("what a client made of the file since is kept when it is unwrapped", () => {
  const client = clientOf("cursor");
  const text = '{\n  // mine\n  "mcpServers": {"a": {"command": "npx", "args": ["-y"]}}\n}';
  const wrapped = JSON.parse(wrapText(text, client, LINUX).text.replace("// mine", ""));
  const rewritten = JSON.stringify({ ...wrapped, theme: "dark" }, undefined, 4);
  const restored = JSON.parse(unwrapText(rewritten, client, LINUX).text);
  expect(restored).toEqual({ mcpServers: { a: { command: "npx", args: ["-y"] } }, theme: "dark" });
});

test.each([
  [2, "extensions:\n    a:\n        cmd: npx\n        args:\n        - -y\n        - srv\n"],
  [8, "extensions:\n a:\n  cmd: npx\n  args:\n  - -y\n  - srv\n"],
])(
  "a YAML file that was written anew (indent %i) is unwrapped to the same words",
  (indent, text) => {
    const client = clientOf("goose");
    const rewritten = stringifyYaml(parseYaml(wrapText(text, client, LINUX).text), { indent });
    const restored = parseYaml(unwrapText(rewritten, client, LINUX).text);
    expect(restored).toEqual(parseYaml(text));
  },
);

test("our own server is left alone, however it is started", () => {
  const servers = {
    a: { command: "caum", args: ["mcp"] },
    b: { command: "npx", args: ["-y", "caum@latest", "mcp"] },
    c: { command: "/usr/local/bin/caum", args: ["mcp", "--home", "/tmp"] },
    d: { command: "npx", args: ["-y", "@caum/cli", "mcp"] },
    other: { command: "npx", args: ["-y", "caumulus", "mcp"] },
  };
  const text = JSON.stringify({ mcpServers: servers });
  const { servers: outcomes } = wrapText(text, clientOf("cursor"), LINUX);
  const left = outcomes.filter(({ outcome }) => outcome === "left").map(({ name }) => name);
  expect(left).toEqual(["a", "b", "c", "d"]);
});
