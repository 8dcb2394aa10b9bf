import { expect, test } from "vitest";
import { readCommandLine } from "../../src/command/command-line.ts";

const OPTIONS = { hashNames: false, record: true };

test("the server command is everything after --", () => {
  expect(readCommandLine(["--home", "/h", "--", "node", "--", "-v", ""], {})).toEqual({
    kind: "stdio",
    command: "node",
    args: ["--", "-v", ""],
    options: { ...OPTIONS, home: "/h" },
  });
});

test("flags become options; the rest of the environment is read later", () => {
  const env = { CAUM_HASH_NAMES: "1" };
  expect(readCommandLine(["--session=t", "--agent", "a", "--no-record", "--", "x"], env)).toEqual({
    kind: "stdio",
    command: "x",
    args: [],
    options: { sessionId: "t", agentId: "a", hashNames: true, record: false },
  });
});

test("an HTTP server is named by its URL", () => {
  expect(readCommandLine(["--http", "http://h/mcp", "--listen", ":1"], {})).toMatchObject({
    kind: "http",
    url: "http://h/mcp",
    listen: ":1",
  });
});

test.each([
  [["-h"], "help"],
  [["--version"], "version"],
  [["--bogus", "--help", "--", "x"], "mistake"],
])("%j asks for %s", (words, kind) => {
  expect(readCommandLine(words, {}).kind).toBe(kind);
});

test.each([
  [[], "no server command: write it after --"],
  [["--"], "no server command: write it after --"],
  [["--bogus", "--", "x"], "unknown option --bogus: see --help"],
  [["--no-record=1", "--", "x"], "unknown option --no-record: see --help"],
  [["node", "server.js"], "unexpected argument node: the server command goes after --"],
  [["--home"], "--home needs a value: see --help"],
  [["--home="], "--home needs a value: see --help"],
  [["--listen", "1", "--", "x"], "--listen needs --http: add the URL of the server"],
  [["--http", "u", "--", "x"], "--http takes no server command: leave out what follows --"],
])("%j is a mistake that is explained", (words, text) => {
  expect(readCommandLine(words, {})).toEqual({ kind: "mistake", text });
});
