import { openBundle } from "../bundle/open-bundle.ts";
import type { Bundle } from "../bundle/parts.ts";
import { readSlice, type Slice } from "../bundle/slice.ts";
import { EvidenceError } from "../error.ts";
import { MAX_NOTE_BYTES, parseNote } from "../note/note.ts";
import { MAX_TIME_STAMP_BYTES } from "./time-stamp.ts";

/** What time-stamps are checked with before the bundle is. */
export interface TimeStampFiles {
  /** The replies by file name; undefined where one is too long to be read. */
  readonly replies: ReadonlyMap<string, Uint8Array<ArrayBuffer> | undefined>;
  /** Texts of the checkpoints, whoever signed them: what may have been stamped. */
  readonly texts: readonly string[];
}

/** Nothing is found in what is no bundle: its verification says so. */
export function readTimeStamps(path: string): TimeStampFiles {
  const bundle = attempt(() => openBundle(path));
  const replies = [...(bundle?.timeStamps ?? [])].map(
    ([file, slice]) => [file, attempt(() => readSlice(slice, MAX_TIME_STAMP_BYTES))] as const,
  );
  return { replies: new Map(replies), texts: bundle === undefined ? [] : textsIn(bundle) };
}

function textsIn({ notes }: Bundle<Slice>): readonly string[] {
  return [...notes.values()].flatMap((slice) => {
    const text = attempt(() => parseNote(readSlice(slice, MAX_NOTE_BYTES)).text);
    return text === undefined ? [] : [text];
  });
}

function attempt<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof EvidenceError)) throw error;
    return undefined;
  }
}
