import { expect, test } from "vitest";
import { type ExportOptions, verifyExport } from "../../../src/evidence/log/verify-export.ts";
import { signCheckpoint } from "../../../src/evidence/note/signer.ts";
import { formatTlogProof } from "../../../src/evidence/note/tlog-proof.ts";
import { parseVerifierKey } from "../../../src/evidence/note/vkey.ts";
import { hashLeaf } from "../../../src/evidence/tree/leaf.ts";
import { proveInclusion, rootOf, subtreeRoots } from "../../../src/evidence/tree/proofs.ts";
import { COLLECTOR, edited, rehashed, STRANGER, TENANT } from "../bundles.ts";
import { signerOf } from "../records.ts";
import {
  archiveOf,
  ENTRIES,
  exported,
  headOf,
  LINES,
  linesOf,
  logNote,
  NOW_SECONDS,
  ORIGIN,
  TAGS,
  WITNESS,
} from "./exported.ts";

const OTHER_WITNESS = signerOf("witness.example/second");
const keys = [parseVerifierKey(COLLECTOR.vkey)];
const knownKeys = [WITNESS, OTHER_WITNESS].map(({ cosignerKey }) => parseVerifierKey(cosignerKey));
const verify = (folder: string, more: Partial<ExportOptions> = {}) =>
  verifyExport(folder, { keys, knownKeys, nowMs: NOW_SECONDS * 1_000, ...more });

/** Session `a` as it did not happen: every link, root and signature is right. */
const REWRITTEN = rehashed(LINES.a.with(2, edited(LINES.a[2] ?? "", { status: "error" })));
const putLog = (entries: readonly string[], note = logNote(entries)) => ({
  "log/entries.txt": entries.join(""),
  "log/checkpoint.note": note,
});
const proofIn = (entries: readonly string[], index: number) =>
  formatTlogProof({
    index,
    hashes: proveInclusion(index, entries.length, subtreeRoots(entries.map(hashLeaf))),
    note: logNote(entries),
  });
const DROPPED = (records: number) =>
  `the log holds a head of ${records} records, and the session is not here: dropped`;

type Lie = readonly [
  what: string,
  files: Readonly<Record<string, string | Uint8Array | undefined>>,
  verdict: string,
  findings: readonly (readonly [session: string | null, verdict: string, message: string])[],
  facts?: object,
];

