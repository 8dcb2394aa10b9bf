/** Bundles with every damage that core's tests know, and with what strangers sign. */
import { formatNote, parseNote } from "../../../core/src/evidence/note/note.ts";
import { sessionOrigin } from "../../../core/src/evidence/note/origin.ts";
import { cosignNote, type Signer, signCheckpoint } from "../../../core/src/evidence/note/signer.ts";
import { formatTlogProof } from "../../../core/src/evidence/note/tlog-proof.ts";
import { proveInclusion, rootOf, subtreeRoots } from "../../../core/src/evidence/tree/proofs.ts";
import {
  COLLECTOR,
  goodBundle,
  leavesOf,
  noteOf,
  STRANGER,
  TENANT,
  type TestBundle,
  WRITER,
} from "../../../core/test/evidence/bundles.ts";
import own from "../../../core/test/evidence/fixtures/notes.json" with { type: "json" };
import proposed from "../../../core/test/evidence/fixtures/tampered-bundles.json" with {
  type: "json",
};
import log from "../../../core/test/evidence/fixtures/upstream-checkpoints.json" with {
  type: "json",
};
import upstream from "../../../core/test/evidence/fixtures/upstream-notes.json" with {
  type: "json",
};
import { hexOf, signerOf } from "../../../core/test/evidence/records.ts";
import { TAMPERINGS } from "../../../core/test/evidence/tampering/all.ts";
import { LAST, lines, note, withFiles } from "../../../core/test/evidence/tampering/damage.ts";

export interface BundleCase {
  readonly name: string;
  readonly bundle: TestBundle;
  readonly keys: readonly string[];
}

/** The last record of the good bundle is of second 1,790,000,012; the table is checked long after. */
export const NOW_SECONDS = 1_800_000_000;
const SEEN_SECONDS = 1_790_000_100;

const WITNESS = signerOf("witness.example/w1");
const last = note(LAST);
const signed = (bytes: Buffer, name = "post.example") => {
  const { text, signatures } = parseNote(Buffer.from(last));
  const line = { name, keyId: hexOf(7, 8), bytes };
  return formatNote({ text, signatures: [...signatures, line] });
};
const seenAt = (...seconds: readonly number[]) => {
  const { text, signatures } = parseNote(Buffer.from(last));
  const lines = seconds.map((second) => WITNESS.cosign(text, second));
  return formatNote({ text, signatures: [...signatures, ...lines] });
};
const withWitness = (name: string, text: string): BundleCase => ({
  name,
  bundle: withFiles({ [LAST]: text }),
  keys: [COLLECTOR.vkey, WITNESS.cosignerKey],
});
const withLast = (name: string, text: string): BundleCase => ({
  name,
  bundle: withFiles({ [LAST]: text }),
  keys: [COLLECTOR.vkey],
});
const many = (count: number, text: string) =>
  Object.fromEntries(
    Array.from({ length: count }, (_, at) => [`checkpoints/more-${at}.note`, text]),
  );
const manySignatures = (count: number) =>
  Array.from({ length: count }, (_, at) => signerOf(`s${at}.example`)).reduce(cosignNote, last);
const sizeZero = (root: string, ...signers: readonly Signer[]) =>
  signCheckpoint(
    { origin: sessionOrigin(COLLECTOR.name, TENANT, "s-1"), size: 0, root },
    ...signers,
  );
const proofOf = (index: number, text: string) => {
  const hashes = proveInclusion(index, lines.length, subtreeRoots(leavesOf(lines)));
  return formatTlogProof({ index, hashes, note: text });
};

