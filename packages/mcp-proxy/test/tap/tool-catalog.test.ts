import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { LineFramer } from "../../src/relay/tapped/line-framer.ts";
import { messagesOf } from "../../src/tap/messages/line-messages.ts";
import type { Reply } from "../../src/tap/messages/message.ts";
import { KnownTools } from "../../src/tap/tools/known-tools.ts";
import { listedTools, ToolCatalog } from "../../src/tap/tools/tool-catalog.ts";

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

test("nothing that a server says is readable in the file", () => {
  const home = temporaryHome();
  listedIn(home, "secret-command", tool("secret-name", "secret-text"));
  const [file = ""] = readdirSync(join(home, "tools"));
  expect(file).not.toContain("secret");
  const text = readFileSync(join(home, "tools", file), "utf8");
  expect(text).toMatch(/^\{"[0-9a-f]{32}":"[0-9a-f]{32}"\}$/);
});

test.each(["", "[]", '{"a":1}', "\0"])(
  "a file that was damaged (%j) is no reason to fail",
  (text) => {
    const home = temporaryHome();
    listedIn(home, "s", tool("a"));
    const [file = ""] = readdirSync(join(home, "tools"));
    writeFileSync(join(home, "tools", file), text);
    expect(listedIn(home, "s", tool("a", "y"))).toEqual([]);
  },
);
