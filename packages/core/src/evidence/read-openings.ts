import { LineReader } from "./bundle/line-reader.ts";
import { openBundle } from "./bundle/open-bundle.ts";
import { readSlice } from "./bundle/slice.ts";
import { readLine } from "./line/read-line.ts";
import { parseCheckpoint } from "./note/checkpoint.ts";
import { MAX_NOTE_BYTES, parseNote } from "./note/note.ts";

/** Under which key a run was digested. */
export interface Opening {
  readonly sessionId: string;
  /** The account that the collector kept it for, by the checkpoints of the bundle. */
  readonly tenant: string | undefined;
  readonly digestKeyId: string;
  readonly digestKeyCommitment: string;
}

const TENANT = /\/([0-9A-HJKMNP-TV-Z]{26})\/[0-9a-f]{32}$/;

/**
 * What opens each run of a bundle. Nothing is verified.
 *
 * @throws {EvidenceError} when it is no bundle
 */
export function readOpenings(path: string): readonly Opening[] {
  const bundle = openBundle(path);
  const [note] = bundle.notes.values();
  const { origin } = note
    ? parseCheckpoint(parseNote(readSlice(note, MAX_NOTE_BYTES)).text)
    : { origin: "" };
  const tenant = TENANT.exec(origin)?.[1];
  const opened: Opening[] = [];
  const source = bundle.records.open();
  try {
    const lines = new LineReader(source);
    for (let next = lines.next(); next !== undefined && "text" in next; next = lines.next()) {
      const read = readLine(next.text);
      if (!("record" in read) || read.record.category !== "lifecycle") continue;
      const { payload, sessionId } = read.record;
      if (payload.type !== "open") continue;
      const { digestKeyId, digestKeyCommitment } = payload;
      opened.push({ sessionId, tenant, digestKeyId, digestKeyCommitment });
    }
  } finally {
    source.close();
  }
  return opened;
}
