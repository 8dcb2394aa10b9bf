/** Receipts as JSON: what of them is read, and how deep they may nest. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { EvidenceError } from "../../../src/evidence/error.ts";
import { parseReceipt } from "../../../src/evidence/receipt.ts";
import { receiptId } from "../../../src/evidence/rules/receipt-id.ts";
import { hexOf } from "../records.ts";

function told(text: string | Uint8Array): unknown {
  try {
    return parseReceipt(Buffer.from(text as string));
  } catch (error) {
    if (error instanceof EvidenceError && error.fault === "invalid_proof") return error.message;
    throw error;
  }
}
const READ = { receiptId: "id", eventHash: "hash", tlogProof: "proof" };
const good = { receipt_id: "id", evidence: { event_hash: "hash", tlog_proof: "proof" } };
const NO_OBJECT = "not a receipt: it is no JSON object";
const NO_FIELDS = "not a receipt: it holds no id, hash or proof";

test.each<[string, unknown, unknown]>([
  ["its three fields", good, READ],
  [
    "fields that nobody looks at",
    { ...good, mode: "x", evidence: { ...good.evidence, more: [{}] } },
    READ,
  ],
  ["no id", { evidence: good.evidence }, NO_FIELDS],
  ["an id that is no text", { ...good, receipt_id: 1 }, NO_FIELDS],
  ["no evidence", { receipt_id: "id" }, NO_FIELDS],
  ["evidence that is null", { ...good, evidence: null }, NO_FIELDS],
  ["evidence that is a list", { ...good, evidence: ["event_hash"] }, NO_FIELDS],
  ["no hash", { ...good, evidence: { tlog_proof: "proof" } }, NO_FIELDS],
  ["no proof", { ...good, evidence: { event_hash: "hash" } }, NO_FIELDS],
  [
    "a proof that is no text",
    { ...good, evidence: { ...good.evidence, tlog_proof: {} } },
    NO_FIELDS,
  ],
  ["nothing in it", {}, NO_FIELDS],
  ["a list", [good], NO_OBJECT],
  ["null", null, NO_OBJECT],
  ["a text", "x", NO_OBJECT],
])("a receipt of %s", (_what, receipt, expected) => {
  expect(told(JSON.stringify(receipt))).toEqual(expected);
});

test("what is no JSON is no receipt, and is not repeated", () => {
  for (const text of ["", "{", "secret"]) expect(told(text)).toBe(NO_OBJECT);
  expect(told(Buffer.from(`${JSON.stringify(good)}\xff`, "latin1"))).toBe(NO_OBJECT);
});

/** How deep a value nests; the oracle walks the value and not the text. */
const depthOf = (value: unknown): number =>
  typeof value === "object" && value !== null
    ? 1 + Math.max(0, ...Object.values(value).map(depthOf))
    : 0;
const nested = (value: unknown, by: number, isList: boolean): unknown =>
  by === 0 ? value : nested(isList ? [value] : { a: value }, by - 1, isList);

test("64 levels are read and 65 are not, whatever brackets stand in texts", () => {
  const leaf = fc.oneof(
    fc.string({ unit: fc.constantFrom(...'[]{}"\\a') }),
    fc.constant([]),
    fc.constant({}),
  );
  fc.assert(
    fc.property(leaf, fc.integer({ min: 55, max: 66 }), fc.boolean(), (value, depth, isList) => {
      const receipt = { before: "]]", ...good, more: nested(value, depth, isList), after: "[[[" };
      expect(told(JSON.stringify(receipt))).toEqual(depthOf(receipt) <= 64 ? READ : NO_OBJECT);
    }),
  );
});

test("brackets that close again do not add up", () => {
  expect(told(JSON.stringify({ ...good, more: Array.from({ length: 200 }, () => [{}]) }))).toEqual(
    READ,
  );
});

test("the id of a receipt begins with that of its record", () => {
  expect(receiptId(hexOf(1, 64))).toBe(`caum_live_receipt_${hexOf(1, 64).slice(0, 26)}`);
});