const LIES: readonly Lie[] = [
  [
    "dropped a session",
    { [`sessions/${TAGS.c}.tar`]: undefined },
    "incomplete",
    [[TAGS.c, "incomplete", DROPPED(3)]],
    { sessions: 2, held: 2, logged: 3, records: 9 },
  ],
  [
    "dropped a session that was logged twice",
    { [`sessions/${TAGS.a}.tar`]: undefined },
    "incomplete",
    [[TAGS.a, "incomplete", DROPPED(4)]],
  ],
  [
    "gave a session another name",
    {
      [`sessions/${TAGS.c}.tar`]: undefined,
      [`sessions/${TAGS.c}.tar.gz`]: archiveOf("c", LINES.c),
      [`sessions/x${TAGS.c}.tar`]: archiveOf("c", LINES.c),
    },
    "incomplete",
    [[TAGS.c, "incomplete", DROPPED(3)]],
    { sessions: 2 },
  ],
  [
    "swapped two sessions",
    {
      [`sessions/${TAGS.a}.tar`]: archiveOf("b", LINES.b),
      [`sessions/${TAGS.b}.tar`]: archiveOf("a", LINES.a),
    },
    "tampered",
    // In the order of their tags; the first finding of each is told.
    [
      [TAGS.b, "tampered", "the log holds a head of 5 records, 4 are there"],
      [TAGS.a, "tampered", "the log of the collector holds another head of these records, or none"],
    ],
    { held: 1 },
  ],
  [
    "damaged a session",
    { [`sessions/${TAGS.b}.tar`]: "hello\n" },
    "malformed",
    [[TAGS.b, "malformed", "not a bundle: it is cut short"]],
    { held: 2, sessions: 3, records: 7 },
  ],
  [
    "cut a session back",
    { [`sessions/${TAGS.a}.tar`]: archiveOf("a", LINES.a.slice(0, 2)) },
    "incomplete",
    [[TAGS.a, "incomplete", "the log holds a head of 4 records, 2 are there"]],
  ],
  [
    "rewrote a session",
    { [`sessions/${TAGS.a}.tar`]: archiveOf("a", REWRITTEN) },
    "tampered",
    [[TAGS.a, "tampered", "the log of the collector holds another head of these records, or none"]],
  ],
  [
    "rewrote a session and logged it again",
    {
      ...putLog([...ENTRIES, headOf("a", REWRITTEN)]),
      [`sessions/${TAGS.a}.tar`]: archiveOf("a", REWRITTEN),
    },
    "tampered",
    [
      [TAGS.a, "forked", "the log holds two histories of this session"],
      [TAGS.a, "tampered", "the log of the collector holds another head of these records, or none"],
    ],
    { held: 2 },
  ],
  [
    "logged a head once more",
    putLog([...ENTRIES, ENTRIES[3] ?? ""]),
    "forked",
    [[TAGS.c, "forked", "the log holds two histories of this session"]],
  ],
  [
    "left an entry out",
    { "log/entries.txt": ENTRIES.slice(1).join("") },
    "incomplete",
    [[null, "incomplete", "the checkpoint is of 4 heads, 3 are there"]],
    { size: 3 },
  ],
  [
    "added an entry",
    { "log/entries.txt": [...ENTRIES, headOf("c", linesOf("c", 4))].join("") },
    "tampered",
    [
      [TAGS.c, "incomplete", "the log holds a head of 6 records, 3 are there"],
      [null, "tampered", "the checkpoint is of 4 heads, 5 are there"],
    ],
  ],
  [
    "changed the order of entries",
    {
      "log/entries.txt": ENTRIES.with(1, ENTRIES[3] ?? "")
        .with(3, ENTRIES[1] ?? "")
        .join(""),
    },
    "tampered",
    [[null, "tampered", "the entries are not those that the checkpoint is of"]],
    { held: 3 },
  ],
  [
    "put in entries of another tenant",
    putLog(ENTRIES.with(0, (ENTRIES[0] ?? "").replace(TENANT, TENANT.replace("0KDE", "0KDF")))),
    "malformed",
    [[null, "malformed", "the log: not the entries of this log"]],
    {
      origin: ORIGIN,
      size: 0,
      logged: 0,
      sessions: 0,
      held: 0,
      records: 0,
      signedBy: { length: 1 },
    },
  ],
  [
    "put in entries that are none",
    { "log/entries.txt": "hello\n" },
    "malformed",
    [[null, "malformed", "the log: not the entries of this log"]],
  ],
  [
    "signed the log with another key",
    { "log/checkpoint.note": logNote(ENTRIES, [], STRANGER.named(ORIGIN)) },
    "untrusted",
    [[null, "untrusted", "no given key is that of the log's collector"]],
    { signedBy: { length: 0 } },
  ],
  [
    "signed the log with the collector's key by its own name",
    { "log/checkpoint.note": logNote(ENTRIES, [], COLLECTOR) },
    "untrusted",
    [[null, "untrusted", "no given key is that of the log's collector"]],
  ],
  [
    "changed the root that the log signed",
    { "log/checkpoint.note": logNote(ENTRIES).replace("\n4\n", "\n3\n") },
    "tampered",
    [[null, "tampered", `the log: the signature by ${ORIGIN} does not fit the note`]],
    { origin: null, size: 0, signedBy: { length: 0 } },
  ],
  [
    "gave the checkpoint of a session",
    {
      "log/checkpoint.note": signCheckpoint({ origin: "x", size: 4, root: rootOf([]) }, COLLECTOR),
    },
    "malformed",
    [[null, "malformed", "the log: it is of no log"]],
  ],
  [
    "gave no note",
    { "log/checkpoint.note": "hello\n" },
    "malformed",
    [[null, "malformed", "the log: not a signed note: text and signatures are not set apart"]],
  ],
  [
    "logged a session in another log",
    {
      [`sessions/${TAGS.c}.tar`]: archiveOf("c", LINES.c, {
        "log/3.tlog-proof": proofIn(ENTRIES.with(0, headOf("b", LINES.b, 1)), 3),
      }),
    },
    "forked",
    [[TAGS.c, "forked", "it was logged in another log than this one, by the same name"]],
  ],
];

test.each(LIES.map((lie) => [lie[0], lie] as const))("whoever %s is found out", (_what, lie) => {
  const [, files, verdict, findings, facts = {}] = lie;
  const answer = verify(exported(files));
  expect(answer.findings).toEqual(
    findings.map(([session, of, message]) => ({ session, verdict: of, message })),
  );
  expect(answer.verdict).toBe(verdict);
  expect(answer.proven).toBe("Not everything holds: what is wrong is listed.");
  expect(answer).toMatchObject(facts);
});
