/** Bundles with proofs of a log of session heads, good ones and what somebody makes who means no good. */
import { formatNote, parseNote } from "../../../core/src/evidence/note/note.ts";
import { logOrigin } from "../../../core/src/evidence/note/origin.ts";
import { cosignNote, type Signer, signCheckpoint } from "../../../core/src/evidence/note/signer.ts";
import { formatTlogProof } from "../../../core/src/evidence/note/tlog-proof.ts";
import { hashLeaf } from "../../../core/src/evidence/tree/leaf.ts";
import { proveInclusion, rootOf, subtreeRoots } from "../../../core/src/evidence/tree/proofs.ts";
import {
  bundleOf,
  COLLECTOR,
  edited,
  noteOf,
  rehashed,
  STRANGER,
  TENANT,
  type TestBundle,
  WRITER,
} from "../../../core/test/evidence/bundles.ts";
import { hexOf, signerOf } from "../../../core/test/evidence/records.ts";
import { at, lines, replaced, withFiles } from "../../../core/test/evidence/tampering/damage.ts";
import type { BundleCase } from "./bundle-cases.ts";

const W1 = signerOf("witness.example/w1");
const W2 = signerOf("witness.example/w2");
const ORIGIN = logOrigin(COLLECTOR.name, TENANT);
const LOG = COLLECTOR.named(ORIGIN);
const SEEN = 1_790_000_100;

/** What is hashed of a head: the text of its checkpoint. */
const headOf = (of: readonly string[], size: number, sessionId = "s-1") =>
  parseNote(Buffer.from(noteOf(of, size, COLLECTOR, sessionId))).text;
/** Two heads of the good bundle's session among others. */
const ENTRIES = [
  headOf(lines, 4, "s-0"),
  headOf(lines, 4),
  headOf(lines, 7, "s-9"),
  headOf(lines, 12),
  headOf(lines, 2, "s-8"),
];

interface Made {
  readonly entries?: readonly string[];
  readonly index?: number;
  readonly origin?: string;
  readonly signer?: Signer;
  /** Who co-signed, and when. */
  readonly seen?: readonly (readonly [witness: Signer, seconds: number])[];
}

function proofOf({ entries = ENTRIES, index = 3, origin = ORIGIN, ...who }: Made = {}): string {
  const { signer = LOG, seen = [] } = who;
  const leaves = entries.map(hashLeaf);
  const { length: size } = leaves;
  const { text, signatures } = parseNote(
    Buffer.from(signCheckpoint({ origin, size, root: rootOf(leaves) }, signer)),
  );
  const lines = seen.map(([witness, seconds]) => witness.cosign(text, seconds));
  const note = formatNote({ text, signatures: [...signatures, ...lines] });
  return formatTlogProof({
    index,
    hashes: proveInclusion(index, size, subtreeRoots(leaves)),
    note,
  });
}

const KEYS = [COLLECTOR.vkey, W1.cosignerKey];
const seenByOne: Made = { seen: [[W1, SEEN]] };
const logged = (
  name: string,
  files: Readonly<Record<string, string>>,
  keys: readonly string[] = KEYS,
): BundleCase => ({ name: `log: ${name}`, bundle: withFiles(files), keys });
const one = (name: string, made: Made, keys?: readonly string[]): BundleCase =>
  logged(name, { "log/12-0.tlog-proof": proofOf(made) }, keys);

/** Rewritten by whoever has all keys, those of the writer as well. */
const rewritten = rehashed(replaced(3, edited(at(3), { status: "error" })));
const rewrite = (files: Readonly<Record<string, string>>): TestBundle => {
  const bundle = bundleOf(rewritten);
  return { ...bundle, files: { ...bundle.files, ...files } };
};
const good = proofOf(seenByOne);

