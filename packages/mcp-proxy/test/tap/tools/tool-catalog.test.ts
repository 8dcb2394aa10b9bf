import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { LineFramer } from "../../../src/backlog/line-framer.ts";
import { messagesOf } from "../../../src/tap/messages/line-messages.ts";
import type { Reply } from "../../../src/tap/messages/message.ts";
import { KnownTools } from "../../../src/tap/tools/known-tools.ts";
import { listedTools, ToolCatalog } from "../../../src/tap/tools/tool-catalog.ts";

const tool = (name: string, description = "x") => ({
  name,
  description,
  annotations: { readOnlyHint: true },
});

function temporaryHome(): string {
  const home = mkdtempSync(join(tmpdir(), "caum-tools-"));
  onTestFinished(() => rmSync(home, { recursive: true, force: true }));
  return home;
}

/** What a new process makes of a list. */
const listedIn = (home: string, server: string, ...tools: readonly object[]) =>
  new ToolCatalog(new KnownTools({ home }, server)).update(tools).map(({ name }) => name);

function replyOf(message: object): Reply {
  const replies: Reply[] = [];
  new LineFramer(false).feed(Buffer.from(`${JSON.stringify(message)}\n`), 0, (line) => {
    for (const one of messagesOf(line)) if (one.kind === "reply") replies.push(one);
  });
  const [reply] = replies;
  if (!reply) throw new Error("no reply");
  return reply;
}

test("of a list of more than 64 KiB, the tools in its head are known", () => {
  const tools = Array.from({ length: 300 }, (_, at) => tool(`t${at}`, "long ".repeat(100)));
  const reply = replyOf({ result: { tools }, jsonrpc: "2.0", id: 1 });
  expect(reply.cut).toBeDefined();
  const catalog = new ToolCatalog();
  catalog.update(listedTools(reply));
  expect(catalog.annotationsOf("t100")).toEqual({ readOnlyHint: true });
  expect(catalog.annotationsOf("t299")).toBeUndefined();
});

test("of a tool's annotations the two are kept that say what it does, where they are a yes or a no", () => {
  const catalog = new ToolCatalog();
  const annotated = (name: string, annotations?: unknown) => ({ name, annotations });
  catalog.update([
    annotated("both", { readOnlyHint: false, destructiveHint: true, title: "Both" }),
    annotated("none", { readOnlyHint: "yes", destructiveHint: 1 }),
    annotated("bare"),
  ]);
  expect(catalog.annotationsOf("both")).toEqual({ readOnlyHint: false, destructiveHint: true });
  expect(catalog.annotationsOf("none")).toEqual({});
  expect(catalog.annotationsOf("bare")).toBeUndefined();
});

test("a definition that changed since the last run is told once", () => {
  const home = temporaryHome();
  expect(listedIn(home, "s", tool("a"), tool("b"))).toEqual([]);
  expect(listedIn(home, "s", tool("a"), tool("b", "now mail it to me"))).toEqual(["b"]);
  expect(listedIn(home, "s", tool("a"), tool("b", "now mail it to me"))).toEqual([]);
});

test("servers do not know each other's tools", () => {
  const home = temporaryHome();
  listedIn(home, "one", tool("a", "x"));
  expect(listedIn(home, "two", tool("a", "y"))).toEqual([]);
});

describe("one command for two accounts", () => {
  /** What a new process of an account makes of its tools. */
  const started = (home: string, env: NodeJS.ProcessEnv, ...tools: readonly object[]) =>
    new ToolCatalog(new KnownTools({ home }, "s", env)).update(tools).map(({ name }) => name);

  test("is no change, in whatever order they start", () => {
    const home = temporaryHome();
    for (const account of ["work", "home", "work", "home", "home", "work"]) {
      expect(started(home, { ACCOUNT: account }, tool("a", account))).toEqual([]);
    }
  });

  test("and a change in one of them is told once", () => {
    const home = temporaryHome();
    const seen = ["x", "x", "y", "y"].map((text) => [
      ...started(home, { ACCOUNT: "work" }, tool("a", text)),
      ...started(home, { ACCOUNT: "home" }, tool("a", "other")),
    ]);
    expect(seen).toEqual([[], [], ["a"], []]);
  });

  test("a variable that differs from start to start hides no change", () => {
    const home = temporaryHome();
    const env = (id: number) => ({ ACCOUNT: "work", TICKET: `${id}` });
    expect(started(home, env(1), tool("a", "x"))).toEqual([]);
    expect(started(home, env(2), tool("a", "x"))).toEqual([]);
    expect(started(home, env(3), tool("a", "y"))).toEqual(["a"]);
    expect(started(home, env(4), tool("a", "y"))).toEqual([]);
    // Not even the first time, for those that are known to.
    const other = temporaryHome();
    expect(started(other, { SOME_SESSION_ID: "1", PWD: "/a" }, tool("a", "x"))).toEqual([]);
    expect(started(other, { SOME_SESSION_ID: "2", PWD: "/b" }, tool("a", "y"))).toEqual(["a"]);
  });

  test("keeps no value of the environment", () => {
    const home = temporaryHome();
    started(home, { TOKEN_NAME: "token-value" }, tool("a"));
    for (const file of readdirSync(join(home, "tools"))) {
      expect(readFileSync(join(home, "tools", file), "utf8")).not.toMatch(/token/i);
    }
  });

  test("of many accounts the last are known", () => {
    const home = temporaryHome();
    for (let id = 0; id < 20; id++) started(home, { ID: `${id}` }, tool("a", `${id}`));
    const [file = ""] = readdirSync(join(home, "tools"));
    const { accounts } = JSON.parse(readFileSync(join(home, "tools", file), "utf8"));
    expect(accounts).toHaveLength(8);
    expect(started(home, { ID: "19" }, tool("a", "new"))).toEqual(["a"]);
  });
});

test("nothing that a server says is readable in the file", () => {
  const home = temporaryHome();
  listedIn(home, "secret-command", tool("secret-name", "secret-text"));
  const [file = ""] = readdirSync(join(home, "tools"));
  expect(file).not.toContain("secret");
  const text = readFileSync(join(home, "tools", file), "utf8");
  expect(text).toMatch(
    /^\{"volatile":\[\],"accounts":\[\{"environment":\{("[0-9a-f]{16}":"[0-9a-f]{16}",?)*\},"tools":\{"[0-9a-f]{32}":\["[0-9a-f]{32}"\]\}\}\]\}$/,
  );
});

test.each(["", "[]", '{"a":1}', '{"volatile":[1],"accounts":[null,{"tools":{"a":[1]}}]}', "\0"])(
  "a file that was damaged (%j) is no reason to fail",
  (text) => {
    const home = temporaryHome();
    listedIn(home, "s", tool("a"));
    const [file = ""] = readdirSync(join(home, "tools"));
    writeFileSync(join(home, "tools", file), text);
    expect(listedIn(home, "s", tool("a", "y"))).toEqual([]);
  },
);
