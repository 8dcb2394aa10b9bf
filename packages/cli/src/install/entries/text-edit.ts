/** Changes of a text at known ranges. */
import type { SourceMember } from "../source/source-node.ts";

export interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** A value in place of another one. */
export function replacing({ region, lead }: SourceMember, literal: string): Edit {
  return { ...region, text: lead + literal };
}

/** Text that stood there before. */
export function restoring({ region }: SourceMember, text: string): Edit {
  return { ...region, text };
}

/** The text with all edits; their ranges are those of the text as given, and do not overlap. */
export function applied(text: string, edits: readonly Edit[]): string {
  return [...edits]
    .sort((left, right) => right.start - left.start)
    .reduce((rest, edit) => rest.slice(0, edit.start) + edit.text + rest.slice(edit.end), text);
}