const signatures: readonly BundleCase[] = [
  withLast("a third word on a signature line", last.replace(/\n(\u2014 [^\n]+)\n$/, "\n$1 more\n")),
  withLast("two spaces on a signature line", last.replace("\u2014 ", "\u2014  ")),
  withLast("a signature line with a dash of another kind", last.replace("\u2014 ", "- ")),
  withLast("a signature of four bytes", signed(Buffer.alloc(0))),
  withLast("an empty line among the signatures", last.replace("\n\u2014 caum", "\n\n\u2014 caum")),
  withLast(
    "16 unknown signatures of 5 kB",
    Array.from({ length: 16 }).reduce<string>((text) => {
      const { text: what, signatures } = parseNote(Buffer.from(text));
      const line = { name: "post.example", keyId: hexOf(7, 8), bytes: Buffer.alloc(5_000, 7) };
      return formatNote({ text: what, signatures: [...signatures, line] });
    }, last),
  ),
  withLast("100 signatures", manySignatures(98)),
  withLast("101 signatures", manySignatures(99)),
  withLast("as many bytes as a note may have", signed(Buffer.alloc(97_000))),
  withLast("more bytes than a note may have", signed(Buffer.alloc(99_000))),
  {
    name: "as many notes as may be",
    bundle: withFiles(many(1_022, last)),
    keys: [COLLECTOR.vkey],
  },
  { name: "too many notes", bundle: withFiles(many(1_023, last)), keys: [COLLECTOR.vkey] },
  {
    name: "a checkpoint of size 0 with a root that no empty tree has",
    bundle: withFiles({ "checkpoints/0.note": sizeZero(hexOf(4, 64), COLLECTOR) }),
    keys: [COLLECTOR.vkey],
  },
  {
    name: "checkpoints of size 0 alone, of all",
    bundle: { lines, files: { "checkpoints/0.note": sizeZero(rootOf([]), COLLECTOR, WRITER) } },
    keys: [COLLECTOR.vkey, WRITER.vkey],
  },
];

const times: readonly BundleCase[] = [
  withWitness("a witness", seenAt(SEEN_SECONDS)),
  withWitness("a witness, a second line of it", seenAt(SEEN_SECONDS, SEEN_SECONDS + 9)),
  withWitness("a witness in 2001", seenAt(1_000_000_000)),
  withWitness("a witness in 2100", seenAt(4_102_444_800)),
  withWitness("a witness as late as can be written", seenAt(2 ** 53 - 1)),
  withWitness("a witness later than can be written", seenAt(2 ** 53)),
  withWitness("a witness in second 0", seenAt(0)),
  withWitness("a witness whose clock is some minutes off", seenAt(1_790_000_012 - 599)),
  withWitness(
    "a witness whose time was changed",
    seenAt(SEEN_SECONDS).replace(/(\u2014 witness\S+ .{7})./, (_, start) => `${start}B`),
  ),
  {
    name: "a witness of two sizes",
    bundle: withFiles({
      [LAST]: seenAt(SEEN_SECONDS),
      "checkpoints/4.note": (() => {
        const { text, signatures } = parseNote(Buffer.from(note("checkpoints/4.note")));
        const line = WITNESS.cosign(text, SEEN_SECONDS - 50);
        return formatNote({ text, signatures: [...signatures, line] });
      })(),
    }),
    keys: [COLLECTOR.vkey, WITNESS.cosignerKey],
  },
  {
    name: "a witness of more records than there are",
    bundle: { lines: lines.slice(0, 6), files: { [LAST]: seenAt(1_000_000_000) } },
    keys: [COLLECTOR.vkey, WITNESS.cosignerKey],
  },
];

const foreign: readonly BundleCase[] = [
  {
    name: "a receipt that a stranger signed",
    bundle: withFiles({ "receipts/5.tlog-proof": proofOf(5, noteOf(lines, 12, STRANGER)) }),
    keys: [COLLECTOR.vkey],
  },
  {
    name: "a receipt that a stranger signed, and the stranger is trusted",
    bundle: withFiles({ "receipts/5.tlog-proof": proofOf(5, noteOf(lines, 12, STRANGER)) }),
    keys: [COLLECTOR.vkey, STRANGER.vkey],
  },
  {
    name: "a receipt under another index",
    bundle: withFiles({ "receipts/4.tlog-proof": proofOf(5, last) }),
    keys: [COLLECTOR.vkey],
  },
  {
    name: "a receipt of a record after the last",
    bundle: withFiles({ "receipts/40.tlog-proof": proofOf(5, last) }),
    keys: [COLLECTOR.vkey],
  },
  {
    name: "a receipt of a forged head",
    bundle: withFiles({ "receipts/5.tlog-proof": proofOf(5, last.replace("\n12\n", "\n13\n")) }),
    keys: [COLLECTOR.vkey],
  },
];

