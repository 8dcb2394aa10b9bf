/** `npm run emitters` needs npm; what it goes by is held here. */
import { describe, expect, test } from "vitest";
import { LIVE_EMITTERS } from "../field/emitters/emitters.ts";
import { compare, FACTS, type Runs } from "../field/emitters/facts.ts";
import type { Recorded } from "../field/emitters/run-emitter.ts";
import { EMITTERS } from "../packages/otlp/test/emitters.ts";

const live = EMITTERS.filter((emitter) => emitter.live !== undefined);

test("at least eight emitters are run live", () => {
  expect(live.length).toBeGreaterThanOrEqual(8);
});

test.each(live)("$name is run in the version that its row names", ({ live: name, sentBy }) => {
  const packages = LIVE_EMITTERS.find((emitter) => emitter.name === name)?.packages ?? {};
  const versions = Object.entries(packages).map(([id, version]) => `${id} ${version}`);
  const named = sentBy.split(", ")[0];
  expect(versions).toContain(named);
});

test("versions are exact, so that a run is repeated as it was", () => {
  for (const { packages } of LIVE_EMITTERS) {
    for (const version of Object.values(packages)) expect(version).toMatch(/^\d+\.\d+\.\d+$/);
  }
});

describe("each fact can fail", () => {
  const [emitter] = LIVE_EMITTERS;
  if (emitter === undefined) throw new Error("there are no emitters");
  const good: Recorded = {
    sessions: 1,
    calls: emitter.calls,
    tokens: emitter.tokens,
    alertAtCall: emitter.alertAtCall,
    isCanarySent: true,
    isCanaryFound: false,
    isSameAgain: true,
  };

  const facts: readonly (readonly [string, keyof Runs, Partial<Recorded>])[] = [
    ["calls", "run", { calls: ["lookup ok", "broken ok"] }],
    ["tokens", "run", { tokens: [304, 37] }],
    ["session", "run", { sessions: 2 }],
    ["loop", "loop", { alertAtCall: 5 }],
    ["loop", "loop", { alertAtCall: null }],
    ["steady", "steady", { alertAtCall: null }],
    ["content", "run", { isCanaryFound: true }],
    ["content", "loop", { isCanaryFound: true }],
    ["content", "run", { isCanarySent: false }],
    ["again", "steady", { isSameAgain: false }],
  ];

  test.each(facts)("%s of the %s", (name, of, changed) => {
    const all = { run: good, loop: good, steady: good };
    const compared = compare(emitter, { ...all, [of]: { ...good, ...changed } });
    expect(FACTS.filter((fact) => !compared[fact].isAsExpected)).toEqual([name]);
  });
});
