/** Laws of the delivery, over random sequences of work and trouble. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import { createObserver } from "../../../src/index.ts";
import { createHttpTransport } from "../../../src/report/upstream/http-transport.ts";
import { isChain, type Misdeed, Receiver } from "../receiver.ts";

type Action =
  | { readonly kind: "observe"; readonly session: string; readonly count: number }
  | { readonly kind: "flush" }
  | { readonly kind: "restart" }
  | { readonly kind: "trouble"; readonly misdeed: Misdeed; readonly requests: number };

const misdeed = fc.constantFrom<Misdeed>(
  { status: 429, headers: { "retry-after": "1" } },
  { status: 500 },
  { status: 503, body: "<html>" },
  { status: 200, body: "<html>" },
  { status: 413, body: JSON.stringify({ error: { code: "PAYLOAD_TOO_LARGE" } }) },
  "cut",
  "store_then_cut",
  "cut_body",
  "hang",
  "store_then_hang",
);

const action: fc.Arbitrary<Action> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant("observe" as const),
      session: fc.constantFrom("a", "b", "c"),
      count: fc.integer({ min: 1, max: 150 }),
    }),
  },
  { weight: 2, arbitrary: fc.constant({ kind: "flush" as const }) },
  { weight: 1, arbitrary: fc.constant({ kind: "restart" as const }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant("trouble" as const),
      misdeed,
      requests: fc.integer({ min: 1, max: 3 }),
    }),
  },
);

test("whatever goes wrong on the way, each event is stored once, in order, in one chain", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(action, { minLength: 3, maxLength: 12 }), async (actions) => {
      const home = mkdtempSync(join(tmpdir(), "caum-laws-"));
      const receiver = await new Receiver().listen();
      try {
        await play(actions, home, receiver);
      } finally {
        await receiver.close();
        rmSync(home, { recursive: true, force: true });
      }
    }),
    { numRuns: 25, seed: 7 },
  );
}, 60_000);

async function play(actions: readonly Action[], home: string, receiver: Receiver): Promise<void> {
  const expected = new Map<string, string[]>();
  let trouble = 0;
  let wrong: Misdeed;
  receiver.misbehave = () => {
    trouble -= 1;
    return trouble >= 0 ? wrong : undefined;
  };
  let seen = open(home, receiver);
  let next = 0;
  for (const step of actions) {
    switch (step.kind) {
      case "observe":
        for (let index = 0; index < step.count; index++) {
          const tool = `tool-${next++}`;
          seen.observe(step.session, { tool, status: "ok" });
          expected.set(step.session, [...(expected.get(step.session) ?? []), tool]);
        }
        break;
      case "flush":
        await seen.flush();
        break;
      case "restart":
        await seen.close();
        seen = open(home, receiver);
        break;
      default:
        trouble = step.requests;
        wrong = step.misdeed;
    }
  }
  trouble = 0;
  await seen.flush();
  const result = await seen.close();
  expect(result).toMatchObject({ rejected: 0, spooled: 0, dropped: 0 });
  // A run that an earlier observer could not deliver waits under this live process; its records
  // go with the next process, which the tests of process ends play.
  for (const { lines } of receiver.runs.values()) expect(isChain(lines)).toBe(true);
  expect(receiver.forks).toEqual([]);
  expect(stored(receiver)).toEqual(expected);
}

function open(home: string, receiver: Receiver) {
  return createObserver({
    writer: "test",
    writerVersion: "1.0.0",
    layer: "framework",
    view: "full",
    home,
    env: {},
    upstream: { url: receiver.url, apiKey: receiver.key },
    transport: createHttpTransport({ timeoutMs: 100 }),
    onProblem: () => undefined,
  });
}

function stored(receiver: Receiver): Map<string, string[]> {
  const tools = new Map<string, string[]>();
  for (const line of receiver.lines) {
    const { sessionId, category, payload } = JSON.parse(line);
    if (category !== "tool_api") continue;
    tools.set(sessionId, [...(tools.get(sessionId) ?? []), payload.toolName]);
  }
  return new Map([...tools].map(([id, names]) => [id, names.sort(byNumber)]));
}

const byNumber = (left: string, right: string) => Number(left.slice(5)) - Number(right.slice(5));
