import { expect, test } from "vitest";
import { SessionKeys } from "../../src/capture/keys/session-keys.ts";
import { payloadOf } from "../../src/capture/observation/payload-of.ts";
import { readTraceParent } from "../../src/capture/observation/trace-parent.ts";

const TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
const SPAN = "00f067aa0ba902b7";
const ID = /^[0-9a-f]{32}$/;
const root = { id: "k", origin: "test", sessionKey: () => new Uint8Array(32) } as never;

test("a traceparent of this version, and of later ones with more at the end, is read", () => {
  const sampled = { traceId: TRACE, spanId: SPAN, isSampled: true };
  expect(readTraceParent(`00-${TRACE}-${SPAN}-01`)).toEqual(sampled);
  expect(readTraceParent(`01-${TRACE}-${SPAN}-03-more`)).toEqual(sampled);
  expect(readTraceParent(`00-${TRACE}-${SPAN}-00`)).toEqual({ ...sampled, isSampled: false });
});

test.each([
  "",
  "zq7canary",
  `ff-${TRACE}-${SPAN}-01`,
  `00-${"0".repeat(32)}-${SPAN}-01`,
  `00-${TRACE}-${"0".repeat(16)}-01`,
  `00-${TRACE.toUpperCase()}-${SPAN}-01`,
  `00-${TRACE}-${SPAN}-01zq7canary`,
])("%s is none, and nothing of it is kept", (traceparent) => {
  expect(readTraceParent(traceparent)).toBeUndefined();
  const keys = new SessionKeys(root, "s");
  const draft = payloadOf({ tool: "x", traceparent }, { keys, hashNames: false });
  expect(Object.keys(draft)).toEqual(["category", "payload"]);
});

test("a record keeps keyed ids: equal in a session for equal ones, and other ones elsewhere", () => {
  const draftIn = (session: string, spanId = SPAN) => {
    const context = { keys: new SessionKeys(root, session), hashNames: false };
    return payloadOf({ tool: "x", traceparent: `00-${TRACE}-${spanId}-01` }, context);
  };
  const one = draftIn("s");
  expect([one.traceId, one.causationEventId]).toEqual([
    expect.stringMatching(ID),
    expect.stringMatching(ID),
  ]);
  expect(draftIn("s")).toEqual(one);
  const sibling = draftIn("s", SPAN.replace("0", "1"));
  expect(sibling.traceId).toBe(one.traceId);
  expect(sibling.causationEventId).not.toBe(one.causationEventId);
});
