import fc from "fast-check";
import { expect, test } from "vitest";
import type { StructuralRecord } from "../../src/capture/record.ts";
import { findFault } from "../../src/evidence/line/fields.ts";
import { canonicalJson } from "../../src/evidence/line/jcs.ts";
import { encodeLine } from "../../src/evidence/line/line.ts";
import { readLine } from "../../src/evidence/line/read-line.ts";
import { RunWriter } from "../../src/evidence/run-writer.ts";
import {
  closedRun,
  drafts,
  identityOf,
  OPEN_FACTS,
  openFacts,
  stampOf,
  toolDraft,
} from "./records.ts";

function openWriter(): RunWriter {
  const writer = new RunWriter(identityOf(1));
  writer.open(OPEN_FACTS, stampOf(0));
  return writer;
}

/** The record that a draft becomes, put together by spreading. */
function placed(
  writer: RunWriter,
  draft: { readonly payload: object; readonly [field: string]: unknown },
) {
  const { identity, head: previousHash, size: seq } = writer;
  return {
    schemaVersion: "1.0",
    ...identity,
    ...draft,
    previousHash,
    payload: { ...draft.payload, seq },
  };
}

test("the fixed-order writer and the strict canonical writer give the same text for any record", () => {
  fc.assert(
    fc.property(drafts, (draft) => {
      const writer = openWriter();
      const record = placed(writer, draft);
      const { line } = writer.append(draft);
      expect(line).toBe(canonicalJson(record));
      expect(readLine(line)).toEqual({ record });
    }),
    { numRuns: 300 },
  );
});

test("the same holds for any open record", () => {
  fc.assert(
    fc.property(openFacts, (facts) => {
      const writer = new RunWriter(identityOf(2));
      const payload = { ...facts, type: "open" } as const;
      const record = placed(writer, { ...stampOf(1), category: "lifecycle", payload });
      const { line } = writer.open(facts, stampOf(1));
      expect(line).toBe(canonicalJson(record));
      expect(findFault(JSON.parse(line))).toBeUndefined();
    }),
    { numRuns: 200 },
  );
});

test("close, hole and key_rotate records have the canonical form too", () => {
  const record = placed(openWriter(), toolDraft(1));
  const payloads = [
    { type: "close", seq: 7, events: 7, dropped: 2 },
    { type: "hole", seq: 3, from: 3, to: 9, sourceRunId: "x" },
    { type: "key_rotate", seq: 3, newKey: "a+b" },
  ];
  for (const payload of payloads) {
    const other = { ...record, category: "lifecycle", payload } as StructuralRecord; // built to fit
    expect(encodeLine(other)).toBe(canonicalJson(other));
    expect(readLine(encodeLine(other))).toEqual({ record: other });
  }
});

const [, line = ""] = closedRun(1, 2);

test.each([
  ["white space", line.replace(":", ": "), "not_canonical"],
  [
    "another key order",
    line.replace(
      '"status":"ok","toolName":"browser.get"',
      '"toolName":"browser.get","status":"ok"',
    ),
    "not_canonical",
  ],
  ["1.0 for 1", line.replace('"seq":1', '"seq":1.0'), "not_canonical"],
  ["1e0 for 1", line.replace('"seq":1', '"seq":1e0'), "not_canonical"],
  ["-0", line.replace('"durationMs":12', '"durationMs":-0'), "not_canonical"],
  ["a duplicate key", line.replace('"seq":1', '"seq":1,"seq":1'), "not_canonical"],
  ["an escaped letter", line.replace("browser", "\\u0062rowser"), "not_canonical"],
  ["a byte order mark", `\ufeff${line}`, "not_canonical"],
  ["a second value", `${line}{}`, "not_canonical"],
  ["nothing", "", "not_canonical"],
  ["deep nesting", "[".repeat(8_000) + "]".repeat(8_000), "not_a_record"],
  ["a __proto__ key", line.replace('"payload":{', '"__proto__":{},"payload":{'), "not_a_record"],
  ["an unknown key", line.replace('"payload":{', '"notes":"x","payload":{'), "not_a_record"],
  ["an unknown payload key", line.replace('"status"', '"prompt":"x","status"'), "not_a_record"],
  ["null", line.replace('"durationMs":12', '"durationMs":null'), "not_a_record"],
  ["a negative size", line.replace('"durationMs":12', '"durationMs":-1'), "not_a_record"],
  [
    "an unsafe integer",
    line.replace('"durationMs":12', '"durationMs":9007199254740993'),
    "not_a_record",
  ],
  ["a text for a number", line.replace('"seq":1', '"seq":"1"'), "not_a_record"],
  [
    "an upper-case hash",
    line.replace(/"resultHash":"[0-9a-f]{64}"/, `"resultHash":"${"A".repeat(64)}"`),
    "not_a_record",
  ],
  ["a list for a text", line.replace('"browser.get"', '["browser.get"]'), "not_a_record"],
  ["an unknown category", line.replace('"tool_api"', '"toString"'), "not_a_record"],
  [
    "an unknown lifecycle type",
    closedRun(1, 0)[1]?.replace('"close"', '"constructor"') ?? "",
    "not_a_record",
  ],
  [
    "a close that counts wrong",
    closedRun(1, 0)[1]?.replace('"events":1', '"events":2') ?? "",
    "not_a_record",
  ],
  ["a newline in the session id", line.replace('"s-1"', '"s-\\n1"'), "not_a_record"],
  ["an impossible time", line.replace(/T\d\d:/, "T24:"), "not_a_record"],
])("a line with %s is refused", (_what, changed, fault) => {
  expect(changed).not.toBe(line);
  expect(readLine(changed)).toMatchObject({ fault });
});

test("text that is not well formed has no line", () => {
  const draft = toolDraft(1);
  const payload = { ...draft.payload, toolName: "a\ud800" };
  const writer = openWriter();
  const before = writer.state;
  expect(() => writer.append({ ...draft, payload } as typeof draft)).toThrow("lone surrogate");
  expect(writer.state).toEqual(before);
});
