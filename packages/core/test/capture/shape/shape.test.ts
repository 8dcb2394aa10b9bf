import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { labelOf } from "../../../src/capture/label.ts";
import { opOf } from "../../../src/capture/operation.ts";
import { shapeOf, shapeOfText } from "../../../src/capture/shape/shape.ts";
import { signatureOf } from "../../../src/capture/shape/signature.ts";
import { hostileValues } from "../hostile-values.ts";
import { keysOf } from "../keys.ts";

const keys = keysOf("session");
const HEX_64 = /^[0-9a-f]{64}$/;

describe("a shape", () => {
  test("is equal for equal values and different for different ones", () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (left, right) => {
        const areEqual = JSON.stringify(left) === JSON.stringify(right);
        const copy = shapeOf(structuredClone(left), "args", keys);
        expect(copy).toEqual(shapeOf(left, "args", keys));
        const isSame = copy.hash === shapeOf(right, "args", keys).hash;
        if (areEqual) expect(isSame).toBe(true);
        else if (isSame) expect(left).toEqual(right);
      }),
    );
  });

  test("does not depend on the order of keys", () => {
    const left = shapeOf({ path: "/a", options: { deep: true, limit: 5 } }, "args", keys);
    const right = shapeOf({ options: { limit: 5, deep: true }, path: "/a" }, "args", keys);
    expect(right).toEqual(left);
  });

  test("has the coarser digests only where they differ", () => {
    expect(shapeOf("no numbers", "result", keys)).toEqual({
      hash: expect.stringMatching(HEX_64),
      bytes: 10,
      truncated: false,
    });
    const counted = shapeOf("5 files", "result", keys);
    expect(counted.normHash).toBeUndefined();
    expect(counted.shapeHash).toMatch(HEX_64);
    const timed = shapeOf("done in 12 ms", "result", keys);
    expect(timed.normHash).toMatch(HEX_64);
    expect(timed.shapeHash).toBeUndefined();
    expect(shapeOf("done in 3.5 seconds", "result", keys).normHash).toBe(timed.normHash);
  });

  test("differs between purposes, sessions and root keys", () => {
    const hashes = [
      shapeOf("pin 7391", "args", keys).hash,
      shapeOf("pin 7391", "result", keys).hash,
      shapeOf("pin 7391", "args", keysOf("another session")).hash,
      shapeOf("pin 7391", "args", keysOf("session", "0b".repeat(32))).hash,
    ];
    expect(new Set(hashes).size).toBe(hashes.length);
  });

  test("of text that is bytes already is that of the string", () => {
    const text = '{"id":1,"text":"took 12 ms \u20ac"}';
    const bytes = Buffer.from(text);
    expect(shapeOfText(bytes, bytes.length, "result", keys)).toEqual(shapeOf(text, "result", keys));
  });

  test("of text that is bytes already depends on its head and its length", () => {
    const head = Buffer.from('{"id":1,"text":"took 12 ms"');
    const shape = shapeOfText(head, 200_000, "result", keys);
    expect(shape).toMatchObject({ bytes: 200_000, truncated: true });
    expect(shape.normHash).toMatch(HEX_64);
    expect(shapeOfText(head, 200_000, "result", keys)).toEqual(shape);
    expect(shapeOfText(head, 200_001, "result", keys).hash).not.toBe(shape.hash);
    expect(shapeOfText(head, head.length, "result", keys).truncated).toBe(false);
    expect(shapeOfText(new Uint8Array(100_000), 100_000, "result", keys).truncated).toBe(true);
  });

  test("is made of anything without an exception", () => {
    for (const make of Object.values(hostileValues)) {
      const { value, calls } = make();
      expect(shapeOf(value, "args", keys).hash).toMatch(HEX_64);
      expect(signatureOf(value, keys).length).toBeLessThan(600);
      expect(opOf("bash", value)).toMatch(/^[a-z]+$/);
      expect(calls()).toBe(0);
    }
  });
});

describe("nothing of a value", () => {
  const marked = fc
    .string({
      unit: fc.constantFrom(..."abcdefghijklmnopqrstuvwxyz"),
      minLength: 12,
      maxLength: 24,
    })
    .map((text) => `zq${text}`);

  /** A value with the mark somewhere in its names or its texts. */
  const carrying = (mark: string) =>
    fc.letrec((tie) => ({
      value: fc.oneof(
        { maxDepth: 4 },
        fc.constantFrom(mark, `before ${mark}`, `/tmp/${mark}/x`, `${mark}-12`, 12, null, true),
        fc.array(tie("value"), { maxLength: 4 }),
        fc.dictionary(fc.constantFrom(mark, "command", "path", `${mark}Ms`), tie("value")),
      ),
    })).value;

  test("appears in its shape, its signature, its tags or its op", () => {
    const cases = marked.chain((mark) => fc.tuple(fc.constant(mark), carrying(mark)));
    fc.assert(
      fc.property(cases, ([mark, value]) => {
        const kept = JSON.stringify([
          shapeOf(value, "args", keys),
          signatureOf(value, keys),
          keys.tag(mark),
          labelOf(`${mark}\n`, keys),
          labelOf(mark, keys, true),
          opOf("bash", value),
          opOf(mark, value),
        ]);
        expect(kept).not.toContain(mark);
        expect(kept).not.toContain(mark.slice(2));
      }),
    );
  });
});