/** No verdict depends on them: none of the three has a certificate to check them by. */
const stamps = (names: readonly string[], files: Readonly<Record<string, string>> = {}) =>
  withFiles({
    ...Object.fromEntries(names.map((name) => [`timestamps/${name}`, "0\u0003"])),
    ...files,
  });
const stamped: readonly BundleCase[] = [
  { name: "two time-stamps, whatever is in them", bundle: stamps(["b.tsr", "a.tsr"]) },
  { name: "a time-stamp without a byte", bundle: stamps([], { "timestamps/a.tsr": "" }) },
  {
    name: "a time-stamp longer than any",
    bundle: stamps([], { "timestamps/a.tsr": "0".repeat(70_000) }),
  },
  { name: "time-stamps by other names", bundle: stamps(["a.tst", ".tsr", "a/b.tsr"]) },
  {
    name: "as many time-stamps as may be",
    bundle: stamps(Array.from({ length: 1_024 }, (_, at) => `${at}.tsr`)),
  },
  {
    name: "too many time-stamps",
    bundle: stamps(Array.from({ length: 1_025 }, (_, at) => `${at}.tsr`)),
  },
  {
    name: "a time-stamp beside a changed record",
    bundle: { ...stamps(["a.tsr"]), lines: lines.with(4, lines[4]?.replace("12", "13") ?? "") },
  },
].map((one) => ({ ...one, keys: [COLLECTOR.vkey] }));

/** Notes, texts and proofs of the vectors, each as a file of the good bundle. */
const vectors: readonly BundleCase[] = [
  ...own.notes.map(({ name, note: text, trusted }) => ({
    name: `vector, note: ${name}`,
    bundle: withFiles({ "checkpoints/vector.note": text }),
    keys: [COLLECTOR.vkey, ...trusted],
  })),
  ...own.checkpointBodies.map(({ name, body }) => ({
    name: `vector, checkpoint: ${name}`,
    bundle: withFiles({
      "checkpoints/vector.note": formatNote({ text: body, signatures: [COLLECTOR.sign(body)] }),
    }),
    keys: [COLLECTOR.vkey],
  })),
  ...own.tlogProofs.map(({ name, proof, trusted }) => ({
    name: `vector, proof: ${name}`,
    bundle: withFiles({ "receipts/3.tlog-proof": proof }),
    keys: [COLLECTOR.vkey, ...trusted],
  })),
  ...upstream.cases.map(({ source, note: text, vkey, valid }) => ({
    name: `vector, ${source}, ${valid}`,
    bundle: withFiles({ "checkpoints/vector.note": text }),
    keys: [COLLECTOR.vkey, vkey],
  })),
  ...log.checkpoints.map((text, index) => ({
    name: `vector, public log, checkpoint ${index + 1}`,
    bundle: withFiles({ "checkpoints/vector.note": text }),
    keys: [COLLECTOR.vkey, log.vkey],
  })),
  ...proposed.map(({ name, bundle, trusted }) => ({
    name: `vector, another construction: ${name}`,
    bundle: {
      lines: bundle.recordsHex.map((hex) => Buffer.from(hex, "hex").toString()),
      files: Object.fromEntries(
        bundle.checkpoints.map((text, index) => [`checkpoints/${index}.note`, text]),
      ),
    },
    keys: trusted,
  })),
];

const good: BundleCase = { name: "good", bundle: goodBundle(), keys: [COLLECTOR.vkey] };

export const BUNDLES: readonly BundleCase[] = [
  good,
  ...TAMPERINGS.map(({ name, bundle, keys = [COLLECTOR.vkey] }) => ({ name, bundle, keys })),
  ...signatures,
  ...times,
  ...foreign,
  ...stamped,
  ...vectors,
];
