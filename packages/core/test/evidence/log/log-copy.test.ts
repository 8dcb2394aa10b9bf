/** A log of heads with its entries: which sessions it holds, which of them twice, and which roots it had. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { LogCopy, readSignedLog } from "../../../src/evidence/log/log-copy.ts";
import { formatCheckpoint } from "../../../src/evidence/note/checkpoint.ts";
import { sessionOrigin, sessionTag } from "../../../src/evidence/note/origin.ts";
import { signCheckpoint } from "../../../src/evidence/note/signer.ts";
import { parseVerifierKey } from "../../../src/evidence/note/vkey.ts";
import { EMPTY_ROOT } from "../../../src/evidence/tree/inclusion.ts";
import { hashLeaf } from "../../../src/evidence/tree/leaf.ts";
import { rootOf } from "../../../src/evidence/tree/proofs.ts";
import { COLLECTOR, STRANGER, TENANT } from "../bundles.ts";
import { hexOf } from "../records.ts";
import { ENTRIES, LOG, logNote, ORIGIN, SEEN, WITNESS } from "./exported.ts";

const OTHER_TENANT = TENANT.replace("0KDE", "0KDF");
const entryOf = (
  sessionId: string,
  size: number,
  root = hexOf(size, 64),
  keyName = COLLECTOR.name,
) => formatCheckpoint({ origin: sessionOrigin(keyName, TENANT, sessionId), size, root });
const copyOf = (...entries: readonly string[]) =>
  new LogCopy(Buffer.from(entries.join("")), ORIGIN);

test("any log is told by its sessions: their heads, the largest of them, and those that went back", () => {
  const entry = fc.record({ id: fc.constantFrom("a", "b", "c"), size: fc.nat(6), root: fc.nat(2) });
  fc.assert(
    fc.property(fc.array(entry, { maxLength: 12 }), (heads) => {
      const copy = copyOf(...heads.map(({ id, size, root }) => entryOf(id, size, hexOf(root, 64))));
      expect(copy.size).toBe(heads.length);
      for (const id of ["a", "b", "c"]) {
        const own = heads.filter((head) => head.id === id);
        const tag = sessionTag(id);
        // A history is one that only grows; the first root of a size is the one that is kept.
        const isForked = own.some(({ size }, at) =>
          own.slice(0, at).some((before) => before.size >= size),
        );
        const roots = own.toReversed().map(({ size, root }) => [size, hexOf(root, 64)] as const);
        expect(copy.forked.has(tag)).toBe(isForked);
        expect(copy.recordsOf(tag)).toBe(Math.max(0, ...own.map(({ size }) => size)));
        expect(copy.sessions.get(tag)).toEqual(own.length === 0 ? undefined : new Map(roots));
      }
    }),
  );
});

test("a head of no records is one, and the next one grows from it", () => {
  expect(copyOf(entryOf("a", 0), entryOf("a", 1)).forked.size).toBe(0);
  expect(copyOf(entryOf("a", 0), entryOf("a", 0)).forked).toEqual(new Set([sessionTag("a")]));
});

test("a head that the log had at its size fits, and another one does not", () => {
  const copy = copyOf(...ENTRIES);
  const leaves = ENTRIES.map(hashLeaf);
  const heads = Array.from({ length: 5 }, (_, size) => ({
    size,
    root: rootOf(leaves.slice(0, size)),
    file: String(size),
  }));
  expect(heads[0]?.root).toBe(EMPTY_ROOT);
  expect(copy.misfits(heads)).toEqual([]);
  const wrong = heads.map((head) => ({ ...head, root: hexOf(9, 64) }));
  expect(copy.misfits(wrong)).toEqual(wrong);
  expect(copy.misfits([...heads, ...wrong])).toEqual(wrong);
  // What is larger than the copy is nothing that it could tell.
  expect(copy.misfits([{ size: 5, root: hexOf(9, 64), file: "5" }])).toEqual([]);
  expect(copy.misfits([])).toEqual([]);
});

test("an entry may be of a key that the collector had before, and of no other tenant", () => {
  expect(copyOf(entryOf("a", 1, hexOf(1, 64), "collector-before")).size).toBe(1);
  const foreign = formatCheckpoint({
    origin: sessionOrigin(COLLECTOR.name, OTHER_TENANT, "a"),
    size: 1,
    root: hexOf(1, 64),
  });
  expect(() => copyOf(foreign)).toThrow("not the entries of this log");
});

const one = entryOf("a", 1);
test.each([
  ["no newline at its end", one.slice(0, -1)],
  ["half an entry", one.split("\n").slice(0, 2).join("\n").concat("\n")],
  ["an empty line behind it", `${one}\n`],
  ["a text", "hello\n"],
  ["an origin of no session", one.replace(/^.*\n/, "else\n")],
  ["the origin of a log", one.replace(/^.*\n/, `${ORIGIN}\n`)],
])("entries with %s are none", (_what, text) => {
  expect(() => new LogCopy(Buffer.from(text), ORIGIN)).toThrow(/not the entries|not a checkpoint/);
});

test("entries that are no text are none, and no bytes are no entry", () => {
  expect(() => new LogCopy(Buffer.from(`${one}\xff`, "latin1"), ORIGIN)).toThrow("not the entries");
  expect(() => new LogCopy(Buffer.from("\xff\n", "latin1"), ORIGIN)).toThrow("not the entries");
  const empty = new LogCopy(Buffer.alloc(0), ORIGIN);
  expect([empty.size, empty.sessions.size, empty.recordsOf(sessionTag("a"))]).toEqual([0, 0, 0]);
});

const collector = parseVerifierKey(COLLECTOR.vkey);
const witness = parseVerifierKey(WITNESS.cosignerKey);
const own = parseVerifierKey(LOG.vkey);
const read = (note: string, ...keys: readonly (typeof collector)[]) =>
  readSignedLog("the file", Buffer.from(note), keys);

test("the key of a log is its collector's, and counts as such", () => {
  const note = logNote(ENTRIES, [[WITNESS, SEEN]]);
  expect(read(note, collector, witness)).toEqual({
    file: "the file",
    origin: ORIGIN,
    keyName: COLLECTOR.name,
    size: 4,
    root: rootOf(ENTRIES.map(hashLeaf)),
    signatures: [{ key: collector }, { key: witness, timeSeconds: SEEN }],
    isOwn: true,
  });
  expect(read(note, own)).toMatchObject({ signatures: [{ key: own }], isOwn: true });
  expect(read(note, witness)).toMatchObject({ signatures: [{ key: witness }], isOwn: false });
  expect(read(note)).toMatchObject({ signatures: [], isOwn: false });
});

test("no other key makes a log its collector's", () => {
  const stranger = parseVerifierKey(STRANGER.vkey);
  expect(read(logNote(ENTRIES, [], STRANGER), stranger)).toMatchObject({
    signatures: [{ key: stranger }],
    isOwn: false,
  });
  expect(read(logNote(ENTRIES, [], COLLECTOR), collector).isOwn).toBe(false);
  expect(read(logNote(ENTRIES, [], STRANGER.named(ORIGIN)), collector, stranger).isOwn).toBe(false);
  // The same key for cosignatures signs no log.
  const cosigner = parseVerifierKey(COLLECTOR.cosignerKey);
  expect(read(logNote(ENTRIES), cosigner)).toMatchObject({ signatures: [], isOwn: false });
});

test("what is no checkpoint of a log, or forged, is refused", () => {
  expect(() => read(logNote(ENTRIES).replace("\n4\n", "\n5\n"), collector)).toThrow(
    `the signature by ${ORIGIN} does not fit the note`,
  );
  const session = signCheckpoint(
    { origin: sessionOrigin(COLLECTOR.name, TENANT, "a"), size: 1, root: hexOf(1, 64) },
    COLLECTOR,
  );
  expect(() => read(session, collector)).toThrow("it is of no log");
  expect(() => read("hello\n", collector)).toThrow("not a signed note");
});
