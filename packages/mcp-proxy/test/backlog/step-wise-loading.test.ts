import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { LateReader, type Loading } from "../../src/backlog/late-reader.ts";
import type { Line } from "../../src/backlog/line-framer.ts";
import { TapQueue } from "../../src/backlog/tap-queue.ts";

const said: string[] = [];
vi.mock("../../src/command/say.ts", () => ({ say: (text: string) => said.push(text) }));

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
  said.length = 0;
});

/** How long a server that boots is to be silent before the first step, and a relay before reading. */
const BOOT_MS = 80;
const QUIET_MS = 20;
/** Before the third step. */
const LONG_BOOT_MS = 200;

/** A relay whose recorder is loaded in three steps. */
function relay({ failAt = 0 } = {}) {
  const seen = { steps: 0, failures: 0, read: [] as string[], did: [] as string[] };
  const step = () => {
    seen.steps++;
    if (seen.steps === failAt) throw new Error("not loaded");
  };
  function* load(): Loading<Line> {
    step();
    yield QUIET_MS;
    step();
    yield LONG_BOOT_MS;
    step();
    return {
      accept: ({ head }) => seen.read.push(head.toString()),
      forgot: (count) => seen.did.push(`forgot ${count}`),
      rest: () => seen.did.push("rest"),
      interrupt: () => seen.did.push("interrupt"),
      close: async () => {
        seen.did.push("close");
      },
    };
  }
  const queue = new TapQueue();
  const onFailure = () => {
    seen.failures++;
  };
  const reader = new LateReader(queue, load, onFailure);
  const pass = (text: string, isReply = false) => {
    queue.push(!isReply, Buffer.from(text), Date.now());
    reader.passed(Date.now(), isReply);
  };
  return { seen, reader, pass };
}

test("nothing is loaded before something passes", async () => {
  const { seen, reader } = relay();
  vi.advanceTimersByTime(10_000);
  reader.interrupt();
  await reader.close(100);
  expect(seen).toEqual({ steps: 0, failures: 0, read: [], did: [] });
});

test("while a server boots, each step waits for a silence of its own", () => {
  const { seen, pass } = relay();
  pass("hello\n");
  vi.advanceTimersByTime(BOOT_MS - 2);
  expect(seen.steps).toBe(0);
  vi.advanceTimersByTime(QUIET_MS);
  expect(seen.steps).toBe(2);
  vi.advanceTimersByTime(LONG_BOOT_MS - BOOT_MS - QUIET_MS - 2);
  expect(seen.steps).toBe(2);
  vi.advanceTimersByTime(2 * QUIET_MS);
  expect(seen).toMatchObject({ steps: 3, read: ["hello"], did: ["rest"] });
});

test("bytes that pass meanwhile put the next step off", () => {
  const { seen, pass } = relay();
  for (let count = 0; count < 10; count++) {
    pass("more\n");
    vi.advanceTimersByTime(BOOT_MS / 4);
  }
  expect(seen.steps).toBe(0);
  vi.advanceTimersByTime(BOOT_MS);
  expect(seen.steps).toBe(2);
});

test("once the server has answered, some milliseconds are enough for all of them", () => {
  const { seen, pass } = relay();
  pass("hello\n");
  vi.advanceTimersByTime(5);
  pass("answer\n", true);
  vi.advanceTimersByTime(1);
  expect(seen.steps).toBe(0);
  vi.advanceTimersByTime(QUIET_MS);
  expect(seen).toMatchObject({ steps: 3, read: ["hello", "answer"], did: ["rest"] });
});

test("between two steps the relay turns to what has come", () => {
  const { seen, pass } = relay();
  pass("answer\n", true);
  const stepsAtTurn: number[] = [];
  while (seen.read.length === 0) {
    vi.advanceTimersToNextTimer();
    stepsAtTurn.push(seen.steps);
  }
  expect(stepsAtTurn.filter((steps, turn) => steps - (stepsAtTurn[turn - 1] ?? 0) > 1)).toEqual([]);
});

test("under traffic that never pauses it is loaded all the same", () => {
  const { seen, pass } = relay();
  for (let count = 0; count < 300; count++) {
    pass("more\n", true);
    vi.advanceTimersByTime(2);
  }
  expect(seen.steps).toBe(3);
  expect(seen.read.length).toBeGreaterThan(200);
});

test("a signal does not wait for steps", () => {
  const { seen, reader, pass } = relay();
  pass("hello\n");
  expect(reader.isLoaded).toBe(false);
  reader.interrupt();
  expect(reader.isLoaded).toBe(true);
  expect(seen).toMatchObject({ steps: 3, read: ["hello"], did: ["interrupt"] });
});

test("an end does not wait for steps", async () => {
  const { seen, reader, pass } = relay();
  pass("hello\n");
  await reader.close(100);
  expect(seen).toMatchObject({ steps: 3, read: ["hello"], did: ["close"] });
  vi.advanceTimersByTime(10_000);
  expect(seen.did).toEqual(["close"]);
});

test.each([1, 2, 3])("a failure of step %i is told once, and nothing is read", async (failAt) => {
  const { seen, reader, pass } = relay({ failAt });
  pass("answer\n", true);
  vi.advanceTimersByTime(1_000);
  reader.interrupt();
  await reader.close(100);
  expect(reader.isOff).toBe(true);
  expect(seen).toEqual({ steps: failAt, failures: 1, read: [], did: [] });
  expect(said).toEqual(["not recording any more: the recorder failed, traffic goes on"]);
});
