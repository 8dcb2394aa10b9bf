/** Signed notes at their edges: what is read, what is refused and why, and whose signature counts. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { formatCheckpoint } from "../../../src/evidence/note/checkpoint.ts";
import {
  cosignedText,
  formatNote,
  parseNote,
  verifySignatures,
} from "../../../src/evidence/note/note.ts";
import { cosignNote } from "../../../src/evidence/note/signer.ts";
import { parseVerifierKey } from "../../../src/evidence/note/vkey.ts";
import { hexOf, signerOf } from "../records.ts";
import { told } from "../told.ts";

const bytes = (text: string) => Buffer.from(text);
const base64 = (length: number) => Buffer.alloc(length, 1).toString("base64");
const LINE = `\u2014 a ${base64(68)}`;
const NOTE = `text\n\n${LINE}\n`;
const note = (why: string) => `invalid_note: not a signed note: ${why}`;
const APART = note("text and signatures are not set apart");
const CONTROL = note("it holds a control character");
const BAD_LINE = note("a signature line is malformed");
const TOO_LONG = note("it is too long or not UTF-8");

test("a note is its text, and signatures by name and key id", () => {
  expect(parseNote(bytes(`one\n\ntwo\n\n${LINE}\n\u2014 b ${base64(5)}\n`))).toEqual({
    text: "one\n\ntwo\n",
    signatures: [
      { name: "a", keyId: "01010101", bytes: new Uint8Array(64).fill(1) },
      { name: "b", keyId: "01010101", bytes: Uint8Array.of(1) },
    ],
  });
});

test.each([
  ["nothing", "", APART],
  ["no signature", "text\n", APART],
  ["no text", `\n\n${LINE}\n`, APART],
  ["an empty text", `\n${LINE}\n`, APART],
  ["no newline at its end", `text\n\n${LINE}`, APART],
  ["an empty line at its end", `${NOTE}\n`, BAD_LINE],
  ["nothing behind the empty line", "text\n\n", BAD_LINE],
  ["a tab", NOTE.replace("text", "te\txt"), CONTROL],
  ["a carriage return", NOTE.replace("text", "text\r"), CONTROL],
  ["a NUL", NOTE.replace("text", "text\0"), CONTROL],
  ["a control of one byte more", NOTE.replace("text", "text\u0085"), CONTROL],
  ["a control in its signatures", NOTE.replace(LINE, `${LINE}\t`), CONTROL],
  ["a hyphen for the dash", NOTE.replace("\u2014", "-"), BAD_LINE],
  ["no space behind the dash", NOTE.replace("\u2014 ", "\u2014"), BAD_LINE],
  ["two spaces behind the dash", NOTE.replace("\u2014 ", "\u2014  "), BAD_LINE],
  ["no name", NOTE.replace(" a ", " "), BAD_LINE],
  ["a name with a plus sign", NOTE.replace(" a ", " a+b "), BAD_LINE],
  ["a name with a wide space", NOTE.replace(" a ", " a\u2003b "), BAD_LINE],
  ["a third word", NOTE.replace(LINE, `${LINE} more`), BAD_LINE],
  ["a space at the end of a line", NOTE.replace(LINE, `${LINE} `), BAD_LINE],
  ["a signature that is no base64", NOTE.replace(LINE, "\u2014 a b!d="), BAD_LINE],
  ["a key id alone", NOTE.replace(LINE, `\u2014 a ${base64(4)}`), BAD_LINE],
  ["text between its signatures", NOTE.replace(LINE, `${LINE}\nmore\n${LINE}`), BAD_LINE],
])("a note with %s is refused", (_what, text, why) => {
  expect(told(() => parseNote(bytes(text)))).toBe(why);
});

test("a note of 128 KiB and of 100 signatures is read, and not one byte or line more", () => {
  const room = 131_072 - Buffer.byteLength(NOTE);
  const sized = (more: number) => told(() => parseNote(bytes(`${"x".repeat(room + more)}${NOTE}`)));
  expect(sized(0)).toMatchObject({ signatures: { length: 1 } });
  expect(sized(1)).toBe(TOO_LONG);
  expect(told(() => parseNote(Buffer.from("text\xff\n\n", "latin1")))).toBe(TOO_LONG);
  const lines = (count: number) =>
    told(() => parseNote(bytes(`text\n\n${`${LINE}\n`.repeat(count)}`)));
  expect(lines(100)).toMatchObject({ signatures: { length: 100 } });
  expect(lines(101)).toBe(note("it has more than 100 signatures"));
});

test("a note is written as it is read", () => {
  const line = fc.record({
    name: fc.stringMatching(/^[a-z0-9./-]{1,12}$/),
    keyId: fc.stringMatching(/^[0-9a-f]{8}$/),
    bytes: fc.uint8Array({ minLength: 1, maxLength: 80 }),
  });
  const text = fc.stringMatching(/^[a-z \n]{0,20}[a-z]\n$/);
  fc.assert(
    fc.property(text, fc.array(line, { minLength: 1, maxLength: 5 }), (signed, signatures) => {
      const written = formatNote({ text: signed, signatures });
      const expected = signatures.map(({ name, keyId, bytes: own }) => {
        const encoded = Buffer.concat([Buffer.from(keyId, "hex"), own]).toString("base64");
        return `\u2014 ${name} ${encoded}\n`;
      });
      expect(written).toBe(`${signed}\n${expected.join("")}`);
      const read = parseNote(bytes(written));
      expect(read.text).toBe(signed);
      expect(read.signatures.map((one) => ({ ...one, bytes: [...one.bytes] }))).toEqual(
        signatures.map((one) => ({ ...one, bytes: [...one.bytes] })),
      );
    }),
  );
});

const ONE = signerOf("one.example");
const TWO = signerOf("two.example");
const keyOf = (vkey: string) => parseVerifierKey(vkey);
const TEXT = formatCheckpoint({ origin: "o", size: 1, root: hexOf(1, 64) });

test("only lines of the given keys are looked at, the first of each key", () => {
  const [one, two, timed] = [keyOf(ONE.vkey), keyOf(TWO.vkey), keyOf(ONE.cosignerKey)];
  const bad = { ...ONE.sign("other\n") };
  const verified = (lines: Parameters<typeof formatNote>[0]["signatures"], keys = [one]) =>
    told(() => verifySignatures({ text: TEXT, signatures: lines }, keys));
  expect(verified([ONE.sign(TEXT), TWO.sign(TEXT)])).toEqual([{ key: one }]);
  expect(verified([TWO.sign(TEXT), ONE.sign(TEXT)], [one, two])).toEqual([
    { key: two },
    { key: one },
  ]);
  expect(verified([ONE.sign(TEXT), bad])).toEqual([{ key: one }]);
  expect(verified([bad, ONE.sign(TEXT)])).toBe(
    "bad_signature: the signature by one.example does not fit the note",
  );
  expect(verified([{ ...bad, keyId: "00000000" }])).toEqual([]);
  expect(verified([{ ...bad, name: "another.example" }])).toEqual([]);
  expect(verified([])).toEqual([]);
  expect(verified([ONE.cosign(TEXT, 7), ONE.sign(TEXT)], [one, timed])).toEqual([
    { key: timed, timeSeconds: 7 },
    { key: one },
  ]);
  expect(verified([ONE.cosign(TEXT, 0)], [timed])).toEqual([{ key: timed, timeSeconds: 0 }]);
});

test("a cosignature is of its time and of 64 bytes behind it", () => {
  const timed = keyOf(ONE.cosignerKey);
  const good = ONE.cosign(TEXT, 1_790_000_000);
  const verified = (changed: Uint8Array) =>
    told(() =>
      verifySignatures({ text: TEXT, signatures: [{ ...good, bytes: changed }] }, [timed]),
    );
  const bad = "bad_signature: the signature by one.example does not fit the note";
  expect(verified(good.bytes)).toEqual([{ key: timed, timeSeconds: 1_790_000_000 }]);
  for (const length of [0, 7, 8, 71]) expect(verified(good.bytes.subarray(0, length))).toBe(bad);
  expect(verified(Buffer.concat([good.bytes, Buffer.of(0)]))).toBe(bad);
  expect(verified(good.bytes.with(7, 1))).toBe(bad);
  expect(verified(ONE.sign(TEXT).bytes)).toBe(bad);
  // A time beyond 2^53 cannot be told apart from its neighbours.
  expect(verified(ONE.cosign(TEXT, 2 ** 53 - 1).bytes)).toEqual([
    { key: timed, timeSeconds: 2 ** 53 - 1 },
  ]);
  expect(verified(ONE.cosign(TEXT, 2 ** 53).bytes)).toBe(bad);
  expect(cosignedText("text\n", 7)).toBe("cosignature/v1\ntime 7\ntext\n");
});

test("a signature has 64 bytes", () => {
  const good = ONE.sign(TEXT);
  const verified = (changed: Uint8Array) =>
    told(() =>
      verifySignatures({ text: TEXT, signatures: [{ ...good, bytes: changed }] }, [
        keyOf(ONE.vkey),
      ]),
    );
  expect(verified(good.bytes)).toHaveLength(1);
  for (const other of [good.bytes.subarray(1), Buffer.concat([good.bytes, Buffer.of(0)])]) {
    expect(verified(other)).toContain("bad_signature");
  }
});

test("who co-signs a note leaves what was signed as it is", () => {
  const signed = formatNote({ text: TEXT, signatures: [ONE.sign(TEXT)] });
  const cosigned = cosignNote(signed, TWO);
  expect(cosigned.startsWith(signed)).toBe(true);
  const keys = [keyOf(ONE.vkey), keyOf(TWO.vkey)];
  expect(verifySignatures(parseNote(bytes(cosigned)), keys)).toEqual(keys.map((key) => ({ key })));
  expect(told(() => cosignNote("hello\n", TWO))).toBe(APART);
});
