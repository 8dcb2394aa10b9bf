/** Turns that wait for a fuller layer wait neither long nor in any number. */
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Layer } from "../../src/capture/record.ts";
import { CallMerger } from "../../src/merge/call-merger.ts";

const START_MS = 1_000_000;

beforeEach(() => {
  vi.useFakeTimers({ now: START_MS });
});
afterEach(() => {
  vi.useRealTimers();
});

let mergers = 0;
function merger(layer: Layer) {
  const seen: string[] = [];
  // Only what comes out counts here.
  const sink = {
    session: (id: string) =>
      ({
        observe: () => void seen.push(id),
        digestCall: (call: unknown) => call,
        digestTurn: (turn: unknown) => turn,
      }) as never,
  };
  return { calls: new CallMerger({ sink, layer, clock: Date.now }), seen, name: `m${mergers++}` };
}

/** A framework with a model call under way, and a client below it whose calls may be the framework's. */
function busyFrameworkAndClient() {
  const framework = merger("framework");
  framework.calls.turnStarted({ session: framework.name, id: framework.name });
  return { framework, client: merger("model") };
}

test("a turn that nobody else claims is reported by itself within three seconds", () => {
  const { framework, client } = busyFrameworkAndClient();
  client.calls.turnEnded({ session: "s", id: client.name }, { responseId: client.name });
  vi.advanceTimersByTime(1_500);
  expect(client.seen).toEqual([]);
  vi.advanceTimersByTime(1_500);
  expect(client.seen).toEqual(["s"]);
  framework.calls.close();
  client.calls.close();
});

test("of more turns than a thousand the oldest waits no longer", () => {
  const { framework, client } = busyFrameworkAndClient();
  for (let at = 0; at <= 1_000; at++) {
    const id = `${client.name} ${at}`;
    client.calls.turnEnded({ session: `session ${at}`, id }, { responseId: id });
  }
  expect(client.seen).toEqual(["session 0"]);
  framework.calls.close();
  client.calls.close();
});

test("an execution that has ended is not reported again, also when it has no id", () => {
  const { calls, seen, name } = merger("framework");
  const facts = { tool: "search", arguments: {}, run: name };
  calls.ended({ session: "s" }, { status: "ok" }, facts);
  calls.ended({ session: "s" }, { status: "ok" }, facts);
  expect(seen).toEqual(["s"]);
  calls.close();
});
