import { expect, test } from "vitest";
import type { Observation } from "../../src/capture/observation/observation.ts";
import { payloadOf } from "../../src/capture/observation/payload-of.ts";
import { readLine } from "../../src/evidence/line/read-line.ts";
import { RunWriter } from "../../src/evidence/run-writer.ts";
import { identityOf, OPEN_FACTS, stampOf } from "../evidence/records.ts";
import { keysOf } from "./keys.ts";

const MARKER = "zq7canary";
const shape = { bytes: 1, truncated: false };
const hash = "0".repeat(64);

/** What a caller can say that no compiler checked. */
const UNCHECKED: Readonly<Record<string, object>> = {
  "a status": { tool: "t", status: MARKER },
  "the status of a turn": { kind: "turn", status: MARKER },
  "a status that objects inherit": { tool: "t", status: "constructor" },
  "an op": { tool: "t", op: MARKER },
  "a role": { kind: "message", role: MARKER },
  "a bound": { tool: "t", durationIsBound: MARKER },
  "a signature": { tool: "t", argumentsSignature: MARKER },
  "a hash": { tool: "t", argumentsShape: { ...shape, hash: MARKER } },
  "a norm hash": { tool: "t", resultShape: { ...shape, hash, normHash: MARKER } },
  "a shape hash": { kind: "turn", contentShape: { ...shape, hash, shapeHash: MARKER } },
  "a size": { tool: "t", argumentsShape: { hash, bytes: MARKER, truncated: false } },
  "a negative size": { tool: "t", argumentsShape: { hash, bytes: -1, truncated: false } },
  "a number": { tool: "t", responseStatus: MARKER, durationMs: MARKER, inputTokens: MARKER },
};

/** As it is written: what is undefined is absent. */
function saidOnly<T>(draft: T): T {
  return JSON.parse(JSON.stringify(draft));
}

test.each(Object.entries(UNCHECKED))(
  "%s outside of its list is not kept, and breaks no run",
  (_what, said) => {
    const context = { keys: keysOf("s-1"), hashNames: false };
    // Not an observation to the compiler, which is the point.
    const draft = payloadOf(said as Observation, context);
    const run = new RunWriter(identityOf(1));
    run.open(OPEN_FACTS, stampOf(1));
    const { line } = run.append({ ...draft, ...stampOf(2) });
    expect(readLine(line)).toMatchObject({ record: saidOnly(draft) });
    expect(line).not.toContain(MARKER);
  },
);

test("what is in its list is kept as it is", () => {
  const context = { keys: keysOf("s-1"), hashNames: false };
  const said = { status: "denied", op: "wait", durationIsBound: "lower" } as const;
  const argumentsSignature = "2{1a2b:s5,9c0d:o2{77e1:n1,f00d:b0}}";
  const { payload } = payloadOf({ tool: "t", ...said, argumentsSignature }, context);
  expect(payload).toMatchObject({ ...said, argumentsSignature });
});

test("a turn and an agent are kept keyed, equal where they are equal, and never as they are", () => {
  const context = { keys: keysOf("s-1"), hashNames: false };
  const said = { parent: `turn ${MARKER}`, agent: `reviewer ${MARKER}` };
  const drafts = [
    payloadOf({ tool: "t", ...said }, context),
    payloadOf({ kind: "turn", requestedTools: 1, ...said }, context),
    payloadOf({ kind: "message", content: "done", ...said }, context),
  ];
  const { parentEventId } = drafts[0] ?? {};
  expect(parentEventId).toMatch(/^[0-9a-f]{32}$/);
  const agentTag = context.keys.tag(said.agent);
  const run = new RunWriter(identityOf(1));
  run.open(OPEN_FACTS, stampOf(1));
  for (const [at, draft] of drafts.entries()) {
    const { line } = run.append({ ...draft, ...stampOf(at + 2) });
    expect(readLine(line)).toMatchObject({ record: { parentEventId, payload: { agentTag } } });
    expect(line).not.toContain(MARKER);
  }
  const other = payloadOf({ tool: "t", parent: "another turn" }, context);
  expect(other.parentEventId).not.toBe(parentEventId);
});

test("a parent or an agent that is no text, or empty, is absent", () => {
  const context = { keys: keysOf("s-1"), hashNames: false };
  // Not an observation to the compiler, which is the point.
  for (const said of [
    { parent: "", agent: "" },
    { parent: 7, agent: {} },
  ] as Observation[]) {
    const draft = payloadOf({ ...said, tool: "t" } as Observation, context);
    expect(draft).not.toHaveProperty("parentEventId");
    expect(saidOnly(draft).payload).not.toHaveProperty("agentTag");
  }
});
