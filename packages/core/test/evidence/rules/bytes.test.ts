/** Bytes as text and back: Node's Buffer is the oracle, which browsers do not have. */
import fc from "fast-check";
import { expect, test } from "vitest";
import {
  fromHex,
  fromUtf8,
  joined,
  strictBase64,
  toBase64,
  toHex,
  toLatin1,
  toUtf8,
  uint64,
} from "../../../src/evidence/rules/bytes.ts";

const any = fc.oneof(
  { weight: 9, arbitrary: fc.uint8Array({ maxLength: 80 }) },
  // Longer than one call takes arguments.
  {
    weight: 1,
    arbitrary: fc
      .integer({ min: 8_190, max: 16_390 })
      .map((length) => new Uint8Array(length).map((_, at) => at % 251)),
  },
);

test("bytes are written and read as Node writes and reads them", () => {
  fc.assert(
    fc.property(any, (bytes) => {
      const buffer = Buffer.from(bytes);
      expect(toHex(bytes)).toBe(buffer.toString("hex"));
      expect(Buffer.from(fromHex(toHex(bytes))).equals(buffer)).toBe(true);
      expect(toBase64(bytes)).toBe(buffer.toString("base64"));
      expect(Buffer.from(strictBase64(toBase64(bytes)) ?? []).equals(buffer)).toBe(true);
      expect(toLatin1(bytes)).toBe(buffer.toString("latin1"));
    }),
  );
});

test("a text is UTF-8 or it is none", () => {
  fc.assert(
    fc.property(
      fc.string({ unit: "binary", maxLength: 40 }),
      fc.uint8Array({ maxLength: 20 }),
      (text, bytes) => {
        expect(Buffer.from(toUtf8(text)).equals(Buffer.from(text, "utf8"))).toBe(true);
        const read = Buffer.from(bytes).toString("utf8");
        const isText = Buffer.from(read, "utf8").equals(Buffer.from(bytes));
        expect(fromUtf8(bytes)).toBe(isText ? read : undefined);
      },
    ),
  );
  expect(fromUtf8(Buffer.from("\ufefftext"))).toBe("\ufefftext");
  expect(fromUtf8(Buffer.from([0xe2, 0x82]))).toBeUndefined();
});

test.each([
  ["nothing", "", true],
  ["no padding", "QUJD", true],
  ["one sign of padding", "QUI=", true],
  ["two signs of padding", "QQ==", true],
  ["padding that is left out", "QQ", false],
  ["too much padding", "QUI==", false],
  ["three signs of padding", "Q===", false],
  ["padding alone", "====", false],
  ["padding in the middle", "QQ==QQ==", false],
  ["bits that are left over", "QR==", false],
  ["bits that are left over before one sign", "QUJ=", false],
  ["a space", "QU JD", false],
  ["a newline at its end", "QUJD\n", false],
  ["a space in front", " QUJD", false],
  ["signs for addresses", "-_-_", false],
  ["signs that are standard", "+/+/", true],
  ["three signs", "QUJ", false],
])("base64 with %s: %j", (_what, text, isStrict) => {
  const bytes = strictBase64(text);
  expect(bytes === undefined ? undefined : Buffer.from(bytes).toString("base64")).toBe(
    isStrict ? text : undefined,
  );
});

test("numbers are 8 bytes, big end first, and parts are joined in their order", () => {
  fc.assert(
    fc.property(
      fc.maxSafeNat(),
      fc.array(fc.uint8Array({ maxLength: 9 }), { maxLength: 4 }),
      (number, parts) => {
        expect(toHex(uint64(number))).toBe(number.toString(16).padStart(16, "0"));
        expect(Buffer.from(joined(...parts)).equals(Buffer.concat(parts))).toBe(true);
      },
    ),
  );
});
