/** Which field of a record does not fit: its exact path, and every value at the edge of its rule. */
import { expect, test } from "vitest";
import { LAYERS, OPS, STATUSES, VIEWS } from "../../../src/capture/record.ts";
import { findFault } from "../../../src/evidence/line/fields.ts";
import { OPEN_FACTS, stampOf } from "../records.ts";
import { FIELDS, HASH, RULES, RUN } from "./field-rules.ts";

type Fields = Readonly<Record<string, unknown>>;
const ENVELOPE: Fields = {
  schemaVersion: "1.0",
  ...stampOf(1),
  agentId: "a",
  sessionId: "s",
  runId: RUN,
  previousHash: HASH,
};
const PAYLOADS: Readonly<Record<string, Fields>> = {
  open: { ...OPEN_FACTS, type: "open", seq: 0 },
  close: { type: "close", seq: 3, events: 3, dropped: 0 },
  drop: { type: "drop", seq: 3, count: 2, reason: "queue_full" },
  hole: { type: "hole", seq: 3, from: 3, to: 5 },
  end: { type: "end", seq: 3 },
  key_rotate: { type: "key_rotate", seq: 3, newKey: "k" },
  tool_api: { seq: 3, toolName: "t", status: "ok" },
  reasoning: { seq: 3, kind: "turn", status: "ok" },
  identity: { seq: 3 },
  data_movement: { seq: 3, operation: "read" },
  approval: { seq: 3, decision: "granted" },
  environment: { seq: 3, kind: "k" },
};
const LIFECYCLE = ["open", "close", "drop", "hole", "end", "key_rotate"];
const recordOf = (kind: string, payload: Fields = {}, envelope: Fields = {}) => ({
  ...ENVELOPE,
  category: LIFECYCLE.includes(kind) ? "lifecycle" : kind,
  payload: { ...PAYLOADS[kind], ...payload },
  ...envelope,
});
const without = (fields: Fields, name: string): Fields =>
  Object.fromEntries(Object.entries(fields).filter(([other]) => other !== name));

test.each(Object.keys(PAYLOADS))(
  "a record of %s has the fields that it must have, and no other",
  (kind) => {
    const record = recordOf(kind);
    expect(findFault(record)).toBeUndefined();
    for (const name of Object.keys(record)) {
      expect(findFault(without(record, name))).toBe(name);
    }
    const payload = PAYLOADS[kind] ?? {};
    for (const name of Object.keys(payload)) {
      const path = findFault({ ...record, payload: without(payload, name) });
      // Without its type nothing tells what else it may hold.
      expect(path).toBe(`payload.${name}`);
    }
    expect(findFault({ ...record, more: "x" })).toBe("more");
    expect(findFault(recordOf(kind, { more: "x" }))).toBe("payload.more");
    expect(findFault(recordOf(kind, { toString: "x" }))).toBe("payload.toString");
  },
);

test.each([[null], [undefined], ["text"], [7], [true], [[]], [[recordOf("end")]]])(
  "%j is no record",
  (value) => {
    expect(findFault(value)).toBe("record");
  },
);

test.each([[null], ["text"], [[]], [7], [undefined]])("%j is no payload", (value) => {
  expect(findFault({ ...recordOf("end"), payload: value })).toBe("payload");
});

test("an unknown category or type is named", () => {
  expect(findFault(recordOf("other"))).toBe("category");
  expect(findFault(recordOf("constructor"))).toBe("category");
  expect(findFault(recordOf("end", { type: "other" }))).toBe("payload.type");
  expect(findFault(recordOf("end", { type: "constructor" }))).toBe("payload.type");
  expect(findFault(recordOf("tool_api", {}, { category: "lifecycle" }))).toBe("payload.type");
});

const faultOf = (kind: string, name: string, value: unknown) =>
  kind === "envelope"
    ? findFault(recordOf("end", {}, { [name]: value }))
    : findFault(recordOf(kind, { [name]: value }));

test.each(FIELDS)("%s.%s is %s", (kind, name, rule) => {
  const [fit, unfit] = RULES[rule];
  for (const value of fit) expect([value, faultOf(kind, name, value)]).toEqual([value, undefined]);
  const path = kind === "envelope" ? name : `payload.${name}`;
  for (const value of unfit) expect([value, faultOf(kind, name, value)]).toEqual([value, path]);
});

test.each<[string, string, readonly string[]]>([
  ["envelope", "schemaVersion", ["1.0"]],
  ["envelope", "initiatorType", ["human", "agent", "system"]],
  ["open", "layer", LAYERS],
  ["open", "view", VIEWS],
  ["end", "resolved", ["true", "false"]],
  ["tool_api", "status", STATUSES],
  ["tool_api", "op", OPS],
  ["tool_api", "truncated", ["arguments", "result", "both"]],
  ["tool_api", "durationIsBound", ["lower", "upper"]],
  ["reasoning", "status", STATUSES],
  ["reasoning", "kind", ["turn", "message"]],
  ["reasoning", "role", ["user", "assistant", "system", "agent"]],
  ["data_movement", "operation", ["read", "write", "delete", "export"]],
  ["approval", "decision", ["granted", "denied", "pending", "unknown"]],
])("%s.%s is one of a closed list", (kind, name, values) => {
  for (const value of values) expect(faultOf(kind, name, value)).toBeUndefined();
  const path = kind === "envelope" ? name : `payload.${name}`;
  for (const value of [
    "",
    "another",
    values[0]?.toUpperCase() === values[0] ? "1" : values[0]?.toUpperCase(),
    7,
    true,
    null,
    [values[0]],
  ]) {
    expect(faultOf(kind, name, value)).toBe(path);
  }
});

test.each<[string, string, Fields, string | undefined]>([
  ["an open record that is not the first", "open", { seq: 1 }, "payload.seq"],
  ["a first record that opens nothing", "end", { seq: 0 }, "payload.seq"],
  ["a first call", "tool_api", { seq: 0 }, "payload.seq"],
  ["a close of all before it", "close", { seq: 7, events: 7 }, undefined],
  ["a close of fewer", "close", { events: 2 }, "payload.events"],
  ["a close of more", "close", { events: 4 }, "payload.events"],
  ["a close at the start", "close", { seq: 0, events: 0 }, "payload.seq"],
  ["a hole of one", "hole", { from: 3, to: 3 }, undefined],
  ["a hole that begins elsewhere", "hole", { from: 2 }, "payload.from"],
  ["a hole that ends before it begins", "hole", { to: 2 }, "payload.from"],
  ["a hole at the start", "hole", { seq: 0, from: 0, to: 4 }, undefined],
  ["a hole at the start that begins later", "hole", { seq: 0, from: 1, to: 4 }, "payload.from"],
])("%s", (_what, kind, payload, fault) => {
  expect(findFault(recordOf(kind, payload))).toBe(fault);
});