export const LOG_CASES: readonly BundleCase[] = [
  one("a witness co-signed it", seenByOne),
  one("nobody co-signed it", {}, [COLLECTOR.vkey]),
  one("nobody co-signed it, and a witness is asked for", {}),
  one("its own key is given as well", seenByOne, [...KEYS, LOG.vkey]),
  one("its own key is given alone", seenByOne, [LOG.vkey, W1.cosignerKey]),
  one(
    "two witnesses",
    {
      seen: [
        [W1, SEEN],
        [W2, SEEN + 5],
      ],
    },
    [...KEYS, W2.cosignerKey],
  ),
  one("a witness before the records", { seen: [[W1, 1_000_000_000]] }),
  one("a witness in the future", { seen: [[W1, 4_102_444_800]] }),
  one("signed by a stranger", { ...seenByOne, signer: STRANGER }),
  one("signed by a stranger by the name of the log", { signer: STRANGER.named(ORIGIN) }),
  one("signed by the collector by its own name", { ...seenByOne, signer: COLLECTOR }),
  one("of another tenant", {
    ...seenByOne,
    origin: logOrigin(COLLECTOR.name, "01J9ZQ4M7C3T8V5X2R6N1B0KDF"),
  }),
  one("of another head", { ...seenByOne, index: 2 }),
  one("without this head", { ...seenByOne, entries: ENTRIES.slice(0, 3), index: 1 }),
  one("of one head", { ...seenByOne, entries: [headOf(lines, 12)], index: 0 }),
  logged("several checkpoints, the later one first", {
    "log/12-0.tlog-proof": proofOf({ seen: [[W1, SEEN + 60]] }),
    "log/12-1.tlog-proof": proofOf({ seen: [[W1, SEEN]], entries: ENTRIES.slice(0, 4) }),
  }),
  logged("an earlier head co-signed, the last one not", {
    "log/4-0.tlog-proof": proofOf({ ...seenByOne, index: 1 }),
    "log/12-1.tlog-proof": proofOf(),
  }),
  logged(
    "a head of which no checkpoint is there",
    {
      "log/7.tlog-proof": proofOf({ ...seenByOne, entries: [headOf(lines, 7)], index: 0 }),
    },
    [COLLECTOR.vkey],
  ),
  logged("a head of no records", { "log/0.tlog-proof": good }, [COLLECTOR.vkey]),
  logged("a head of more records than there are", { "log/40.tlog-proof": good }),
  logged("under the name of another size", { "log/4.tlog-proof": good }),
  logged("two roots of one size", {
    "log/12-0.tlog-proof": good,
    "log/12-1.tlog-proof": proofOf({ ...seenByOne, entries: ENTRIES.with(0, headOf(lines, 3)) }),
  }),
  logged("two roots of one size, the second signed by a stranger", {
    "log/12-0.tlog-proof": good,
    "log/12-1.tlog-proof": proofOf({
      signer: STRANGER.named(ORIGIN),
      entries: ENTRIES.with(0, headOf(lines, 3)),
    }),
  }),
  logged("another index", { "log/12.tlog-proof": good.replace("\nindex 3\n", "\nindex 1\n") }),
  logged("an index beyond it", { "log/12.tlog-proof": good.replace("\nindex 3\n", "\nindex 9\n") }),
  logged("a forged size", { "log/12.tlog-proof": good.replace("\n5\n", "\n6\n") }),
  logged("a cosignature of another time", {
    "log/12.tlog-proof": good.replace(/(\u2014 witness\S+ .{7})./, (_, start) => `${start}B`),
  }),
  logged("no proof", { "log/12.tlog-proof": "hello\n" }),
  logged("no proof, for records that are not there", { "log/99.tlog-proof": "hello\n" }),
  logged("a name that is none", { "log/012.tlog-proof": "hello\n", "log/x.note": "hello\n" }, [
    COLLECTOR.vkey,
  ]),
  logged("as many as may be", many(1_024), [COLLECTOR.vkey]),
  logged("too many", many(1_025), [COLLECTOR.vkey]),
  {
    name: "log: rewritten with all keys, with the proof from before",
    bundle: rewrite({ "log/12.tlog-proof": good }),
    keys: [...KEYS, WRITER.vkey],
  },
  {
    name: "log: rewritten with all keys, without a proof, and a witness is asked for",
    bundle: rewrite({}),
    keys: KEYS,
  },
  {
    name: "log: rewritten with all keys, in a log that no witness saw",
    bundle: rewrite({
      "log/12.tlog-proof": proofOf({ entries: [...ENTRIES, headOf(rewritten, 12)], index: 5 }),
    }),
    keys: KEYS,
  },
  {
    name: "log: a record changed, with the proof from before",
    bundle: {
      lines: replaced(3, edited(at(3), { status: "error" })),
      files: withFiles({ "log/12.tlog-proof": good }).files,
    },
    keys: KEYS,
  },
  {
    name: "log: cut back, with the proof from before",
    bundle: {
      lines: lines.slice(0, 6),
      files: { "log/12.tlog-proof": good, "checkpoints/4.note": noteOf(lines, 4) },
    },
    keys: KEYS,
  },
  {
    name: "log: nobody whose key is given signed anything",
    bundle: withFiles({ "log/12.tlog-proof": good }),
    keys: [STRANGER.vkey],
  },
  {
    name: "log: a local run has none",
    bundle: {
      lines,
      files: {
        "checkpoints/1.note": signCheckpoint(
          {
            origin: `${WRITER.name}/run/${hexOf(1, 32)}/${hexOf(2, 32)}`,
            size: 12,
            root: rootOf(lines.map(hashLeaf)),
          },
          WRITER,
        ),
        "log/12.tlog-proof": good,
      },
    },
    keys: [WRITER.vkey],
  },
  {
    name: "log: co-signed by the writer of the session",
    bundle: withFiles({ "log/12.tlog-proof": cosignedBy(WRITER) }),
    keys: [COLLECTOR.vkey, WRITER.vkey],
  },
];

/** Signed by nobody who is given, so that no verifier works for long. */
function many(count: number): Readonly<Record<string, string>> {
  const foreign = proofOf({ signer: STRANGER });
  return Object.fromEntries(
    Array.from({ length: count }, (_, at) => [`log/${at + 20}.tlog-proof`, foreign]),
  );
}

function cosignedBy(signer: Signer): string {
  const proof = proofOf();
  const start = proof.indexOf("\n\n") + 2;
  return proof.slice(0, start) + cosignNote(proof.slice(start), signer);
}
