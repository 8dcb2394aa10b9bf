/** What nobody uses any more is closed, and no number of conversations fills the memory. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Exchange } from "../../src/backlog/exchange.ts";
import { SessionIds } from "../../src/session/session-ids.ts";
import { HttpConversations } from "../../src/tap/http/http-conversations.ts";
import { ObserverJournal } from "../../src/tap/journal/observer-journal.ts";
import { Observers } from "../../src/tap/journal/observers.ts";
import { messagesOfText } from "../../src/tap/messages/message.ts";

const HALF_AN_HOUR_MS = 30 * 60_000;
const CALL = { jsonrpc: "2.0", id: 1, method: "tools/call", params: { name: "t", arguments: {} } };
const [MESSAGE] = messagesOfText(Buffer.from(JSON.stringify(CALL)));

let home: string;
let observers: Observers;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "caum-idle-"));
  observers = new Observers({ home, version: "1", hashNames: false, say: () => {} });
});
afterEach(async () => {
  await observers.close(0);
  rmSync(home, { recursive: true, force: true });
});

/** The last record of every run of a session. */
function endOf(sessionId: string): unknown {
  const runs = readdirSync(join(home, "runs")).map((run) =>
    readFileSync(join(home, "runs", run, "records.ndjson"), "utf8")
      .trim()
      .split("\n"),
  );
  const own = runs.find(([first]) => JSON.parse(first ?? "").sessionId === sessionId);
  return JSON.parse(own?.at(-1) ?? "{}").payload?.type;
}

test("a client that comes back after its session was given up closes the one before", async () => {
  const journal = new ObserverJournal(observers, (time) => `session-${time >= HALF_AN_HOUR_MS}`);
  journal.observe({ kind: "tool", tool: "t", status: "ok" }, 1_000);
  journal.observe({ kind: "tool", tool: "t", status: "ok" }, 1_000 + HALF_AN_HOUR_MS);
  await expect.poll(() => endOf("session-false")).toBe("close");
  expect(endOf("session-true")).not.toBe("close");
  await journal.close();
});

function openConversations() {
  const ids = new SessionIds({ home, sessionId: undefined });
  const known = new HttpConversations(observers, ids, "server");
  const exchangeOf = (sessionId: string): Exchange => ({
    number: 1,
    method: "POST",
    path: "/mcp",
    sessionId,
    openedSessionId: undefined,
    lastEventId: undefined,
    client: "127.0.0.1",
  });
  const open = (sessionId: string) => {
    if (!MESSAGE) throw new Error("a message");
    return known.of(exchangeOf(sessionId), MESSAGE);
  };
  return { known, open, isKnown: (id: string) => known.named(exchangeOf(id)) !== undefined };
}

test("a conversation over HTTP that was silent for half an hour is closed", async () => {
  const { known, open, isKnown } = openConversations();
  const { lastActiveAt } = open("one");
  known.tick(lastActiveAt + HALF_AN_HOUR_MS - 1_000);
  expect(isKnown("one")).toBe(true);
  known.tick(lastActiveAt + HALF_AN_HOUR_MS + 1_000);
  expect(isKnown("one")).toBe(false);
  await known.closeAll();
});

test("of more conversations than a thousand the one that was silent longest is closed", async () => {
  const { known, open, isKnown } = openConversations();
  for (let at = 0; at < 1_000; at++) open(`session ${at}`);
  open("session 0");
  open("one more");
  expect([isKnown("session 0"), isKnown("session 1"), isKnown("session 2")]).toEqual([
    true,
    false,
    true,
  ]);
  await known.closeAll();
});
