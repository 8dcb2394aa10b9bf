/** Folders as `caum export --all` makes them, honest ones and others. */
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { formatNote, parseNote } from "../../../src/evidence/note/note.ts";
import { logOrigin, sessionTag } from "../../../src/evidence/note/origin.ts";
import { type Signer, signCheckpoint } from "../../../src/evidence/note/signer.ts";
import { hashLeaf } from "../../../src/evidence/tree/leaf.ts";
import { rootOf } from "../../../src/evidence/tree/proofs.ts";
import { tarOf } from "../bundle/archives.ts";
import { COLLECTOR, newFolder, noteOf, TENANT } from "../bundles.ts";
import { closedRun, signerOf } from "../records.ts";

export const ORIGIN = logOrigin(COLLECTOR.name, TENANT);
export const LOG = COLLECTOR.named(ORIGIN);
export const WITNESS = signerOf("witness.example/w1");
/** Long after the records. */
export const NOW_SECONDS = 1_800_000_000;
export const SEEN = 1_795_000_000;

/** A session of one run and so many calls, by its id. */
export const linesOf = (sessionId: string, calls: number) =>
  closedRun(sessionId.charCodeAt(0), calls, sessionId);

/** What the log has of a head: the text of its checkpoint. */
export function headOf(sessionId: string, lines: readonly string[], size = lines.length): string {
  return parseNote(Buffer.from(noteOf(lines, size, COLLECTOR, sessionId))).text;
}

/** The checkpoint of a log of these entries, co-signed at these times. */
export function logNote(
  entries: readonly string[],
  seen: readonly (readonly [witness: Signer, seconds: number])[] = [],
  signer: Signer = LOG,
  origin = ORIGIN,
): string {
  const checkpoint = { origin, size: entries.length, root: rootOf(entries.map(hashLeaf)) };
  const { text, signatures } = parseNote(Buffer.from(signCheckpoint(checkpoint, signer)));
  const cosigned = seen.map(([witness, seconds]) => witness.cosign(text, seconds));
  return formatNote({ text, signatures: [...signatures, ...cosigned] });
}

/** The archive of one session, signed by its collector as a whole. */
export function archiveOf(
  sessionId: string,
  lines: readonly string[],
  files: Readonly<Record<string, string>> = {},
): Buffer {
  const all = {
    "records.ndjson": lines.map((line) => `${line}\n`).join(""),
    "checkpoints/head.note": noteOf(lines, lines.length, COLLECTOR, sessionId),
    ...files,
  };
  return tarOf(Object.entries(all).map(([name, text]) => ({ name, text })));
}

export const TAGS = { a: sessionTag("a"), b: sessionTag("b"), c: sessionTag("c") } as const;
export const LINES = { a: linesOf("a", 2), b: linesOf("b", 3), c: linesOf("c", 1) } as const;
/** Session `a` was logged twice while it grew. */
export const ENTRIES = [
  headOf("a", LINES.a, 2),
  headOf("b", LINES.b),
  headOf("a", LINES.a),
  headOf("c", LINES.c),
];

export type Files = Readonly<Record<string, string | Uint8Array>>;

/** All that is honest. */
export const HONEST: Files = {
  "log/checkpoint.note": logNote(ENTRIES, [[WITNESS, SEEN]]),
  "log/entries.txt": ENTRIES.join(""),
  ...Object.fromEntries(
    (["a", "b", "c"] as const).map((id) => [`sessions/${TAGS[id]}.tar`, archiveOf(id, LINES[id])]),
  ),
};

/** @param files undefined where a file of the honest folder is left out */
export function exported(files: Readonly<Record<string, string | Uint8Array | undefined>>): string {
  const folder = newFolder();
  mkdirSync(join(folder, "sessions"));
  for (const [name, bytes] of Object.entries({ ...HONEST, ...files })) {
    if (bytes === undefined) continue;
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), bytes);
  }
  return folder;
}
