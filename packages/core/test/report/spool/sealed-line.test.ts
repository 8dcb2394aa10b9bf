import fc from "fast-check";
import { expect, test } from "vitest";
import { seal, unseal } from "../../../src/report/spool/sealed-line.ts";

const json = fc.jsonValue().map((value) => JSON.stringify(value));

test("a line comes back as it was sealed", () => {
  fc.assert(fc.property(json, (line) => unseal(seal(line)) === line));
});

test("up to four bytes beside each other that changed are noticed, whichever they are", () => {
  const change = fc.uint8Array({ minLength: 1, maxLength: 4 });
  fc.assert(
    fc.property(json, fc.nat(), change, (line, place, by) => {
      const bytes = Buffer.from(seal(line));
      const before = Buffer.from(bytes);
      for (const [index, bits] of by.entries()) {
        const at = (place % bytes.length) + index;
        if (at < bytes.length) bytes[at] = (bytes[at] ?? 0) ^ bits;
      }
      fc.pre(!bytes.equals(before) && bytes.includes("\t"));
      expect(unseal(bytes.toString("utf8"))).toBeUndefined();
    }),
  );
});

test("a line of an older version has no seal, and is taken as it is", () => {
  expect(unseal('{"a":1}')).toBe('{"a":1}');
});
