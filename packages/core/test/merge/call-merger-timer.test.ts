/** What nobody ends is looked for by one timer, while there is anything to look for. */
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Layer } from "../../src/capture/record.ts";
import { CallMerger } from "../../src/merge/call-merger.ts";

const MINUTE_MS = 60_000;

beforeEach(() => {
  vi.useFakeTimers({ now: 1_000_000 });
});
afterEach(() => {
  vi.useRealTimers();
});

let mergers = 0;
function merger(layer: Layer = "framework") {
  const seen: string[] = [];
  const name = `timed ${mergers++}`;
  // Only what comes out counts here.
  const sink = {
    session: () =>
      ({
        observe: ({ status = "ok" }) => void seen.push(status),
        digestCall: (call: unknown) => call,
        digestTurn: (turn: unknown) => turn,
      }) as never,
  };
  return { calls: new CallMerger({ sink, layer, clock: Date.now }), seen, name };
}

test("a call is given up by itself within a minute of its time", () => {
  const { calls, seen, name } = merger();
  calls.requested({ session: "s", toolCallId: name }, { tool: "search", response: name });
  vi.advanceTimersByTime(10 * MINUTE_MS - 1);
  expect(seen).toEqual([]);
  vi.advanceTimersByTime(MINUTE_MS);
  expect(seen).toEqual(["unresolved"]);
  expect(vi.getTimerCount()).toBe(0);
});

test("there is one timer while something is open, and none else", () => {
  const { calls, name } = merger();
  expect(vi.getTimerCount()).toBe(0);
  for (const id of ["a", "b"]) {
    calls.started({ session: "s", toolCallId: id }, { tool: "search", run: `${name} ${id}` });
  }
  expect(vi.getTimerCount()).toBe(1);
  calls.close();
  expect(vi.getTimerCount()).toBe(0);
});

test("a turn that waits for a fuller layer waits no longer for what else is open", () => {
  const framework = merger();
  const client = merger("model");
  framework.calls.turnStarted({ session: "s", id: framework.name });
  client.calls.started({ session: "s" }, { tool: "search", run: client.name });
  client.calls.turnEnded({ session: "s", id: client.name }, { responseId: client.name });
  vi.advanceTimersByTime(1_999);
  expect(client.seen).toEqual([]);
  vi.advanceTimersByTime(501);
  expect(client.seen).toEqual(["ok"]);
  for (const { calls } of [framework, client]) calls.close();
});

test("what is told after the end is not heard, and arms nothing", () => {
  const { calls, seen, name } = merger();
  calls.close();
  calls.started({ session: "s" }, { tool: "search", run: name });
  calls.turnStarted({ session: "s", id: name });
  expect([calls.openCount, vi.getTimerCount(), seen]).toEqual([0, 0, []]);
});
