import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { isOnlyServer } from "../../../src/tap/journal/only-server.ts";

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "caum-only-"));
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

const ours = { args: ["--", "entry-1"] };

/** Writes down what was installed for a client, and what its file says now. */
function install(servers: object, more: object = {}): void {
  const path = join(home, "client.json");
  writeFileSync(path, JSON.stringify({ mcpServers: servers }));
  const noOtherTools = { clientName: "desktop", servers: "mcpServers", unless: "extensions" };
  const files = [{ path: join(home, "none.json") }, { path, noOtherTools, ...more }];
  writeFileSync(join(home, "installed.json"), JSON.stringify({ files }));
}

const isOnly = (entry: string | undefined = "entry-1", client: string | undefined = "desktop") =>
  isOnlyServer(entry, client, home);

test("the only server of a client without tools of its own is one", () => {
  install({ one: ours });
  expect(isOnly()).toBe(true);
  mkdirSync(join(home, "extensions"));
  expect(isOnly()).toBe(true);
});

test("of another client or entry, or where one is unknown, it is not known to be", () => {
  install({ one: ours });
  expect([isOnly("entry-2"), isOnly("entry-1", "editor")]).toEqual([false, false]);
  expect(isOnlyServer(undefined, "desktop", home)).toBe(false);
  expect(isOnlyServer("entry-1", undefined, home)).toBe(false);
});

test("beside another server, or tools that were installed, it is not the only one", () => {
  install({ one: ours, two: { args: [] } });
  expect(isOnly()).toBe(false);
  install({ one: ours });
  mkdirSync(join(home, "extensions", "tool"), { recursive: true });
  expect(isOnly()).toBe(false);
});

test("what cannot be read says no", () => {
  expect(isOnly()).toBe(false);
  install({ one: ours }, { noOtherTools: undefined });
  expect(isOnly()).toBe(false);
  install({ one: {} });
  expect(isOnly()).toBe(false);
});
